"""`flip_at`: the voters who would have changed a result, where they are and who they voted for."""

from __future__ import annotations

from pydantic import Field
from pydantic.dataclasses import dataclass

from schemas.base import VALUE, BallotPaperId, Name, Seats, Votes
from schemas.ward import Candidate

FLIPS_MAX = 12
"""Wards that are named. Where a majority hangs on more, no single ward is the story."""

FLIP_CANDIDATES_MAX = 5
"""Candidates that are named on either side."""


@dataclass(config=VALUE, frozen=True, slots=True, kw_only=True)
class Flip:
    """The fewest voters of one ward who would have changed the result by moving their vote."""

    ballot_paper_id: BallotPaperId
    ward: Name = Field(description="The ward's name.")
    seats: Seats = Field(description="The seats that the party would have lost there.")
    voters: Votes = Field(description="How many voters, each moving one vote.")
    votes_from: tuple[Candidate, ...] = Field(
        max_length=FLIP_CANDIDATES_MAX, description="Whom they would have left, most votes first."
    )
    votes_to: tuple[Candidate, ...] = Field(
        max_length=FLIP_CANDIDATES_MAX,
        description="Whom they would have gone to, most votes first.",
    )
