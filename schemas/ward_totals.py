"""`ward`: one ward of a council as it stands now."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import (
    BallotPaperId,
    CouncilId,
    Gss,
    Model,
    Name,
    PartyKey,
    Seats,
    Source,
    Timestamp,
    Votes,
)
from schemas.flip import Flip
from schemas.story import WardStory
from schemas.ward import Candidate, Correction, Status

WardStage = Literal["waiting", "declared", "partial", "tied"] | Status
"""Where the count of one ballot stands. `partial`: some of its seats are declared, others open."""


class WardTotals(Model):
    """One ward of the council as it stands now. Stored beside the council, one entry a ballot."""

    ballot_paper_id: BallotPaperId
    council: CouncilId
    ward: Name = Field(description="The ward's name.")
    ward_gss: Gss = ""
    seats_contested: Seats = Field(description="Seats to be filled by this ballot.")
    status: WardStage = Field(
        description="Where the count stands; tied while a lot for the last seat is not known."
    )
    recount: int | None = Field(
        default=None, description="Which recount is under way, from 1; null where none is."
    )
    revision: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Revision of the result; 0 while undeclared."
    )
    correction: Correction | None = Field(
        default=None, description="Why the result was revised; null for a first revision."
    )
    source: Source = ""
    sources: Annotated[int, Field(ge=0)] = Field(
        default=0, description="From how many sources the result is; 0 while undeclared."
    )
    being_checked: bool = Field(
        default=False, description="Whether a result waits for a second source, or for the desk."
    )
    disputed: bool = Field(
        default=False, description="Whether another source contradicts the result."
    )
    declared_at: Timestamp | None = Field(
        default=None, description="When the returning officer declared."
    )
    expected_at: Timestamp | None = Field(
        default=None, description="When the declaration is expected."
    )
    candidates: tuple[Candidate, ...] = Field(
        default=(), description="Result, or nominations while undeclared; elected ones first."
    )
    seats_won: dict[PartyKey, Seats] = Field(
        default_factory=dict, description="Seats won here, by party key."
    )
    margin: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="Votes of the last elected less those of the first not elected."
    )
    knife_edge: bool = Field(
        default=False,
        description="Whether the margin between two parties is so small that a recount could turn"
        " it.",
    )
    votes_to_flip: Votes | None = Field(
        default=None,
        description="Fewest voters who would have cost the last elected's party one seat.",
    )
    flip_at: tuple[Flip, ...] = Field(
        default=(),
        max_length=1,
        description="Between whom those voters would have moved; empty where there are none.",
    )
    num_spoilt_ballots: Votes | None = Field(
        default=None, description="Ballot papers rejected at the count."
    )
    num_turnout_reported: Votes | None = Field(
        default=None,
        description="Ballot papers issued or counted, as the returning officer reports turnout.",
    )
    turnout_percentage: float | None = Field(
        default=None, description="Turnout in percent, as reported."
    )
    total_electorate: Votes | None = Field(
        default=None, description="Electors entitled to vote in this ballot."
    )
    text: Name = Field(default="", description="The ward's line as a reporter says it.")
    story: WardStory | None = Field(
        default=None,
        description="How it compares with when its seats were last fought; null until every seat"
        " is decided, and where nobody has said what was before.",
    )


class WardGone(Model):
    """A ward that its council no longer lists, and of which nothing was said."""

    ballot_paper_id: BallotPaperId
    council: CouncilId
