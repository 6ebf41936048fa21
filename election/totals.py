"""Totals: a council as it is shown."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from election.council import Council
from election.count import Count
from election.decider import DECIDERS_MAX, deciders, the_decider
from election.rules.certainty import Range, still_needed
from election.rules.distance import seats_to_change, seats_to_decision, seats_to_none
from election.rules.outcome import is_change
from election.text.council import decider_line, sentence, wire_line
from election.text.flip import flip_at
from election.text.result import council_turnout
from schemas.base import sharing_fields_set
from schemas.ids import election_of
from schemas.totals import CouncilTotals, Decider, PartyTotals

_CACHE_ENTRIES = 8_192
"""Some 400 councils have a dozen parties each, half of which change with a ward."""

Baseline = tuple[int | None, int | None]
"""A party's seats at a baseline, and its change since."""


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
        electoral_system=opened.electoral_system,
        version=council.version,
        seats_total=count.seats_total,
        majority=count.majority,
        parties=_parties(count),
        seats_declared=count.filled,
        seats_vacant=count.vacant,
        wards_declared=count.tally.decided,
        wards_total=count.tally.wards,
        **_wards_in_doubt(council),
        complete=count.complete,
        before_any_vote=count.before_any_vote,
        as_a_whole=count.council_result is not None,
        **_said_of_whole(council),
        seats_won_known=count.won_known,
        turnout_percentage=council_turnout(count),
        **_votes(council),
        expected_next=_expected_next(council),
        control_before=count.control_before,
        control=count.control,
        control_name=count.names.get(count.control or "", ""),
        outcome=count.outcome,
        change=is_change(count.outcome),
        incumbent_out=count.incumbent_out,
        settled_at=count.settled_at,
        votes_to_flip=count.votes_to_flip,
        flip_at=flip_at(count.flip.wards) if count.flip is not None else (),
        seats_to_decision=to_decision,
        seats_to_none=to_none,
        seats_to_change=seats_to_change(count.held, count.majority),
        last_election_notional=opened.last_election_notional,
        control_history=opened.control_history,
        deciders=_deciders(count),
        headline=wire_line(count),
        explanation=sentence(count),
    )


def _wards_in_doubt(council: Council) -> dict[str, Any]:
    """Returns how many wards are being checked, and of how many the result is disputed."""
    doubted = [ward for ward in council.wards.values() if ward.evidence is not None]
    return {
        "wards_being_checked": sum(ward.being_checked for ward in doubted),
        "wards_disputed": sum(ward.disputed for ward in doubted),
    }


def _votes(council: Council) -> dict[str, Any]:
    """Returns the votes and the turnout of a council's wards, as far as they are stated."""
    votes = council.votes
    return {
        # In one order, however they came to be added up.
        "votes": dict(sorted(votes.parties.items())),
        "votes_total": votes.total,
        "votes_wards": votes.wards,
        "ballots": votes.ballots,
        "electorate": votes.electorate,
        "turnout_wards": votes.turnout_wards,
    }


def _expected_next(council: Council) -> datetime | None:
    """Returns the earliest time stated for a listed ward that is still to declare."""
    times = [
        ward.contest.expected_at
        for ward in council.wards.values()
        if ward.contest is not None and ward.contest.expected_at is not None
        if ward.counts and not ward.contribution.decided and not ward.postponed
    ]
    return min(times, default=None)


def _said_of_whole(council: Council) -> dict[str, Any]:
    """Returns from how many sources a council's result as a whole is, and whether any doubts it."""
    evidence = council.evidence
    return {
        "sources": council.whole_sources,
        "being_checked": evidence is not None and bool(evidence.held),
        "disputed": evidence is not None and bool(evidence.disputed),
    }


def _distance(count: Count) -> tuple[int | None, int | None]:
    """Returns the seats to no overall control and to a decision; None once control is certain."""
    if count.control is not None:
        return None, None
    contenders, majority = count.contenders, count.majority
    to_none = seats_to_none(contenders, majority, count.open_to_any)
    return to_none, seats_to_decision(contenders, majority, to_none)


def _parties(count: Count) -> tuple[PartyTotals, ...]:
    eve, last = count.changes_eve_of_poll, count.changes_last_election
    had_eve, had_last = count.opening.seats_eve_of_poll, count.opening.seats_last_election
    ranges, contenders, names = count.ranges, count.contenders, count.names
    majority = count.majority
    defended, by_unlisted = count.opening.seats_defended, count.opening.defended_by_unlisted
    return tuple(
        _party(
            party,
            names.get(party, ""),
            ranges[party],
            still_needed(ranges[party], majority) if party in contenders else None,
            (had_eve.get(party), eve.get(party)),
            (had_last.get(party), last.get(party)),
            defended.get(party, by_unlisted),
        )
        for party in count.held
    )


@lru_cache(maxsize=_CACHE_ENTRIES)
def _party(  # noqa: PLR0913, PLR0917 -- all that a party's totals say
    party: str,
    name: str,
    seats: Range,
    needs: int | None,
    eve: Baseline,
    last: Baseline,
    defended: int | None,
) -> PartyTotals:
    """Returns a party's totals; most parties of a council are not moved by one ward."""
    return sharing_fields_set(
        PartyTotals(
            party_id=party,
            party=name,
            seats_not_up=seats.not_up,
            seats_won=seats.won,
            seats=seats.held,
            best=seats.best,
            least=seats.least,
            needs=needs,
            seats_eve_of_poll=eve[0],
            seats_last_election=last[0],
            seats_defended=defended,
            change_eve_of_poll=eve[1],
            change_last_election=last[1],
        )
    )


def _deciders(count: Count) -> tuple[Decider, ...]:
    if count.tally.wards - count.tally.decided > DECIDERS_MAX:
        return ()
    only = the_decider(count)
    return tuple(
        Decider(
            ballot_paper_id=ward.ballot_paper_id,
            ward=ward.name,
            text=decider_line(count, ward),
            expected_at=ward.contest.expected_at if ward.contest and not ward.postponed else None,
            decides=ward is only,
        )
        for ward in deciders(count)
    )
