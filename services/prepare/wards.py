"""Wards: the rows of `results.csv` of one council, and what is not known of its ballots."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from readers.party_register import OtherPartyError, Party
from readers.public_sources.records import Nominated
from readers.ward_names import WardName, WardNames
from schemas.spelling import compared
from services.prepare.ballots import JoinedBallot, look_for_candidates, look_for_seats
from services.prepare.context import Context
from services.prepare.corrections import Corrections, Subject
from services.prepare.councils import JoinedCouncil
from services.prepare.tables import Cells

_NAMED_MAX: Final = 5
"""Wards named in one line of what is to be done; the others are counted."""


def listed(
    council: JoinedCouncil, ballots: Iterable[JoinedBallot], context: Context
) -> tuple[list[JoinedBallot], list[JoinedBallot]]:
    """Returns the ballots whose seats are up, and those of which the number of seats is not known.

    A by-election beside the council's own poll is left out: it is for a seat that is not up.
    """
    ballots = [*ballots]
    has_poll = any(not each.is_by_election for each in ballots)
    up, unknown = [], []
    for each in ballots:
        if each.is_by_election and has_poll:
            _leave_out_by_election(council, each, context)
        elif each.seats:
            up.append(each)
        else:
            unknown.append(each)
            context.todos.add(
                "no seats",
                f"{each.ward}: the number of seats is not known; the ward is not listed",
                f"only {each.source} names the ballot, and without seats",
                look_for_seats(each.ballot_paper_id),
                council=council.shown,
                ballot=each.ballot_paper_id,
                settles="seats_contested",
            )
    return up, unknown


def _leave_out_by_election(council: JoinedCouncil, ballot: JoinedBallot, context: Context) -> None:
    context.todos.add(
        "by-election",
        f"{ballot.ward}: left out, as its seat is not up",
        f"{ballot.source} has it beside the council's own poll",
        "its result is shown, and does not change the outcome; the seat counts as vacant only if"
        " seats_vacant says so",
        council=council.shown,
        ballot=ballot.ballot_paper_id,
    )


class WardRows:
    """Makes the rows of a council's ballots."""

    def __init__(self, council: JoinedCouncil, corrections: Corrections, context: Context) -> None:
        self._council = council
        self._corrections = corrections
        self._context = context

    def rows(self, ballots: Iterable[JoinedBallot]) -> list[Cells]:
        """Returns the rows, by ward; one without a name where nominations are not known."""
        ballots = sorted(ballots, key=lambda each: (compared(each.ward), each.ballot_paper_id))
        self._note_unlocked(ballots)
        return [row for ballot in ballots for row in self._of_ballot(ballot)]

    def _of_ballot(self, ballot: JoinedBallot) -> list[Cells]:
        council = self._council
        subject = Subject(council.words, ballot.ballot_paper_id)
        corrected = self._corrections.of(subject)
        nominations = corrected.pop("nominations", "")
        common: Cells = {
            "election_date": ballot.poll,
            "council": council.name,
            "council_gss": council.council_gss,
            "ward": ballot.ward,
            "ward_gss": ballot.ward_gss,
            "seats_contested": str(ballot.seats or ""),
            "source": ballot.source,
            "status": ballot.status,
            "ballot_paper_id": ballot.ballot_paper_id,
            "replaces": ballot.replaces,
            **corrected,
        }
        people = () if nominations == "unknown" else ballot.candidates or ()
        rows = [row for each in people if (row := self._candidate(ballot, each)) is not None]
        rows += self._added(ballot)
        is_faulty = any(not row for row in rows)
        if not rows or is_faulty:
            if not is_faulty:
                self._note_no_candidates(ballot)
            return [common]
        rows.sort(key=lambda row: (compared(row["candidate"]), row["party_id"], row["person_id"]))
        return [{**common, **row} for row in rows]

    def _candidate(self, ballot: JoinedBallot, nominated: Nominated) -> Cells | None:
        """Returns a candidate's cells; none if withdrawn, empty if the party cannot be known."""
        council = self._council
        subject = Subject(council.words, ballot.ballot_paper_id, "", nominated.candidate)
        corrected = self._corrections.of(subject)
        if corrected.pop("withdrawn", "") == "1":
            return None
        corrected.pop("nominated", None)
        party, party_id = nominated.party, nominated.party_id
        if not {"party", "party_id"} & corrected.keys():
            try:
                found = self._context.register.party(party_id, party, nation=council.nation)
            except OtherPartyError as error:
                self._note_party(ballot, nominated, str(error))
                return {}
            party_id, party = found
        return {
            "candidate": nominated.candidate,
            "party": party,
            "party_id": party_id,
            "person_id": nominated.person,
            **corrected,
        }

    def _added(self, ballot: JoinedBallot) -> list[Cells]:
        """Returns the candidates that only the newsroom's corrections have."""
        known = {each.candidate for each in ballot.candidates or ()}
        found = []
        subjects = self._corrections.subjects(self._council.words, ballot.ballot_paper_id)
        for subject in subjects:
            if subject.candidate in known:
                continue
            corrected = self._corrections.of(subject)
            if corrected.pop("nominated", "") == "1":
                party_id, party = self._party(subject.party)
                cells = {"party": party, "party_id": party_id, "person_id": ""}
                found.append({"candidate": subject.candidate, **cells, **corrected})
        return found

    def _party(self, given: str) -> Party:
        """Returns the party that an id or a name means; blank if there is none."""
        nation = self._council.nation
        return self._context.register.party(given, "", nation=nation) if given else Party("", "")

    def _note_no_candidates(self, ballot: JoinedBallot) -> None:
        self._context.todos.add(
            "no candidates",
            f"{ballot.ward}: nominations are not known, so that anyone can win",
            f"{ballot.source} has no candidates",
            look_for_candidates(ballot.ballot_paper_id),
            council=self._council.shown,
            ballot=ballot.ballot_paper_id,
            settles="nominations",
        )

    def _note_party(self, ballot: JoinedBallot, nominated: Nominated, why: str) -> None:
        self._context.todos.add(
            "party",
            f"{ballot.ward}: the party of {nominated.candidate} is not known, so that"
            " nominations are written as unknown",
            why,
            look_for_candidates(ballot.ballot_paper_id),
            council=self._council.shown,
            ballot=ballot.ballot_paper_id,
        )

    def _note_unlocked(self, ballots: list[JoinedBallot]) -> None:
        """Notes ballots that may still change; in one line if several of a council may."""
        unlocked = [each for each in ballots if each.locked is False]
        if not unlocked:
            return
        names = ", ".join(each.ward for each in unlocked[:_NAMED_MAX])
        more = f" and {len(unlocked) - _NAMED_MAX} more" if len(unlocked) > _NAMED_MAX else ""
        self._context.todos.add(
            "not locked",
            f"candidates may still change in {names}{more}",
            f"Democracy Club has not locked {len(unlocked)} of {len(ballots)} ballots",
            "prepare again once the statements of persons nominated are out",
            council=self._council.shown,
            ballot=unlocked[0].ballot_paper_id if len(unlocked) == 1 else "",
        )


def note_wards_without_ballot(
    council: JoinedCouncil, ballots: Iterable[JoinedBallot], context: Context
) -> None:
    """Notes wards of the roll with a councillor who is up, but without a ballot."""
    names = WardNames(
        (WardName(each.ward_gss, each.ward, each.ballot_paper_id) for each in ballots),
        council.nation,
    )
    up: dict[str, int] = {}
    for each in council.councillors:
        if each.next_election == context.poll:
            up[each.ward] = up.get(each.ward, 0) + 1
    for ward, seats in sorted(up.items()):
        if ward and names.find(WardName("", ward)) is None:
            context.todos.add(
                "no ballot",
                f"{ward}: no ballot, though {seats} of its councillors are up",
                "the roll has the ward, and neither EveryElection nor Democracy Club; its seats"
                " are open to anyone",
                "elections.democracyclub.org.uk, or the council's notice of election; the wards"
                " may have been redrawn",
                council=council.shown,
            )
