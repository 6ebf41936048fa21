"""A ballot as rows of a file tell it: one ward on one day, in one revision."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from readers.councils import Council, gss_or_blank
from readers.csv_table import Row
from schemas.base import Mode
from schemas.council import OpenedWard
from schemas.ids import ballot_paper_id
from schemas.party import party_key
from schemas.ward import Status, WardDeclared

WardKey = tuple[str, str, str]
"""What tells wards apart: council id, ward code and ward name together."""

BallotIds = dict[tuple[WardKey, date], str]
"""The ballot id of each ward on each day it is polled."""


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate's row. A row without candidate and party says: nominations unknown."""

    row: Row
    place: int
    candidate: str
    party: str
    party_id: str
    votes: int | None
    elected: bool | None
    tied_vote_winner: bool

    @property
    def unknown(self) -> bool:
        """Whether the row stands for nominations that are not known."""
        return not (self.candidate or self.party or self.party_id)

    @property
    def party_key(self) -> str:
        """What the candidate's seat would be counted under."""
        return party_key(self.party_id, self.party)


@dataclass(frozen=True, slots=True)
class Ballot:
    """One ward's ballot. The first line speaks for facts that every row repeats.

    `plain_id` is the id that the file gives, or that the ward's name leaves; `ballot_ids` tells
    apart the wards that share one.
    """

    council: Council
    ward_gss: str
    ward: str
    poll: date
    revision: int
    lines: tuple[Line, ...]
    seats_contested: int
    plain_id: str
    source: str = ""
    status: Status | None = None
    declared_at: datetime | None = None
    total_electorate: int | None = None
    turnout_percentage: float | None = None
    num_turnout_reported: int | None = None
    num_spoilt_ballots: int | None = None

    @property
    def key(self) -> WardKey:
        """The ward's identity."""
        return (self.council.council, self.ward_gss, self.ward)

    @property
    def row(self) -> Row:
        """The first row."""
        return self.lines[0].row

    @property
    def name(self) -> str:
        """The ward's name, or its code where it has none."""
        return self.ward or self.ward_gss

    @property
    def later(self) -> bool:
        """Whether it is polled after the day of the election."""
        return self.poll > self.council.poll

    @property
    def declared(self) -> bool:
        """Whether its rows hold a result: votes, or someone elected."""
        return any(line.votes is not None or line.elected for line in self.lines)

    def nominees(self) -> tuple[dict[str, Any], ...] | None:
        """Returns the nominations as `Nominee` has them, or None where any of them is unknown."""
        if any(line.unknown for line in self.lines):
            return None
        return tuple(
            {"candidate": line.candidate, "party": line.party, "party_id": line.party_id}
            for line in self.lines
        )

    def candidates(self) -> tuple[dict[str, Any], ...]:
        """Returns the result as `Candidate` has it.

        Where anyone is marked elected, an unmarked candidate is not.
        """
        marked = any(line.elected for line in self.lines)
        return tuple(
            {
                "candidate": line.candidate,
                "party": line.party,
                "party_id": line.party_id,
                "votes": line.votes,
                "elected": bool(line.elected) if marked else line.elected,
                "tied_vote_winner": line.tied_vote_winner,
            }
            for line in self.lines
            if not line.unknown
        )

    def opened(self, identifier: str, *, replaces: str | None = None) -> OpenedWard:
        """Returns the ward as `council.opened` lists it, validated in one go."""
        return OpenedWard.model_validate_json(
            orjson.dumps(
                {
                    "ballot_paper_id": identifier,
                    "ward": self.name,
                    "ward_gss": gss_or_blank(self.ward_gss),
                    "seats_contested": self.seats_contested,
                    "candidates": self.nominees(),
                    "total_electorate": self.total_electorate,
                    "replaces": replaces,
                }
            )
        )

    def result(self, identifier: str, mode: Mode) -> WardDeclared:
        """Returns the result as `ward.declared`, validated in one go."""
        return WardDeclared.model_validate_json(
            orjson.dumps(
                {
                    "council": self.council.council,
                    "ballot_paper_id": identifier,
                    "mode": mode,
                    "revision": self.revision,
                    "correction": "transcription" if self.revision > 1 else None,
                    "source": self.source,
                    "declared_at": self.declared_at,
                    "seats_contested": self.seats_contested,
                    "candidates": self.candidates(),
                    "num_spoilt_ballots": self.num_spoilt_ballots,
                    "num_turnout_reported": self.num_turnout_reported,
                    "turnout_percentage": self.turnout_percentage,
                    "total_electorate": self.total_electorate,
                }
            )
        )


def ballot_ids(ballots: tuple[Ballot, ...]) -> BallotIds:
    """Returns an id for each ward and day of poll; wards never share one.

    A ward without a name is known by its code. Wards of one council whose names leave the
    same id have their code added, and a number where that is not enough. The order of the
    file does not matter.
    """
    found: BallotIds = {}
    taken: set[str] = set()
    first = {(ballot.key, ballot.poll): ballot for ballot in ballots}
    times = Counter(ballot.plain_id for ballot in first.values())
    for key, ballot in sorted(first.items(), key=lambda item: item[0]):
        identifier = ballot.plain_id
        if times[identifier] > 1:
            identifier = _identifier(ballot, f"{ballot.ward} {ballot.ward_gss}")
        number = 1
        while identifier in taken:
            number += 1
            identifier = _identifier(ballot, f"{ballot.ward} {ballot.ward_gss} {number}")
        taken.add(identifier)
        found[key] = identifier
    return found


def _identifier(ballot: Ballot, ward: str) -> str:
    return ballot_paper_id(ballot.council.name, ward.strip(), ballot.poll)
