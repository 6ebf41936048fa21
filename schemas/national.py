"""`national`: councils added up, for the whole night or for a part of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import (
    COUNCIL_VOTES_MAX,
    Control,
    CouncilId,
    Mode,
    Model,
    Name,
    PartyKey,
    PartyLabel,
    Timestamp,
)

COUNCILS_MAX = 1_000
"""Councils of one night. The whole of the UK has some 400."""

NIGHT_PARTIES_MAX = 5_000
"""Parties of one night, local ones counted by their labels included."""

MILESTONES_MAX = 500
"""Marks of one night, those withdrawn and raised again included."""

PROJECTIONS_MAX = 20
"""Projections that are shown at once; a night has three or four."""

EXPECTED_NEXT_MAX = 20
"""Councils that are named as the next; a desk looks at the first few."""

PartKind = Literal["night", "nation", "region", "authority_type", "cycle"]
"""What councils are added up by. `night` is all of them."""

_SUM_MAX = COUNCILS_MAX * COUNCIL_VOTES_MAX

Number = Annotated[int, Field(ge=-_SUM_MAX, le=_SUM_MAX)]
"""A sum over councils: of seats, changes of seats, or votes."""

Covers = Annotated[
    int,
    Field(
        ge=0,
        le=COUNCILS_MAX,
        description="How many councils the number of the same name adds up; in the others it is"
        " not known, or the party does not stand. The number is null where this is 0.",
    ),
]

MilestoneId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class NationalParty(Model):
    """A party over several councils, or no overall control under the key NOC.

    Each number counts only what is known, and says over how many councils. Nothing is inferred.
    """

    party_id: PartyKey
    party: PartyLabel = ""
    councils: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Councils that votes have made certain to be under its control."
    )
    councils_change: Number | None = Field(
        default=None, description="Councils gained less councils lost."
    )
    councils_change_covers: Covers = 0
    gained_from: dict[Control, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict, description="Councils gained, by whose they were."
    )
    lost_to: dict[Control, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict, description="Councils lost, by whose they are now."
    )
    seats_won: Number | None = Field(default=None, description="Seats won so far.")
    seats_won_covers: Covers = 0
    seats_defended: Number | None = Field(
        default=None, description="Seats that are up and were the party's on the eve of poll."
    )
    seats_defended_covers: Covers = 0
    seats_to_come: Number | None = Field(
        default=None, description="Of the seats defended those in councils not complete."
    )
    seats_to_come_covers: Covers = 0
    change_eve_of_poll: Number | None = Field(
        default=None, description="Seats against the eve of poll, over complete councils."
    )
    change_eve_of_poll_covers: Covers = 0
    change_last_election: Number | None = Field(
        default=None,
        description="Seats against the last election, notional where redrawn, over complete"
        " councils.",
    )
    change_last_election_covers: Covers = 0
    votes: Number | None = Field(
        default=None, description="Votes for its candidates, where all votes of a ward are stated."
    )
    votes_covers: Covers = 0
    vote_share: Annotated[float, Field(ge=0, le=100)] | None = Field(
        default=None,
        description="Votes in percent of all votes in wards of which all are stated, the party's or"
        " not. An elector has as many votes as the ward has seats.",
    )


class NationalCouncils(Model):
    """Councils by how far they are."""

    total: Annotated[int, Field(ge=0, le=COUNCILS_MAX)] | None = Field(
        default=None,
        description="Councils that vote, by the newsroom's list; null where there is no list.",
    )
    not_opened: tuple[Name, ...] = Field(
        default=(),
        max_length=COUNCILS_MAX,
        description="Names of councils on that list of which nothing is known yet.",
    )
    opened: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Councils of which anything is known."
    )
    decided: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Councils whose control votes have made certain."
    )
    complete: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Councils in which every seat that is up is decided."
    )
    awaited: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Councils that are not complete, those not opened included."
    )
    before_unknown: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Decided councils of which nobody has said who controlled them."
    )
    last_election_notional: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Opened councils whose last election is notional after a redrawing."
    )
    wards_total: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Wards of the opened councils that are polled."
    )
    wards_declared: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Wards whose result is known."
    )
    seats_declared: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Seats filled at this poll so far, where known."
    )
    turnout_percentage: Annotated[float, Field(ge=0, le=100)] | None = Field(
        default=None,
        description="Ballot papers in percent of the electorate, over the wards of which both are"
        " known.",
    )
    turnout_covers: Covers = 0


class ExpectedNext(Model):
    """A council that is awaited, with the time at which its next declaration is expected."""

    council: CouncilId
    name: Name = Field(description="The council's name.")
    expected_at: Timestamp = Field(description="When its next declaration is expected.")


class Milestone(Model):
    """A mark that was passed."""

    id: MilestoneId = Field(description="The id of its alert.")
    mark: Name = Field(description="The mark's name in the newsroom's file.")
    text: Name = Field(description="The line that was told.")
    council: CouncilId | None = Field(
        default=None, description="The council that took the night past it."
    )
    retracted: bool = Field(default=False, description="Whether a correction has taken it back.")


class Projection(Model):
    """A projection that somebody has published, as it is. Nothing here is computed from it."""

    name: Name = Field(examples=["Projected national share"], description="What it is called.")
    source: Annotated[Name, Field(min_length=1)] = Field(description="Who published it.")
    shares: dict[PartyKey, Annotated[float, Field(ge=0, le=100)]] = Field(
        min_length=1, max_length=20, description="Percent of the vote by party key."
    )
    published_at: Timestamp | None = Field(default=None, description="When it was published.")
    entered_by: Annotated[Name, Field(min_length=1)] = Field(description="Who entered it.")


class NationalTotals(Model):
    """The councils of a night, or of a part of it, added up.

    Parties come with most councils first, then most seats won, and no overall control last.
    `milestones`, `projections`, `expected_next` and `councils.not_opened` are of the whole night
    only.
    """

    type: Literal["national"] = "national"
    election: Name = Field(description="The election, such as local.2014-05-22.")
    mode: Mode
    kind: PartKind = Field(default="night", description="What councils are added up by.")
    name: Name = Field(default="", description="Which nation, region, type or cycle.")
    version: Annotated[int, Field(ge=1)] = Field(
        description="Counts the changes of the night; a higher version is newer."
    )
    councils: NationalCouncils = Field(description="How far the councils are.")
    parties: tuple[NationalParty, ...] = Field(
        default=(), max_length=NIGHT_PARTIES_MAX, description="What each party has."
    )
    milestones: tuple[Milestone, ...] = Field(
        default=(), max_length=MILESTONES_MAX, description="In the order in which they were passed."
    )
    projections: tuple[Projection, ...] = Field(
        default=(),
        max_length=PROJECTIONS_MAX,
        description="What others have projected, the latest last.",
    )
    expected_next: tuple[ExpectedNext, ...] = Field(
        default=(), max_length=EXPECTED_NEXT_MAX, description="Soonest first."
    )
