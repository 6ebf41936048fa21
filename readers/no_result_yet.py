"""Figures that are no result yet: a count that is still on, or a ward that is being typed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from readers.ballot import CandidateRow
from schemas.ward import Status

TYPED_VOTES_MIN: Final = 50
"""Nobody is elected with 0 votes where another has so many; then the other votes are missing."""


class Missing(NamedTuple):
    """Why the figures of a ballot are no result: the column, and what it lacks."""

    column: str
    what: str


def no_result_yet(
    rows: Sequence[CandidateRow], seats: int, status: Status | None
) -> Missing | None:
    """Returns why the figures of a ballot are no result yet; None if they are, or there are none.

    Nobody elected where it is said of somebody, votes of a count that is still on, and votes that
    are 0 where they cannot be. If some are elected and not all, that much is a result.
    """
    if any(row.elected for row in rows):
        return None
    if any(row.elected is False for row in rows):
        return Missing("elected", "0 for every candidate; the ward is taken as undeclared")
    votes = sorted((row.votes for row in rows if row.votes is not None), reverse=True)
    what = _missing_votes(votes, seats, status)
    return Missing("votes", what) if what else None


def _missing_votes(votes: list[int], seats: int, status: Status | None) -> str:
    """Returns why votes, most first, do not say who is elected; blank if they do."""
    if votes and status == "counting":
        return "of a count that is still on; the ward stays open"
    if votes and not any(votes):
        return "0 for every candidate; the ward is taken as undeclared"
    if len(votes) > seats and votes[seats - 1] == 0 and votes[0] >= TYPED_VOTES_MIN:
        return f"0 for a winner beside {votes[0]}; the ward is taken as undeclared"
    return ""
