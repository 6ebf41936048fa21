"""Event files: JSON Lines, one message to a line, in order of arrival."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, assert_never

from readers.ballot import Ballot, BallotIds, WardKey
from readers.council_parties import CouncilParties
from readers.councils import Councils
from readers.event_line import EventCandidate, EventLine
from readers.findings import Findings
from readers.party_label import lumps_parties
from readers.party_register import OtherPartyError, Party
from readers.text_file import read_text
from readers.ward_names import WardName, WardNames
from schemas.base import Mode
from schemas.ward import Candidate, WardDeclared, WardStatus


@dataclass(frozen=True, slots=True)
class EventPlaces:
    """The councils, wards and parties that a message can be about, as the other files have them."""

    councils: Councils
    ballots: tuple[Ballot, ...]
    identifiers: BallotIds
    parties: Mapping[str, CouncilParties]


def read_events(
    file: Path, places: EventPlaces, findings: Findings, *, mode: Mode, leave_out: bool = False
) -> tuple[WardDeclared | WardStatus, ...]:
    """Returns the messages of an event file in order of arrival, including repeated ones.

    Recounts and postponements are numbered for each ballot in order of arrival; a repeated
    message (same id and content) keeps its number. Lines that are no message, and unknown
    councils and wards, are added to `findings` as faults; with `leave_out` what is wrong in a
    message of a known ward is a warning, and the message is left out. A second, different result
    under the same revision would change nothing, so it is left out with a warning.
    """
    text = read_text(file, findings)
    if text is None:
        return ()
    if text.strip() and not re.search(r"^\s*\{", text, re.MULTILINE):
        findings.fault(file, 1, "is no JSON Lines: give one message on each line, a JSON object")
        return ()
    reader = _Reader(file, places, findings, mode, leave_out=leave_out)
    found = tuple(
        event
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip() and (event := reader.event(line, number)) is not None
    )
    reader.warn_of_corrections_alone()
    return found


class _Reader:
    def __init__(
        self, file: Path, places: EventPlaces, findings: Findings, mode: Mode, *, leave_out: bool
    ) -> None:
        self.file, self.places, self.findings, self.mode = file, places, findings, mode
        self.leave_out = leave_out
        ballots = sorted(places.ballots, key=lambda ballot: ballot.poll)
        self.wards: dict[WardKey, Ballot] = {ballot.key: ballot for ballot in ballots}
        # A status in results.csv is the first status of its ballot.
        self.statuses: dict[str, dict[tuple[str, str], int]] = {
            places.identifiers[key, ballot.poll]: {("", ballot.status): 1}
            for key, ballot in self.wards.items()
            if ballot.status
        }
        self.results: dict[tuple[str, int], tuple[int, WardDeclared]] = {}
        self.names = self._names()

    def _names(self) -> dict[str, WardNames]:
        """Returns the names of the wards of each council."""
        found: dict[str, list[WardName]] = {}
        nations: dict[str, str] = {}
        for ballot in self.wards.values():
            identifier = self.places.identifiers[ballot.key, ballot.poll]
            name = WardName(ballot.ward_gss, ballot.ward, identifier)
            found.setdefault(ballot.council.council, []).append(name)
            nations[ballot.council.council] = ballot.council.nation
        return {council: WardNames(names, nations[council]) for council, names in found.items()}

    def event(self, line: str, number: int) -> WardDeclared | WardStatus | None:
        """Returns the event in a line, or None after adding a fault or a warning."""
        message = self.findings.build(
            lambda: EventLine.model_validate_json(line), self.file, number
        )
        ballot = self._ballot(message, number) if message else None
        if message is None or ballot is None:
            return None
        identifier = self.places.identifiers[ballot.key, ballot.poll]
        match message.type:
            case "declaration":
                before = self.findings.fault_count
                found = self._result(message, ballot, identifier, number)
                if self.findings.fault_count > before and self.leave_out:
                    self.findings.leave_out(before, f"message {message.id} of {ballot.name}")
                elif self.findings.fault_count > before:
                    self.findings.of_ward(before)
                return found
            case "recount" | "postponed" as status:
                return self._status(message, status, ballot, identifier)
            case _:
                assert_never(message.type)

    def _ballot(self, message: EventLine, number: int) -> Ballot | None:
        council = self.places.councils.find(message.council_gss, message.council)
        if council is None:
            what = f"{message.council_gss!r} ({message.council}) is not in councils.csv"
            self.findings.fault(self.file, number, f"council_gss: {what}; add the council there")
            return None
        ballot = self.wards.get((council.council, message.ward_gss, message.ward))
        if ballot is None and council.council in self.names:
            name = WardName(message.ward_gss, message.ward, message.ballot_paper_id)
            found = self.names[council.council].find(name)
            ballot = self.wards[council.council, found.ward_gss, found.ward] if found else None
        if ballot is None:
            what = f"{message.ward!r} ({message.ward_gss}) of {council.name} is not in results.csv"
            self.findings.fault(self.file, number, f"ward: {what}; add the ward there")
        return ballot

    def _status(
        self,
        message: EventLine,
        status: Literal["recount", "postponed"],
        ballot: Ballot,
        identifier: str,
    ) -> WardStatus:
        earlier = self.statuses.setdefault(identifier, {})
        revision = earlier.setdefault((message.id, status), len(earlier) + 1)
        recount = None
        if status == "recount":
            recount = sum(kind == "recount" for _, kind in list(earlier)[:revision])
        return WardStatus(
            council=ballot.council.council,
            ballot_paper_id=identifier,
            mode=self.mode,
            revision=revision,
            status=status,
            recount=recount,
            seq=message.seq,
        )

    def _result(
        self, message: EventLine, ballot: Ballot, identifier: str, number: int
    ) -> WardDeclared | None:
        self._warn(message, ballot, number)
        parties = [self._party(each, ballot, number) for each in message.candidates]
        if None in parties:
            return None
        of_candidates = tuple(party for party in parties if party is not None)
        declared = self.findings.build(
            lambda: _declaration(message, of_candidates, ballot, identifier, self.mode),
            self.file,
            number,
        )
        if declared is None:
            return None
        key = (identifier, message.revision)
        line, first = self.results.setdefault(key, (number, declared))
        if first.candidates != declared.candidates:
            what = (
                f"revision: {message.revision} of this ward is on line {line} with other contents"
            )
            self.findings.warn(
                self.file, number, f"{what}; left out: a correction has a higher one"
            )
            return None
        return declared

    def warn_of_corrections_alone(self) -> None:
        """Warns of wards that have a revision above 1, and none numbered 1."""
        for (identifier, revision), (line, _) in self.results.items():
            if revision > 1 and (identifier, 1) not in self.results:
                what = f"revision: {revision} of {identifier}, which has no revision 1"
                self.findings.warn(self.file, line, what, once="no first revision")

    def _party(self, candidate: EventCandidate, ballot: Ballot, number: int) -> Party | None:
        """Returns a candidate's party as its council has it, or None after adding a fault."""
        parties = self.places.parties[ballot.council.council]
        if not (candidate.party or candidate.party_id):
            what = "party: blank; counted as an independent"
            self.findings.warn(self.file, number, what, once="blank party")
        try:
            found = parties.of_label(candidate.party_id, candidate.party)
        except OtherPartyError as error:
            self.findings.fault(self.file, number, str(error))
            return None
        if lumps_parties(*found):
            what = f"party: {candidate.party!r} lumps several parties, and is counted as one"
            self.findings.warn(self.file, number, what, once=f"lump {candidate.party}")
        return found

    def _warn(self, message: EventLine, ballot: Ballot, number: int) -> None:
        if message.seats is not None and message.seats != ballot.seats_contested:
            what = f"seats: {message.seats}, but results.csv has {ballot.seats_contested}"
            self.findings.warn(self.file, number, f"{what}; the declaration counts")
        elected = [each.votes for each in message.candidates if each.elected]
        others = [each.votes or 0 for each in message.candidates if not each.elected]
        stated = [votes for votes in elected if votes is not None]
        if stated and max(others, default=0) > min(stated) and not ballot.council.by_transfers:
            what = f"elected: contradicts the votes, {max(others)} against {min(stated)}"
            self.findings.warn(self.file, number, f"{what}; elected decides")


def _declaration(
    message: EventLine, parties: tuple[Party, ...], ballot: Ballot, identifier: str, mode: Mode
) -> WardDeclared:
    return WardDeclared(
        council=ballot.council.council,
        ballot_paper_id=identifier,
        mode=mode,
        revision=message.revision,
        correction="transcription" if message.revision > 1 else None,
        seq=message.seq,
        seats_contested=message.seats or ballot.seats_contested,
        candidates=tuple(
            Candidate(
                candidate=candidate.candidate,
                party=party.party,
                party_id=party.party_id,
                votes=candidate.votes,
                elected=None if candidate.elected is None else bool(candidate.elected),
                tied_vote_winner=bool(candidate.tied_vote_winner),
            )
            for candidate, party in zip(message.candidates, parties, strict=True)
        ),
        total_electorate=ballot.total_electorate,
    )
