"""Closest: the councils and wards of a night that the fewest votes would have changed. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from heapq import nsmallest
from typing import Final

from pydantic import BaseModel, Field

from schemas.flip import Flip
from schemas.party import INDEPENDENT, NOC, party_key
from schemas.totals import CouncilTotals
from schemas.ward import Candidate
from schemas.ward_totals import WardTotals
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.newest import Newest
from services.ticker.feed.parsing import parse_ward

CLOSEST_MAX: Final = 1_000
"""Councils and wards that are listed at most: all councils, and each ward that was at all close."""

_made: Final = Newest[str, "ClosestWard | None"](16_384)
"""Wards by ballot, more than of any night, so that each version of one is looked at once."""


class ClosestCouncil(BaseModel):
    """A council by the fewest voters who would have cost the party in control its majority."""

    council: str
    name: str
    control: str = Field(description="The party in control.")
    control_name: str
    voters: int = Field(description="How many voters, each moving one vote.")
    is_changed: bool = Field(
        description="Whether they would have changed control; if not, they would have left it open,"
        " as wards to come could still have given the majority."
    )
    flip_at: tuple[Flip, ...] = Field(
        description="In which wards, and between whom; empty where it takes many wards."
    )
    wards_to_come: int = Field(description="Wards that are polled and not declared.")
    disputed: bool = Field(
        description="Whether another source contradicts the result that this rests on."
    )


class ClosestWard(BaseModel):
    """A ward by the fewest votes between a candidate elected and one of another party who is not.

    Candidates of one party are never set beside each other: whichever of them is elected, no seat
    changes hands.
    """

    council: str
    council_name: str
    ballot_paper_id: str
    ward: str
    seats_contested: int
    votes: int = Field(description="Votes between the two; 0 for a tie.")
    elected: Candidate = Field(description="Who was elected; while tied, one of the tied.")
    beaten: Candidate = Field(description="Who was not; while tied, one of another party.")
    is_by_lot: bool = Field(description="Whether it was a tie that a lot has decided.")
    is_tied: bool = Field(description="Whether it is a tie whose lot is not known yet.")
    voters: int | None = Field(
        description="Fewest voters who would have changed the seat between these two; null where"
        " the seat that hangs on the fewest voters is another."
    )
    disputed: bool = Field(description="Whether another source contradicts the result.")
    being_checked: bool = Field(description="Whether another result waits to be checked.")


def closest_councils(councils: Iterable[CouncilTotals]) -> list[ClosestCouncil]:
    """Returns the councils that a party controls by votes, those of the fewest voters first.

    A council without overall control is left out, as it has no majority to lose, and so is one
    where the number is not known.
    """
    found = [_council(totals) for totals in councils if _has_voters(totals)]
    return sorted(found, key=lambda each: (each.voters, each.name, each.council))


def closest_wards(state: ElectionState, limit: int = CLOSEST_MAX) -> list[ClosestWard]:
    """Returns the wards with a margin between parties, ties and the closest first.

    No more than `limit` of them. Left out: wards under the single transferable vote, where first
    preferences do not measure how close it was; wards that are not declared, or of which not all
    votes are stated; and those in which nobody of another party stood.
    """
    names = {totals.council: totals.name for totals in state.opened()}
    found = [
        each
        for council in names
        for ballot, data in state.councils[council].wards_json.items()
        if (each := _made.of(ballot, data, partial(_ward, data))) is not None
    ]
    closest = nsmallest(
        limit,
        found,
        key=lambda each: (not each.is_tied, each.votes, names[each.council], each.ward),
    )
    # Only these are named: of thousands of wards some dozens are asked for.
    return [each.model_copy(update={"council_name": names[each.council]}) for each in closest]


def _has_voters(totals: CouncilTotals) -> bool:
    has_majority = totals.decided and totals.control != NOC
    # None at 0: then the marks of a result contradict its votes, and nobody had to move.
    return has_majority and bool(totals.votes_to_flip)


def _council(totals: CouncilTotals) -> ClosestCouncil:
    party = next((each for each in totals.parties if each.party_id == totals.control), None)
    lost = 0 if party is None else party.seats - totals.majority + 1
    return ClosestCouncil(
        council=totals.council,
        name=totals.name,
        control=totals.control or "",
        control_name=totals.control_name,
        voters=totals.votes_to_flip or 0,
        is_changed=party is not None and party.best - lost < totals.majority,
        flip_at=totals.flip_at,
        wards_to_come=totals.wards_total - totals.wards_declared,
        disputed=totals.disputed or bool(totals.wards_disputed),
    )


def _ward(data: bytes) -> ClosestWard | None:
    """Returns a ward without the name of its council; None if it has no margin between parties."""
    ward = parse_ward(data)
    pair = _tied(ward) if ward.status == "tied" else _pair(ward)
    if pair is None:
        return None
    elected, beaten = pair
    votes = (elected.votes or 0) - (beaten.votes or 0)
    if votes < 0:
        # Who was marked as elected contradicts the votes, so that these measure nothing.
        return None
    is_tied = ward.status == "tied"
    return ClosestWard(
        council=ward.council,
        council_name="",
        ballot_paper_id=ward.ballot_paper_id,
        ward=ward.ward,
        seats_contested=ward.seats_contested,
        votes=votes,
        elected=elected,
        beaten=beaten,
        is_by_lot=not votes and not is_tied,
        is_tied=is_tied,
        voters=_voters(ward, elected, beaten),
        disputed=ward.disputed,
        being_checked=ward.being_checked,
    )


def _pair(ward: WardTotals) -> tuple[Candidate, Candidate] | None:
    """Returns the closest candidates of two parties of whom one is elected and one is not."""
    if ward.margin is None:
        return None
    winners = [each for each in ward.candidates if each.elected]
    losers = [each for each in ward.candidates if not each.elected]
    pairs = [
        (winner, loser) for winner in winners for loser in losers if _party(winner) != _party(loser)
    ]
    return min(pairs, key=lambda pair: (pair[0].votes or 0) - (pair[1].votes or 0), default=None)


def _tied(ward: WardTotals) -> tuple[Candidate, Candidate] | None:
    """Returns two of those who are tied for the last seat, of two parties; None if it is of one.

    Nobody is marked as elected before the lot, so that they are found by their votes.
    """
    ranked = sorted((each.votes or 0 for each in ward.candidates), reverse=True)
    if not 0 < ward.seats_contested <= len(ranked):
        return None
    last = ranked[ward.seats_contested - 1]
    tied = [each for each in ward.candidates if each.votes == last and not each.elected]
    others = [each for each in tied if _party(each) != _party(tied[0])]
    return (tied[0], others[0]) if others else None


def _voters(ward: WardTotals, elected: Candidate, beaten: Candidate) -> int | None:
    for flip in ward.flip_at:
        if elected in flip.votes_from and beaten in flip.votes_to:
            return flip.voters
    return None


def _party(candidate: Candidate) -> str:
    if candidate.party_id or candidate.party:
        return party_key(candidate.party_id, candidate.party)
    return INDEPENDENT
