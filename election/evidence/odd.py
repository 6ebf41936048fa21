"""What is odd about a result: it may be right, and looks like a slip of whoever typed it.

Each check is one function that returns what is odd, with the field and the figures, or nothing.
The thresholds are constants and no settings, because a log that is counted again has to give the
same. They were tried on every declared ward of `nights/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import median
from typing import Final

from election.declaration import Declaration
from election.ward import Ward

SPOILT_FRACTION: Final = 0.03
"""Abacus warns of invalid votes from 3 % on (its rule W.202)."""

DIFFERENCE_FRACTION, DIFFERENCE_MIN = 0.02, 15
"""Abacus warns of ballots and votes that differ by 2 % and 15 or more (its rule W.203)."""

TURNOUT_APART_PERCENT: Final = 30.0
"""How far a turnout may be from the median of the council's other wards, in percentage points."""

VOTES_APART: Final = 5.0
"""How many times the votes for one seat may be the median of the council's other wards, either
way. A figure with a digit too many is ten times as large."""

OTHERS_MIN: Final = 3
"""Wards with which one can be compared. Fewer say little of what is usual in a council."""

LIKE_ANOTHER_MIN: Final = 3
"""Candidates from which on equal figures in two wards are no chance."""


def odd(said: Declaration, ballot_paper_id: str, wards: Mapping[str, Ward]) -> tuple[str, ...]:
    """Returns all that is odd about a result, by itself and beside the council's other wards.

    `wards` are those of its council, by ballot; its own is left out.
    """
    others = [ward for ballot, ward in wards.items() if ballot != ballot_paper_id]
    ward = wards.get(ballot_paper_id)
    listed = ward.contest.total_electorate if ward is not None and ward.contest else None
    declared = [ward.declared for ward in others if ward.declared is not None and ward.fits]
    found = (
        votes_above_ballots(said),
        turnout_above_all(said, listed),
        many_spoilt(said),
        ballots_without_votes(said),
        turnout_apart(said, declared),
        votes_apart(said, declared),
        like_another(said, others),
    )
    return tuple(filter(None, found))


def votes_above_ballots(said: Declaration) -> str:
    """Returns what is odd if there are more votes than ballot papers have room for.

    West Berkshire declared more votes than were cast in 2015.
    """
    votes, ballots = _votes(said), said.num_turnout_reported
    if ballots is None or votes <= ballots * said.seats_contested:
        return ""
    return (
        f"votes: {votes:,} in all, more than {ballots:,} ballot papers with"
        f" {said.seats_contested} votes each; check votes and num_turnout_reported"
    )


def turnout_above_all(said: Declaration, electorate: int | None) -> str:
    """Returns what is odd if more people voted than may. `electorate` is that of the opening."""
    entitled = said.total_electorate or electorate
    if said.turnout_percentage is not None and said.turnout_percentage > 100:  # noqa: PLR2004
        return f"turnout_percentage: {said.turnout_percentage}, more than everybody; check it"
    ballots = said.num_turnout_reported
    if ballots is None and said.seats_contested == 1:
        ballots = _votes(said)
    if not entitled or ballots is None or ballots <= entitled:
        return ""
    return f"votes: {ballots:,} people voted, but {entitled:,} may; check votes and electorate"


def many_spoilt(said: Declaration) -> str:
    """Returns what is odd if 3 % of the ballot papers or more were rejected."""
    spoilt, ballots = said.num_spoilt_ballots, said.num_turnout_reported
    if not spoilt or not ballots or spoilt < ballots * SPOILT_FRACTION:
        return ""
    return f"num_spoilt_ballots: {spoilt:,} of {ballots:,} ballot papers; check them"


def ballots_without_votes(said: Declaration) -> str:
    """Returns what is odd if far fewer votes are stated than there are ballot papers.

    Every good ballot paper has one vote at least. Two boxes did not transmit in London in 2008,
    and in Putney some 6,500 votes were left out of a sum in 2024.
    """
    ballots = said.num_turnout_reported
    if ballots is None or any(each.votes is None for each in said.candidates):
        return ""
    good = ballots - (said.num_spoilt_ballots or 0)
    missing = good - _votes(said)
    if missing < max(DIFFERENCE_MIN, good * DIFFERENCE_FRACTION):
        return ""
    return (
        f"votes: {_votes(said):,} in all, {missing:,} fewer than there are good ballot papers;"
        " check whether a figure or a box is missing"
    )


def turnout_apart(said: Declaration, others: Iterable[Declaration]) -> str:
    """Returns what is odd if the turnout is far from that of the council's other wards."""
    turnouts = [other.turnout_percentage for other in others]
    known = [turnout for turnout in turnouts if turnout is not None]
    if said.turnout_percentage is None or len(known) < OTHERS_MIN:
        return ""
    usual = median(known)
    if abs(said.turnout_percentage - usual) <= TURNOUT_APART_PERCENT:
        return ""
    return (
        f"turnout_percentage: {said.turnout_percentage}, where the council's other wards have"
        f" {usual:.1f}; check it"
    )


def votes_apart(said: Declaration, others: Iterable[Declaration]) -> str:
    """Returns what is odd if far more or fewer votes were cast for a seat than in other wards."""
    usual = [votes for other in others if (votes := _votes_for_a_seat(other))]
    here = _votes_for_a_seat(said)
    if not here or len(usual) < OTHERS_MIN:
        return ""
    middle = median(usual)
    if middle / VOTES_APART <= here <= middle * VOTES_APART:
        return ""
    return (
        f"votes: {here:,.0f} for each seat, where the council's other wards have {middle:,.0f};"
        " check for a digit too many or too few"
    )


def like_another(said: Declaration, others: Iterable[Ward]) -> str:
    """Returns what is odd if another ward of the council has the same figures.

    tally-ho looks for two forms with the same votes: one was likely entered twice.
    """
    figures = _figures(said)
    if len(figures) < LIKE_ANOTHER_MIN:
        return ""
    for ward in others:
        if ward.declared is not None and _figures(ward.declared) == figures:
            return f"votes: the figures of {ward.name}; check that they are of this ward"
    return ""


def _votes(said: Declaration) -> int:
    return sum(each.votes or 0 for each in said.candidates)


def _votes_for_a_seat(said: Declaration) -> float:
    """Returns the votes for a seat; 0 if not all are stated, which cannot be compared."""
    if any(each.votes is None for each in said.candidates):
        return 0.0
    return _votes(said) / said.seats_contested


def _figures(said: Declaration) -> list[int]:
    return sorted(each.votes for each in said.candidates if each.votes)
