"""Ward view: a ballot as it is shown."""

from __future__ import annotations

from typing import Literal

from election.council import Council
from election.margin import is_knife_edge
from election.ward import Ward
from schemas.totals import WardTotals
from schemas.ward import Candidate, Status, WardDeclared


def ward_totals(council: Council, ballot_paper_id: str) -> WardTotals:
    """Returns one ballot as it stands. Raises KeyError for one of which nothing is known."""
    ward = council.wards[ballot_paper_id]
    entry = _opened(council, ward)
    return entry if ward.declared is None else _declared(entry, ward, ward.declared)


def _opened(council: Council, ward: Ward) -> WardTotals:
    """Returns a ballot without its declaration: its nominations and status."""
    opened = ward.contest
    decided = bool(ward.share.decided)
    nominees = opened.nominees if opened and ward.declared is None else ()
    return WardTotals(
        ballot_paper_id=ward.ballot_paper_id,
        council=council.council,
        ward=ward.name,
        ward_gss=opened.ward_gss if opened else "",
        seats_contested=opened.seats if opened else 0,
        status=_status(ward),
        recount=ward.status.recount if ward.notice and ward.status else None,
        expected_at=opened.expected_at if opened else None,
        candidates=tuple(
            Candidate(
                candidate=each.candidate,
                party=each.party,
                party_id=each.party_id,
                elected=decided or None,
            )
            for each in nominees
        ),
        seats_won={party: part.won for party, part in ward.share.parts.items() if part.won},
        total_electorate=opened.total_electorate if opened else None,
    )


def _declared(entry: WardTotals, ward: Ward, declared: WardDeclared) -> WardTotals:
    """Returns a ballot with its declaration, elected candidates first, most votes first."""
    candidates = declared.candidates
    if ward.result is not None:
        candidates = tuple(
            each.model_copy(update={"elected": elected})
            for each, elected in zip(candidates, ward.result.elected, strict=True)
        )
    return entry.model_copy(
        update={
            "seats_contested": declared.seats_contested,
            "revision": declared.revision,
            "correction": declared.correction,
            "source": declared.source,
            "declared_at": declared.declared_at,
            "candidates": tuple(sorted(candidates, key=_rank)),
            "seats_won": dict(ward.result.seats_won) if ward.result else {},
            "margin": ward.line.votes if ward.line else None,
            "knife_edge": is_knife_edge(ward.line),
            "votes_to_flip": ward.votes_to_flip,
            "num_spoilt_ballots": declared.num_spoilt_ballots,
            "num_turnout_reported": declared.num_turnout_reported,
            "turnout_percentage": declared.turnout_percentage,
            "total_electorate": declared.total_electorate or entry.total_electorate,
        }
    )


def _status(ward: Ward) -> Literal["waiting", "declared", "tied"] | Status:
    if ward.result is not None:
        return "declared"
    if ward.declared is not None:
        return "tied" if ward.tied else "waiting"
    return ward.status.status if ward.status is not None else "waiting"


def _rank(candidate: Candidate) -> tuple[bool, int]:
    return candidate.elected is not True, -(candidate.votes or 0)
