"""Councillors: who sits on a council after its poll, as far as that is known here. No I/O.

Who was elected at this poll is known by name. Who holds the seats that were not up is not: what is
given of them before the night is how many each party has.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, Field

from schemas.party import INDEPENDENT, party_key
from schemas.totals import CouncilTotals
from schemas.ward import Candidate
from schemas.ward_totals import WardTotals
from services.ticker.pages.party_style import party_style
from services.ticker.pages.wording import count

NOT_KNOWN_HERE = "By-elections, resignations and changes of party since this poll are not known."


class Councillor(BaseModel):
    """Somebody elected at this poll."""

    candidate: str
    party: str
    party_id: str = Field(description="The party's key, as its seats are counted under.")

    @property
    def party_shown(self) -> str:
        """The party's short name."""
        return party_style(self.party_id, self.party).short or self.party


class WardCouncillors(BaseModel):
    """Who was elected in one ward at this poll."""

    ballot_paper_id: str
    ward: str
    seats_contested: int
    elected: tuple[Councillor, ...]
    is_complete: bool = Field(
        description="Whether they hold every seat of the ward: all of its seats are filled, and"
        " every seat of the council was up. If not, it has seats of which nothing is known here, or"
        " may have."
    )


class CouncilCouncillors(BaseModel):
    """Who sits on a council after this poll, as far as it is known."""

    council: str
    seats_total: int
    seats_elected: int = Field(description="Seats filled at this poll by somebody who is named.")
    seats_to_come: int = Field(description="Seats that were up and are not filled yet.")
    seats_not_up: dict[str, int] = Field(
        description="Seats that were not up, by party; who holds them is not known here."
    )
    seats_unknown: int = Field(
        description="Seats of which it is not known whether they were up, or whose they are."
    )
    wards: tuple[WardCouncillors, ...] = Field(description="Wards in which anybody is elected.")


def council_councillors(totals: CouncilTotals, wards: Iterable[WardTotals]) -> CouncilCouncillors:
    """Returns who sits on a council after this poll."""
    every = list(wards)
    not_up = {each.party_id: each.seats_not_up for each in totals.parties if each.seats_not_up}
    found = [ward_councillors(totals, ward) for ward in every]
    elected = sum(len(ward.elected) for ward in found)
    up = sum(ward.seats_contested for ward in every)
    if totals.as_a_whole:
        # Its wards have no result of their own, and what is known of the council names nobody.
        elected, up = 0, 0
    return CouncilCouncillors(
        council=totals.council,
        seats_total=totals.seats_total,
        seats_elected=elected,
        seats_to_come=up - elected,
        seats_not_up=not_up,
        seats_unknown=max(0, totals.seats_total - up - sum(not_up.values()) - totals.seats_vacant),
        wards=() if totals.as_a_whole else tuple(ward for ward in found if ward.elected),
    )


def ward_councillors(totals: CouncilTotals, ward: WardTotals) -> WardCouncillors:
    """Returns who was elected in a ward; nobody of a ballot whose result does not count."""
    elected = tuple(_councillor(each) for each in ward.candidates if each.elected)
    return WardCouncillors(
        ballot_paper_id=ward.ballot_paper_id,
        ward=ward.ward,
        seats_contested=ward.seats_contested,
        elected=elected,
        is_complete=len(elected) == ward.seats_contested and _is_all_up(totals),
    )


def _is_all_up(totals: CouncilTotals) -> bool:
    return totals.cycle == "all-out" and not any(each.seats_not_up for each in totals.parties)


def _councillor(candidate: Candidate) -> Councillor:
    if candidate.party_id or candidate.party:
        key = party_key(candidate.party_id, candidate.party)
    else:
        key = INDEPENDENT
    return Councillor(candidate=candidate.candidate, party=candidate.party, party_id=key)


def sentences(known: CouncilCouncillors, names: dict[str, str]) -> list[str]:
    """Returns what is known of a council's seats, and what is not, in sentences.

    `names` are those of parties by key.
    """
    found = []
    if known.seats_elected:
        of = f" of {known.seats_total}" if known.seats_elected < known.seats_total else ""
        found.append(f"{count(known.seats_elected, 'councillor')}{of} elected at this poll.")
    else:
        found.append("Nobody is known by name yet to have been elected at this poll.")
    if known.seats_to_come:
        found.append(f"{count(known.seats_to_come, 'seat')} to come.")
    not_up = sum(known.seats_not_up.values())
    if not_up:
        shares = ", ".join(
            f"{party_style(key, names.get(key, key)).short} {seats}"
            for key, seats in known.seats_not_up.items()
        )
        found.append(
            f"{count(not_up, 'seat was', 'seats were')} not up ({shares}); who holds"
            f" {'it' if not_up == 1 else 'them'} is not known here."
        )
    if known.seats_unknown:
        found.append(f"Who holds {count(known.seats_unknown, 'other seat')} is not known here.")
    return [*found, NOT_KNOWN_HERE]
