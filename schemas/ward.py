"""`ward.declared` and `ward.status`: what a returning officer says of one ballot."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from schemas.base import (
    CANDIDATES_MAX,
    VALUE,
    BallotPaperId,
    CouncilId,
    Mode,
    Model,
    Name,
    PartyId,
    PartyLabel,
    Revision,
    Seq,
    Source,
    Timestamp,
    Votes,
)
from schemas.ids import belongs_to, election_of
from schemas.source import SourceId, Trust

Correction = Literal["transcription", "court"]
Status = Literal["counting", "recount", "postponed", "countermanded", "uncontested"]

MOVES_SEATS: Final[frozenset[Status]] = frozenset({"uncontested", "countermanded"})
"""The statuses of a ward on which nobody votes: they fill seats or take a ballot away, without a
result."""


@dataclass(config=VALUE, frozen=True, slots=True, kw_only=True)
class Candidate:
    """One candidate of a declared result."""

    candidate: Name = Field(description="The candidate's name as on the ballot paper.")
    party: PartyLabel = Field(default="")
    party_id: PartyId = Field(default="")
    votes: Votes | None = Field(
        default=None,
        description="Votes; first preferences in an STV ward; null where not stated.",
    )
    elected: bool | None = Field(
        default=None, description="Null where not stated: then the most votes decide."
    )
    tied_vote_winner: bool = Field(
        default=False, description="Whether the seat was won by lot after a tie."
    )


class WardDeclared(Model):
    """The whole result of one ballot. Absolute: a higher revision replaces a lower one."""

    type: Literal["ward.declared"] = "ward.declared"
    council: CouncilId
    ballot_paper_id: BallotPaperId
    mode: Mode
    revision: Revision = 1
    correction: Correction | None = Field(
        default=None,
        description="Why a result was changed; null for the first, and for one that only adds to"
        " what was stated.",
    )
    source: Source = ""
    source_id: SourceId | None = None
    trust: Trust | None = None
    seq: Seq | None = None
    declared_at: Timestamp | None = Field(
        default=None, description="When the returning officer declared."
    )
    seats_contested: Annotated[int, Field(ge=1, le=100)] = Field(
        description="Seats filled by this ballot."
    )
    casual_vacancies: Annotated[int, Field(ge=0, le=10)] = Field(
        default=0,
        description="How many of these seats fill casual vacancies that the council was not opened"
        " with.",
    )
    candidates: tuple[Candidate, ...] = Field(
        min_length=1, max_length=CANDIDATES_MAX, description="Everybody who stood, in any order."
    )
    num_spoilt_ballots: Votes | None = Field(
        default=None, description="Ballot papers rejected at the count."
    )
    num_turnout_reported: Votes | None = Field(
        default=None,
        description="Ballot papers issued or counted, as the returning officer reports turnout.",
    )
    turnout_percentage: Annotated[float, Field(ge=0, le=1_000)] | None = Field(
        default=None, description="Turnout in percent, as reported; above 100 is odd, and counted."
    )
    total_electorate: Votes | None = Field(
        default=None, description="Electors entitled to vote in this ballot."
    )

    @property
    def election(self) -> str:
        """The election the council votes in, such as `local.2014-05-22`."""
        return election_of(self.council)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if not belongs_to(self.ballot_paper_id, self.council):
            raise ValueError(
                f"ballot_paper_id: {self.ballot_paper_id} is no ballot of {self.council};"
                " correct one of the two"
            )
        if self.correction is not None and self.revision == 1:
            raise ValueError(
                f"correction: {self.correction!r} with revision 1; give a correction a higher"
                " revision, or leave correction out"
            )
        _refuse_twice(self.candidates)
        elected = sum(candidate.elected is True for candidate in self.candidates)
        if elected > self.seats_contested:
            raise ValueError(
                f"candidates: {elected} elected for {self.seats_contested} seats;"
                " correct elected or seats_contested"
            )
        return self


def _refuse_twice(candidates: tuple[Candidate, ...]) -> None:
    """Raises ValueError if somebody is in a result twice: same name, party and votes.

    Two namesakes of one party with votes of their own are real.
    """
    seen = set()
    for each in candidates:
        who = (each.candidate, each.party_id, each.party, each.votes)
        if each.candidate and who in seen:
            raise ValueError(
                f"candidates: {each.candidate} is listed twice with the same party and votes;"
                " list each candidate once"
            )
        seen.add(who)


class WardStatus(Model):
    """Where a count stands. `uncontested` and `countermanded` move seats; a recount moves nothing.

    Those that move seats wait for the desk, unless their source is trusted as final.

    The revision counts the notices of this ballot, apart from the revisions of its result.
    """

    type: Literal["ward.status"] = "ward.status"
    council: CouncilId
    ballot_paper_id: BallotPaperId
    mode: Mode
    revision: Revision
    status: Status = Field(description="Where the count stands.")
    recount: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None, description="Which recount it is, counted from 1."
    )
    source: Source = ""
    source_id: SourceId | None = None
    trust: Trust | None = None
    seq: Seq | None = None
    noticed_at: Timestamp | None = Field(default=None, description="When this was said.")

    @property
    def election(self) -> str:
        """The election the council votes in, such as `local.2014-05-22`."""
        return election_of(self.council)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if not belongs_to(self.ballot_paper_id, self.council):
            raise ValueError(
                f"ballot_paper_id: {self.ballot_paper_id} is no ballot of {self.council};"
                " correct one of the two"
            )
        if self.recount is not None and self.status != "recount":
            raise ValueError(f"recount: {self.recount} with status {self.status}; leave it out")
        return self
