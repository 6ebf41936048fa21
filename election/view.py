"""View: a council and its wards as they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from election.certainty import (
    Range,
    certain_control,
    control_before,
    incumbent_out,
    ranges,
    stands_as_a_whole,
)
from election.council import Council, Ward
from election.explanation import sentence, wire_line
from election.flip import council_votes_to_flip, ward_costs
from election.majority import counted_under, majority, may_control
from election.margin import is_knife_edge, margin
from election.names import labels
from election.outcome import outcome
from election.result import Result, is_tied, result
from schemas.council import CouncilOpened, ElectoralSystem
from schemas.ids import election_of
from schemas.party import NOC, party_key
from schemas.totals import CouncilTotals, PartyTotals, WardTotals
from schemas.ward import Candidate


def council_totals(council: Council) -> CouncilTotals | None:
    """Returns a council as it stands; None while it has not been opened."""
    opened, tally = council.opened, council.tally
    if opened is None or tally is None:
        return None
    control, before = certain_control(council), control_before(council)
    seats = ranges(council)
    names = labels(council)
    whole = stands_as_a_whole(council)
    filled = sum(each.won for each in seats.values()) if whole else tally.filled
    not_up = sum(each.not_up for each in seats.values())
    still_open = 0 if whole else tally.still_open
    return CouncilTotals(
        council=council.council,
        council_gss=opened.council_gss,
        name=opened.name,
        election=election_of(council.council),
        mode=council.mode,
        cycle=opened.cycle,
        version=council.version,
        seats_total=opened.seats_total,
        majority=majority(opened.seats_total),
        parties=_parties(opened, seats, names),
        seats_declared=filled,
        seats_vacant=max(0, opened.seats_total - not_up - filled - still_open),
        wards_declared=tally.decided,
        wards_total=tally.wards,
        control_before=before,
        control=control,
        control_name="" if control is None or control == NOC else names.get(control, control),
        outcome=outcome(before, control),
        incumbent_out=incumbent_out(council),
        settled_at=council.settled_at,
        votes_to_flip=council_votes_to_flip(council),
        last_election_notional=opened.last_election_notional,
        control_history=opened.control_history,
        headline=wire_line(council),
        explanation=sentence(council),
    )


def _parties(
    opened: CouncilOpened, seats: Mapping[str, Range], names: Mapping[str, str]
) -> tuple[PartyTotals, ...]:
    eve, last = _baseline(opened, "seats_eve_of_poll"), _baseline(opened, "seats_last_election")
    needed = majority(opened.seats_total)
    shown = []
    for party, each in sorted(seats.items(), key=lambda item: (-item[1].held, item[0])):
        reachable = each.best >= needed and may_control(
            party, independents_as_party=opened.independents_as_party
        )
        shown.append(
            PartyTotals(
                party_id=party,
                party=names.get(party, ""),
                seats_not_up=each.not_up,
                seats_won=each.won,
                seats=each.held,
                best=each.best,
                least=each.least,
                needs=max(0, needed - each.held) if reachable else None,
                change_eve_of_poll=_change(each.held, eve, party),
                change_last_election=_change(each.held, last, party),
            )
        )
    return tuple(shown)


def _baseline(opened: CouncilOpened, field: str) -> dict[str, int | None]:
    seats: dict[str, int | None] = {}
    for party in opened.standing:
        key = party_key(party.party_id, party.party)
        stated = getattr(party, field)
        known = seats.get(key, 0)
        seats[key] = None if stated is None or known is None else known + stated
    return seats


def _change(held: int, baseline: Mapping[str, int | None], party: str) -> int | None:
    stated = [seats for seats in baseline.values() if seats is not None]
    before = baseline.get(party, 0 if stated and len(stated) == len(baseline) else None)
    return None if before is None else held - before


def ward_totals(council: Council, ballot_paper_id: str) -> WardTotals:
    """Returns one ballot as it stands. Raises KeyError for one that is not known."""
    ward = council.wards[ballot_paper_id]
    listed, declared = ward.listed, ward.declared
    system = council.opened.electoral_system if council.opened else "plurality"
    found = result(declared, system) if declared is not None else None
    return WardTotals(
        ballot_paper_id=ballot_paper_id,
        council=council.council,
        ward=listed.ward if listed else "",
        ward_gss=listed.ward_gss if listed else "",
        seats_contested=_seats(ward),
        status=_status(ward, found, system),
        recount=ward.status.recount if ward.status and declared is None else None,
        revision=declared.revision if declared else 0,
        correction=declared.correction if declared else None,
        source=declared.source if declared else "",
        declared_at=declared.declared_at if declared else None,
        expected_at=listed.expected_at if listed else None,
        candidates=_candidates(ward, found),
        seats_won=found.seats_won if found else _uncontested(ward),
        margin=margin(declared, system) if declared else None,
        knife_edge=is_knife_edge(declared, system) if declared else False,
        votes_to_flip=_votes_to_flip(ward, found, system),
        num_spoilt_ballots=declared.num_spoilt_ballots if declared else None,
        num_turnout_reported=declared.num_turnout_reported if declared else None,
        turnout_percentage=declared.turnout_percentage if declared else None,
        total_electorate=_electorate(ward),
    )


def _seats(ward: Ward) -> int:
    if ward.declared is not None:
        return ward.declared.seats_contested
    return ward.listed.seats_contested if ward.listed else 0


def _electorate(ward: Ward) -> int | None:
    if ward.declared is not None and ward.declared.total_electorate is not None:
        return ward.declared.total_electorate
    return ward.listed.total_electorate if ward.listed else None


def _uncontested(ward: Ward) -> dict[str, int]:
    return {party: part.won for party, part in ward.share.parts.items() if part.won}


def _status(ward: Ward, found: Result | None, system: ElectoralSystem):  # type: ignore[no-untyped-def]
    if ward.declared is not None:
        if found is not None:
            return "declared"
        return "tied" if is_tied(ward.declared, system) else "waiting"
    return ward.status.status if ward.status is not None else "waiting"


def _candidates(ward: Ward, found: Result | None) -> tuple[Candidate, ...]:
    if ward.declared is not None:
        flags = found.elected if found else tuple(c.elected for c in ward.declared.candidates)
        shown = [
            candidate.model_copy(update={"elected": flag})
            for candidate, flag in zip(ward.declared.candidates, flags, strict=True)
        ]
        return tuple(sorted(shown, key=lambda each: (each.elected is not True, -(each.votes or 0))))
    if ward.listed is None:
        return ()
    elected = True if ward.share.decided else None
    return tuple(
        Candidate(
            candidate=each.candidate, party=each.party, party_id=each.party_id, elected=elected
        )
        for each in ward.listed.candidates or ()
    )


def _votes_to_flip(ward: Ward, found: Result | None, system: ElectoralSystem) -> int | None:
    if ward.declared is None or found is None:
        return None
    elected = [
        (candidate.votes, counted_under(candidate.party_id, candidate.party))
        for candidate, flag in zip(ward.declared.candidates, found.elected, strict=True)
        if flag is not False and candidate.votes is not None
    ]
    if not elected:
        return None
    costs = ward_costs(ward.declared, system, min(elected)[1])
    return costs[0] if costs else None
