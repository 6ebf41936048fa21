"""Totals: a council and its wards as they are shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from election.council import Council
from election.count import Count
from election.decider import DECIDERS_MAX, deciders
from election.declaration import Declaration
from election.flip import ward_flips
from election.rules.certainty import Range, still_needed
from election.rules.distance import seats_to_change, seats_to_decision, seats_to_none
from election.rules.outcome import is_change
from election.text.council import decider_line, sentence, wire_line
from election.text.flip import flip_at
from election.text.phrases import clipped
from election.text.result import council_turnout
from election.text.ward import ward_line
from election.ward import Ward
from schemas.ids import election_of
from schemas.totals import CouncilTotals, Decider, PartyTotals, WardTotals
from schemas.ward import Candidate

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
    return PartyTotals(
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


def _deciders(count: Count) -> tuple[Decider, ...]:
    if count.tally.wards - count.tally.decided > DECIDERS_MAX:
        return ()
    return tuple(
        Decider(
            ballot_paper_id=ward.ballot_paper_id,
            ward=ward.name,
            text=decider_line(count, ward),
        )
        for ward in deciders(count)
    )


def ward_totals(council: Council, ballot_paper_id: str) -> WardTotals:
    """Returns one ballot as it stands. Raises KeyError if nothing is known of it."""
    ward = council.wards[ballot_paper_id]
    opened, declared = ward.contest, ward.declared
    result = _result(ward, declared) if declared is not None else _no_result(ward)
    if result.get("total_electorate") is None and opened is not None:
        result["total_electorate"] = opened.total_electorate
    return WardTotals(
        ballot_paper_id=ballot_paper_id,
        council=council.council,
        ward=ward.name,
        ward_gss=opened.ward_gss if opened else "",
        status=ward.stage,
        expected_at=opened.expected_at if opened else None,
        text=clipped(ward_line(ward, council.name)),
        **_said(ward),
        **result,
    )


def _said(ward: Ward) -> dict[str, Any]:
    """Returns from how many sources a ballot's result is, and whether any is in doubt."""
    evidence = ward.evidence
    if evidence is None:
        return {"sources": int(ward.declared is not None)}
    return {
        "sources": max(len(evidence.agreeing), 1) if ward.declared is not None else 0,
        "being_checked": evidence.is_checked,
        "disputed": bool(evidence.disputed),
    }


def _no_result(ward: Ward) -> dict[str, Any]:
    """Returns the fields of a ballot without a declaration: its nominations and status."""
    elected = True if ward.contribution.decided else None
    return {
        "seats_contested": ward.contest.seats if ward.contest else 0,
        "recount": ward.status.recount if ward.status else None,
        "seats_won": {
            party: each.won for party, each in ward.contribution.parties.items() if each.won
        },
        "candidates": tuple(
            Candidate(
                candidate=each.candidate,
                party=each.party,
                party_id=each.party_id,
                elected=elected,
            )
            for each in (ward.contest.nominees if ward.contest else ())
        ),
    }


def _result(ward: Ward, declared: Declaration) -> dict[str, Any]:
    """Returns the fields of a declared ballot. Elected candidates come first, then most votes."""
    candidates = declared.candidates
    if ward.result is not None:
        candidates = tuple(map(_flagged, candidates, ward.result.elected))
    return {
        "seats_contested": declared.seats_contested,
        "revision": declared.revision,
        "correction": declared.correction,
        "source": declared.source,
        "declared_at": declared.declared_at,
        "candidates": tuple(sorted(candidates, key=_rank)),
        "seats_won": ward.result.seats_won if ward.result else {},
        "margin": ward.margin.votes if ward.margin else None,
        "knife_edge": ward.knife_edge is not None,
        "votes_to_flip": ward.votes_to_flip,
        "flip_at": flip_at(ward_flips(ward)),
        "num_spoilt_ballots": declared.num_spoilt_ballots,
        "num_turnout_reported": declared.num_turnout_reported,
        "turnout_percentage": declared.turnout_percentage,
        "total_electorate": declared.total_electorate,
    }


def _flagged(candidate: Candidate, elected: bool | None) -> Candidate:  # noqa: FBT001 -- mapped
    if candidate.elected is elected:
        return candidate
    return replace(candidate, elected=elected)


def _rank(candidate: Candidate) -> tuple[bool, int]:
    return candidate.elected is not True, -(candidate.votes or 0)
