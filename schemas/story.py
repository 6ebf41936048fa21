"""A ward's story: who gained and who held its seats, and how its votes have moved since."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from schemas.base import CANDIDATES_MAX, VOTES_MAX, Model, Name, PartyKey, PartyLabel, Seats

PARTY_VOTES_MAX = CANDIDATES_MAX * VOTES_MAX
"""Votes of one party in one ward: those of all its candidates where a voter has one vote."""

Points = Annotated[float, Field(ge=-100, le=100)]
"""Percentage points, to one decimal place."""

Percentage = Annotated[float, Field(ge=0, le=100)]
"""A share in percent, to one decimal place."""


class PartyStory(Model):
    """What became of one party in a ward. Null means unknown, or not comparable."""

    party_id: PartyKey
    party: PartyLabel = Field(default="", description="Its name as the wires print it.")
    seats_before: Seats | None = Field(
        default=None, description="Of the seats that were up, those it was last elected to."
    )
    seats_change: Annotated[int, Field(ge=-100, le=100)] | None = Field(
        default=None, description="Seats won now less those: a gain above 0, a loss below."
    )
    votes: Annotated[int, Field(ge=0, le=PARTY_VOTES_MAX)] | None = Field(
        default=None, description="Votes that its share is reckoned by; null if it did not stand."
    )
    share: Percentage | None = Field(default=None, description="Share of the vote in percent.")
    share_before: Percentage | None = Field(
        default=None, description="Share when the seats were last fought; null if it did not stand."
    )
    share_change: Points | None = Field(
        default=None, description="Change of the share in points; null unless it stood both times."
    )


class WardStory(Model):
    """How a declared ward compares with when its seats were last fought."""

    last_fought: tuple[date, ...] = Field(
        description="The days on which the seats that were up were last fought."
    )
    same_boundaries: bool = Field(
        description="Whether the ward has had the same boundaries since; if not, nothing is"
        " compared."
    )
    compared_with: date | None = Field(
        default=None, description="The earlier poll that shares, swing and turnout are set beside."
    )
    parties: tuple[PartyStory, ...] = Field(
        default=(), description="Every party that stood or held a seat, most seats won first."
    )
    swing: Annotated[float, Field(ge=0, le=100)] | None = Field(
        default=None,
        description="Butler's swing between the two parties with the most votes, in points: the"
        " mean of one's rise and the other's fall in share; null unless both stood both times.",
    )
    swing_from: PartyKey | None = Field(default=None, description="The party it is away from.")
    swing_to: PartyKey | None = Field(default=None, description="The party it is towards.")
    turnout_before: Percentage | None = Field(
        default=None, description="Turnout in percent when the seats were last fought."
    )
    turnout_change: Points | None = Field(
        default=None, description="Turnout now less that, in points."
    )
    text: Name = Field(default="", description="The story in a line, as a reporter says it.")
