"""View: a council as it is shown."""

from __future__ import annotations

from election.council import Council
from election.count import Count
from election.decider import DECIDERS_MAX, deciders
from election.rules.certainty import still_needed
from election.rules.distance import seats_to_change, seats_to_decision, seats_to_none
from election.rules.outcome import is_change
from election.text.council import sentence, who_needs_what, wire_line
from election.text.phrases import clipped
from election.ward_view import ward_totals
from schemas.ids import election_of
from schemas.totals import CouncilTotals, Decider, PartyTotals

__all__ = ["council_totals", "ward_totals"]


def council_totals(council: Council) -> CouncilTotals | None:
    """Returns a council as it stands; None while it has not been opened."""
    count = council.count
    if count is None:
        return None
    opened = count.opening.opened
    to_none, to_decision = _distance(count)
    return CouncilTotals(
        council=council.council,
        council_gss=opened.council_gss,
        name=opened.name,
        election=election_of(council.council),
        mode=council.mode,
        cycle=opened.cycle,
        version=council.version,
        seats_total=count.seats_total,
        majority=count.majority,
        parties=_parties(count),
        seats_declared=count.filled,
        seats_vacant=count.vacant,
        wards_declared=count.tally.decided,
        wards_total=count.tally.wards,
        control_before=count.before,
        control=count.control,
        control_name=count.names.get(count.control or "", ""),
        outcome=count.outcome,
        change=is_change(count.outcome),
        incumbent_out=count.incumbent_out,
        settled_at=count.settled_at,
        votes_to_flip=count.votes_to_flip,
        seats_to_decision=to_decision,
        seats_to_none=to_none,
        seats_to_change=seats_to_change(count.held, count.majority),
        last_election_notional=opened.last_election_notional,
        control_history=opened.control_history,
        deciders=_deciders(count),
        headline=wire_line(count),
        explanation=sentence(count),
    )


def _distance(count: Count) -> tuple[int | None, int | None]:
    """Returns the seats to no overall control and to a decision; None once control is certain."""
    if count.control is not None:
        return None, None
    contenders, majority = count.contenders, count.majority
    to_none = seats_to_none(contenders, majority, count.anyones)
    return to_none, seats_to_decision(contenders, majority, to_none)


def _parties(count: Count) -> tuple[PartyTotals, ...]:
    eve, last = count.changes_eve_of_poll, count.changes_last_election
    ranges, contenders, names = count.ranges, count.contenders, count.names
    return tuple(
        PartyTotals(
            party_id=party,
            party=names.get(party, ""),
            seats_not_up=ranges[party].not_up,
            seats_won=ranges[party].won,
            seats=held,
            best=ranges[party].best,
            least=ranges[party].least,
            needs=still_needed(ranges[party], count.majority) if party in contenders else None,
            change_eve_of_poll=eve[party],
            change_last_election=last[party],
        )
        for party, held in count.held.items()
    )


def _deciders(count: Count) -> tuple[Decider, ...]:
    if count.tally.wards - count.tally.decided > DECIDERS_MAX:
        return ()
    return tuple(
        Decider(
            ballot_paper_id=ward.ballot_paper_id,
            ward=ward.name,
            text=clipped(f"{ward.name}: {who_needs_what(count, ward)}"),
        )
        for ward in deciders(count)
    )
