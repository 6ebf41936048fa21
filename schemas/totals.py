"""`totals`: a council as it stands now, with what is still open and why."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.alert import Outcome
from schemas.base import (
    BallotPaperId,
    Control,
    CouncilId,
    Gss,
    Mode,
    Model,
    Name,
    PartyKey,
    Seats,
    Timestamp,
    Votes,
)
from schemas.council import ControlSpell, Cycle
from schemas.ward import Candidate, Correction, Status

Change = Annotated[int, Field(ge=-1_000, le=1_000)]


class PartyTotals(Model):
    """A party's seats on one council, now and at most."""

    party_id: PartyKey
    party: Name
    seats_not_up: Seats
    seats_won: Seats
    seats: Seats = Field(description="Not up and won so far.")
    best: Seats = Field(description="The most seats the party can still end with.")
    least: Seats = Field(description="The fewest seats the party can end with.")
    needs: Seats | None = Field(
        default=None,
        description="Seats still needed for a majority; null where it cannot get one.",
    )
    change_eve_of_poll: Change | None = Field(
        default=None, description="Against the eve of poll; null where that is unknown."
    )
    change_last_election: Change | None = Field(
        default=None, description="Against the last election; null where that is unknown."
    )


class WardTotals(Model):
    """One ward of the council as it stands now. Stored beside the council, one entry a ballot."""

    ballot_paper_id: BallotPaperId
    council: CouncilId
    ward: Name
    ward_gss: Gss = ""
    seats_contested: Seats
    status: Literal["waiting", "declared", "tied"] | Status
    recount: int | None = None
    revision: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Revision of the result; 0 while undeclared."
    )
    correction: Correction | None = None
    source: Name = ""
    declared_at: Timestamp | None = None
    expected_at: Timestamp | None = None
    candidates: tuple[Candidate, ...] = Field(
        default=(), description="Result, or nominations while undeclared; elected ones first."
    )
    seats_won: dict[PartyKey, Seats] = Field(default_factory=dict)
    margin: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="Votes of the last elected less those of the first not elected."
    )
    knife_edge: bool = False
    votes_to_flip: Votes | None = Field(
        default=None,
        description="Fewest voters who would have cost the last elected's party one seat.",
    )
    num_spoilt_ballots: Votes | None = None
    num_turnout_reported: Votes | None = None
    turnout_percentage: float | None = None
    total_electorate: Votes | None = None


class Decider(Model):
    """An undeclared ward that control can still hang on."""

    ballot_paper_id: BallotPaperId
    ward: Name
    text: Name = Field(description="Who needs what there, in a sentence.")


class CouncilTotals(Model):
    """A council now. Every number follows from the declarations of this council alone."""

    type: Literal["totals"] = "totals"
    council: CouncilId
    council_gss: Gss
    name: Name
    election: Name
    mode: Mode
    cycle: Cycle
    version: Annotated[int, Field(ge=1)] = Field(
        description="Counts the changes of this council; a higher version is newer."
    )
    seats_total: Seats
    majority: Seats
    parties: tuple[PartyTotals, ...] = Field(description="Most seats first.")
    seats_declared: Seats = Field(description="Seats filled at this poll so far.")
    seats_vacant: Seats = Field(description="Seats that nobody can win at this poll.")
    wards_declared: Annotated[int, Field(ge=0)]
    wards_total: Annotated[int, Field(ge=0)]
    control_before: Control | None
    control: Control | None = Field(description="Null while undetermined.")
    control_name: Name = Field(default="", description="The controlling party's name.")
    outcome: Outcome | None
    incumbent_out: bool
    settled_at: BallotPaperId | None
    votes_to_flip: Votes | None
    last_election_notional: bool = False
    control_history: tuple[ControlSpell, ...] = ()
    deciders: tuple[Decider, ...] = ()
    headline: Name = Field(description="The wire line, such as CON HOLD Barnet.")
    explanation: Name = Field(description="The sentence that says why.")
