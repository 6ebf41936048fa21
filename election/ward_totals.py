"""Ward totals: one ward of a council as it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from election.council import Council
from election.declaration import Declaration
from election.flip import ward_flips
from election.story import Story, story_of
from election.text.flip import flip_at
from election.text.phrases import clipped
from election.text.story import party_names, story_line
from election.text.ward import ward_line
from election.ward import Ward
from schemas.story import PartyStory, WardStory
from schemas.ward import Candidate
from schemas.ward_totals import WardTotals


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
        story=_story(ward),
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


def _story(ward: Ward) -> WardStory | None:
    """Returns how a ward compares with when its seats were last fought; None if nobody knows."""
    story = story_of(ward)
    if story is None:
        return None
    of, before = story.swing, story.before
    return WardStory(
        last_fought=story.days,
        same_boundaries=story.previous.same_boundaries,
        compared_with=before.last_fought if before is not None else None,
        parties=_party_stories(story, party_names(ward, story)),
        swing=_points(of.points) if of is not None else None,
        swing_from=of.away_from if of is not None else None,
        swing_to=of.towards if of is not None else None,
        turnout_before=before.turnout_percentage if before is not None else None,
        turnout_change=story.turnout_change,
        text=clipped(story_line(ward, story)),
    )


def _party_stories(story: Story, names: Mapping[str, str]) -> tuple[PartyStory, ...]:
    """Returns what became of each party, most seats won first, then most votes."""
    changes, now, before = story.changes, story.shares, story.shares_before
    parties = dict.fromkeys((*story.won, *story.votes, *(story.held or ()), *before))
    ranked = sorted(parties, key=lambda each: (-story.won.get(each, 0), -now.get(each, 0), each))
    return tuple(
        PartyStory(
            party_id=party,
            party=names[party],
            seats_before=None if story.held is None else story.held.get(party, 0),
            seats_change=None if changes is None else changes.get(party, 0),
            votes=story.votes.get(party),
            share=_points(now.get(party)),
            share_before=_points(before.get(party)),
            share_change=_points(now[party] - before[party])
            if party in now and party in before
            else None,
        )
        for party in ranked
    )


def _points(exact: Fraction | None) -> float | None:
    """Returns percentage points to one decimal place; None for none."""
    return None if exact is None else float(round(exact, 1))
