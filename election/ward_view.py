"""Ward view: a ballot as it is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from election.council import Council
from election.declaration import Declaration
from election.rules.margin import is_knife_edge
from election.text.phrases import clipped
from election.text.ward import ward_text
from election.ward import Ward
from schemas.totals import WardTotals
from schemas.ward import Candidate


def ward_totals(council: Council, ballot_paper_id: str) -> WardTotals:
    """Returns one ballot as it stands. Raises KeyError for one of which nothing is known."""
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
        text=clipped(ward_text(ward, council.name)),
        **result,
    )


def _no_result(ward: Ward) -> dict[str, Any]:
    """Returns what there is of a ballot without its declaration: its nominations and status."""
    elected = True if ward.share.decided else None
    return {
        "seats_contested": ward.contest.seats if ward.contest else 0,
        "recount": ward.status.recount if ward.status else None,
        "seats_won": {party: part.won for party, part in ward.share.parts.items() if part.won},
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
    """Returns a ballot's declaration, elected candidates first, most votes first."""
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
        "margin": ward.line.votes if ward.line else None,
        "knife_edge": is_knife_edge(ward.line),
        "votes_to_flip": ward.votes_to_flip,
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
