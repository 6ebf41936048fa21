"""`totals`: a council as it stands now, with what is still open and why."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.alert import Outcome
from schemas.base import (
    BallotPaperId,
    Control,
    CouncilId,
    CouncilVotes,
    Gss,
    Mode,
    Model,
    Name,
    PartyKey,
    PartyLabel,
    Seats,
    Timestamp,
    Votes,
)
from schemas.council import ControlSpell, Cycle, ElectoralSystem
from schemas.flip import FLIPS_MAX, Flip

Change = Annotated[int, Field(ge=-1_000, le=1_000)]


class PartyTotals(Model):
    """A party's seats on one council, now and at most."""

    party_id: PartyKey
    party: PartyLabel
    seats_not_up: Seats = Field(description="Seats the party keeps without a poll this time.")
    seats_won: Seats = Field(description="Seats won at this poll so far.")
    seats: Seats = Field(description="Not up and won so far.")
    best: Seats = Field(description="The most seats the party can still end with.")
    least: Seats = Field(description="The fewest seats the party can end with.")
    needs: Seats | None = Field(
        default=None,
        description="Seats still needed for a majority; null where it cannot get one.",
    )
    seats_eve_of_poll: Seats | None = Field(
        default=None, description="Seats on the eve of poll; null where nobody has stated them."
    )
    seats_last_election: Seats | None = Field(
        default=None, description="Seats at the last election; null where nobody has stated them."
    )
    seats_defended: Seats | None = Field(
        default=None,
        description="Seats that are up and were the party's on the eve of poll; null where that is"
        " not known.",
    )
    change_eve_of_poll: Change | None = Field(
        default=None,
        description="Against the eve of poll; null until the council is complete, and where that"
        " is unknown.",
    )
    change_last_election: Change | None = Field(
        default=None,
        description="Against the last election; null until the council is complete, and where"
        " that is unknown.",
    )


class Decider(Model):
    """An undeclared ward that control can still hang on."""

    ballot_paper_id: BallotPaperId
    ward: Name = Field(description="The ward's name.")
    text: Name = Field(description="Who needs what there, in a sentence.")
    expected_at: Timestamp | None = Field(
        default=None,
        description="When its declaration is expected; null where nobody has said so, and where"
        " the poll is postponed.",
    )
    decides: bool = Field(
        default=False,
        description="Whether the council hangs on it: no other ward that is expected can settle"
        " who controls it.",
    )


class CouncilTotals(Model):
    """A council now. Every number follows from the declarations of this council alone."""

    type: Literal["totals"] = "totals"
    council: CouncilId
    council_gss: Gss
    name: Name = Field(description="The council's name.")
    election: Name = Field(description="The election, such as local.2014-05-22.")
    mode: Mode
    cycle: Cycle = Field(description="How much of the council is up.")
    electoral_system: ElectoralSystem = Field(
        default="plurality",
        description="How seats are won: most votes, or single transferable vote.",
    )
    version: Annotated[int, Field(ge=1)] = Field(
        description="Counts the changes of this council; a higher version is newer."
    )
    seats_total: Seats = Field(description="All seats of the new council.")
    majority: Seats = Field(description="Seats that give control: more than half of all.")
    parties: tuple[PartyTotals, ...] = Field(description="Most seats first.")
    seats_declared: Seats = Field(description="Seats filled at this poll so far.")
    seats_vacant: Seats = Field(description="Seats that nobody can win at this poll.")
    wards_declared: Annotated[int, Field(ge=0)] = Field(description="Wards whose result is known.")
    wards_total: Annotated[int, Field(ge=0)] = Field(description="Wards that are polled.")
    wards_being_checked: Annotated[int, Field(ge=0)] = Field(
        default=0,
        description="Wards with a result that waits for a second source or for the desk, and none"
        " that counts.",
    )
    wards_disputed: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Wards whose result another source contradicts."
    )
    complete: bool = Field(
        default=False, description="Whether every seat that is up is decided: this is the result."
    )
    before_any_vote: bool = Field(
        default=False,
        description="Whether no vote is declared yet: what is certain rests on nominations and on"
        " seats that are not up.",
    )
    as_a_whole: bool = Field(
        default=False, description="Whether the council's result as a whole counts, not its wards."
    )
    sources: Annotated[int, Field(ge=0)] = Field(
        default=0,
        description="How many sources say the council's result as a whole; 0 where there is none.",
    )
    being_checked: bool = Field(
        default=False,
        description="Whether a result of the council as a whole waits for a second source.",
    )
    disputed: bool = Field(
        default=False,
        description="Whether another source contradicts the council's result as a whole.",
    )
    seats_won_known: bool = Field(
        default=True,
        description="Whether seats_won and seats_declared leave out what was not up; false for a"
        " result as a whole where seats not up are unknown.",
    )
    turnout_percentage: float | None = Field(
        default=None,
        description="Turnout of the complete council in percent; null where a ward's is unknown.",
    )
    votes: dict[PartyKey, CouncilVotes] = Field(
        default_factory=dict,
        description="Votes by party key in the wards of which all are stated; first preferences"
        " under the single transferable vote. A party without any is left out.",
    )
    votes_total: CouncilVotes = Field(default=0, description="The sum of these votes.")
    votes_wards: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Wards of which the votes of every candidate are stated."
    )
    ballots: CouncilVotes = Field(
        default=0,
        description="Ballot papers in the wards that state them, or their turnout in percent, and"
        " their electorate.",
    )
    electorate: CouncilVotes = Field(default=0, description="Electors in the same wards.")
    turnout_wards: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Wards of which ballot papers and electorate are known."
    )
    expected_next: Timestamp | None = Field(
        default=None,
        description="When the next declaration is expected: the earliest time that is stated for a"
        " ward without a result; null where there is none.",
    )
    control_before: Control | None
    control: Control | None = Field(description="Null while undetermined.")
    control_name: Name = Field(default="", description="The controlling party's name.")
    outcome: Outcome | None = Field(
        description="In wire terms; null where control is known and control before is not."
    )
    change: bool | None = Field(
        default=None,
        description="Whether control changes hands; null while undetermined, and if control"
        " before is unknown.",
    )
    incumbent_out: bool = Field(
        description="Whether it is certain that the party in control before has lost it."
    )
    settled_at: BallotPaperId | None
    votes_to_flip: Votes | None = Field(
        description="Fewest voters who would have cost the party in control its majority, if any."
    )
    flip_at: tuple[Flip, ...] = Field(
        default=(),
        max_length=FLIPS_MAX,
        description="Where those voters are, and between whom they would have moved, most voters"
        " first; empty where there are none, and where more wards are needed.",
    )
    seats_to_decision: Seats | None = Field(
        default=None,
        description="Fewest seats that can still settle control, by a majority or by none; null"
        " once control is certain.",
    )
    seats_to_none: Seats | None = Field(
        default=None,
        description="Fewest seats that the parties which can still get a majority must miss"
        " so that none does; null once control is certain.",
    )
    seats_to_change: Seats | None = Field(
        default=None,
        description="Fewest seats that would change who has a majority now: those that the"
        " majority would have to lose, or those that the largest party lacks.",
    )
    last_election_notional: bool = Field(
        default=False, description="Whether the last election is notional after a redrawing."
    )
    control_history: tuple[ControlSpell, ...] = Field(
        default=(), description="Earlier spells of control, oldest first."
    )
    deciders: tuple[Decider, ...] = Field(
        default=(), description="Undeclared wards that control can still hang on."
    )
    headline: Name = Field(description="The wire line, such as CON HOLD Barnet.")
    explanation: Name = Field(description="The sentence that says why.")

    @property
    def decided(self) -> bool:
        """Whether votes have made control certain, and not nominations or seats not up alone."""
        return self.control is not None and not self.before_any_vote
