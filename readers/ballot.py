"""A ballot as read from the rows of a file: one ward on one day, in one revision."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import orjson

from readers.councils import ListedCouncil, gss_or_blank
from readers.csv_table import Row
from readers.party_register import Party
from schemas.base import Mode
from schemas.council import OpenedWard
from schemas.ids import ballot_paper_id
from schemas.party import party_key
from schemas.ward import Status, WardDeclared

WardKey = tuple[str, str, str]
"""Identifies a ward: council id, ward code and ward name."""

BallotIds = dict[tuple[WardKey, date], str]
"""The ballot id of each ward on each day it is polled."""


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One candidate's row. Without candidate and party it means that nominations are unknown."""

    row: Row
    position: int
    candidate: str
    party: str
    party_id: str
    votes: int | None
    elected: bool | None
    tied_vote_winner: bool
    office: str = ""

    @property
    def unknown(self) -> bool:
        """Whether the row means that nominations are unknown."""
        return not (self.candidate or self.party or self.party_id)

    def of(self, party: Party) -> CandidateRow:
        """Returns the row with its party under another id or label."""
        if (self.party_id, self.party) == party:
            return self
        return replace(self, party_id=party.party_id, party=party.party)

    @property
    def party_key(self) -> str:
        """The key of the party that the candidate's seat would count for."""
        return party_key(self.party_id, self.party)


@dataclass(frozen=True, slots=True)
class Ballot:
    """One ward's ballot. What every row repeats is taken from the first row.

    `plain_id` is the id that the file gives, or the one built from the ward's name. Several
    wards may have the same; `ballot_ids` gives each ward its own. `complete` says whether its
    figures, if it has any, are a result.
    """

    council: ListedCouncil
    ward_gss: str
    ward: str
    poll: date
    revision: int
    rows: tuple[CandidateRow, ...]
    seats_contested: int
    plain_id: str
    source: str = ""
    status: Status | None = None
    declared_at: datetime | None = None
    total_electorate: int | None = None
    turnout_percentage: float | None = None
    num_turnout_reported: int | None = None
    num_spoilt_ballots: int | None = None
    complete: bool = True
    expected_at: datetime | None = None
    replaces: str = ""

    @property
    def key(self) -> WardKey:
        """The ward's identity."""
        return (self.council.council, self.ward_gss, self.ward)

    @property
    def first_row(self) -> Row:
        """The first row, which messages about the whole ballot refer to."""
        return self.rows[0].row

    @property
    def name(self) -> str:
        """The ward's name, or its code if it has none."""
        return self.ward or self.ward_gss

    @property
    def later(self) -> bool:
        """Whether the poll is held after the day of the election."""
        return self.poll > self.council.poll

    @property
    def declared(self) -> bool:
        """Whether its rows hold a result: votes, or someone elected."""
        return self.complete and any(row.votes is not None or row.elected for row in self.rows)

    def winners(self) -> tuple[CandidateRow, ...]:
        """Returns the rows of those elected: those marked, or those with the most votes."""
        marked = tuple(row for row in self.rows if row.elected)
        if marked or any(row.votes is None for row in self.rows) or not self.declared:
            return marked
        ranked = sorted(self.rows, key=lambda row: -(row.votes or 0))
        return tuple(ranked[: self.seats_contested])

    def nominees(self) -> tuple[dict[str, Any], ...] | None:
        """Returns the nominations as fields of `Nominee`, or None if any of them is unknown."""
        if any(row.unknown for row in self.rows):
            return None
        return tuple(
            {
                "candidate": row.candidate,
                "party": row.party,
                "party_id": row.party_id,
                "office": row.office,
            }
            for row in self.rows
        )

    def candidates(self) -> tuple[dict[str, Any], ...]:
        """Returns the result as fields of `Candidate`.

        If anyone is marked as elected, a candidate without a mark is not elected.
        """
        marked = any(row.elected for row in self.rows)
        return tuple(
            {
                "candidate": row.candidate,
                "party": row.party,
                "party_id": row.party_id,
                "votes": row.votes,
                "elected": bool(row.elected) if marked else row.elected,
                "tied_vote_winner": row.tied_vote_winner,
            }
            for row in self.rows
            if not row.unknown
        )

    def opened(self, identifier: str, *, replaces: str | None = None) -> OpenedWard:
        """Returns the ward as `council.opened` lists it.

        `replaces` is the countermanded ballot that the files have; else what the ballot states.

        Raises pydantic.ValidationError that lists everything wrong in it.
        """
        return OpenedWard.model_validate_json(
            orjson.dumps(
                {
                    "ballot_paper_id": identifier,
                    "ward": self.name,
                    "ward_gss": gss_or_blank(self.ward_gss),
                    "seats_contested": self.seats_contested,
                    "candidates": self.nominees(),
                    "total_electorate": self.total_electorate,
                    "expected_at": self.expected_at or self.council.expected_at,
                    "replaces": replaces or self.replaces or None,
                }
            )
        )

    def result(self, identifier: str, mode: Mode) -> WardDeclared:
        """Returns the result as `ward.declared`.

        Raises pydantic.ValidationError that lists everything wrong in it.
        """
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
    """Returns an id for each ward and day of poll; no two wards share one.

    The id of a ward without a name is built from its code. If the names of several wards of a
    council give the same id, their codes are added, and a number if that is not enough. The
    order of the file does not matter.
    """
    found: BallotIds = {}
    used: set[str] = set()
    first = {(ballot.key, ballot.poll): ballot for ballot in ballots}
    times = Counter(ballot.plain_id for ballot in first.values())
    for key, ballot in sorted(first.items(), key=lambda item: item[0]):
        identifier: str | None = ballot.plain_id
        if times[ballot.plain_id] > 1:
            identifier = _identifier(ballot, f"{ballot.ward} {ballot.ward_gss}")
        number = 1
        while identifier is None or identifier in used:
            number += 1
            identifier = _identifier(ballot, f"{ballot.ward} {ballot.ward_gss} {number}")
        used.add(identifier)
        found[key] = identifier
    return found


def _identifier(ballot: Ballot, ward: str) -> str | None:
    """Returns the id of a ballot by another name of its ward; None if that leaves no id."""
    try:
        return ballot_paper_id(ballot.council.name, ward.strip(), ballot.poll)
    except ValueError:
        return None
