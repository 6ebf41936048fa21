"""`council.declared`: a council's result as a whole, from sources that have no wards."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.base import (
    PARTIES_MAX,
    SEATS_MAX,
    CouncilId,
    Mode,
    Model,
    PartyKey,
    PartyLabel,
    Revision,
    Seats,
    Seq,
    Source,
    Timestamp,
)
from schemas.ids import election_of
from schemas.ward import Correction


class PartySeats(Model):
    """How many seats a party has on the new council, and how many of them it just won."""

    party: PartyLabel = ""
    party_id: PartyKey
    seats: Seats = Field(description="On the new council, seats not up included.")
    seats_won: Seats | None = Field(default=None, description="At this poll; null where unknown.")


class CouncilDeclared(Model):
    """The whole new council. It stands until every ward of the council has declared."""

    type: Literal["council.declared"] = "council.declared"
    council: CouncilId
    mode: Mode
    revision: Revision = 1
    correction: Correction | None = Field(
        default=None,
        description="Why a result was changed; null for the first, and for a later score.",
    )
    source: Source = ""
    seq: Seq | None = None
    declared_at: Timestamp | None = Field(default=None, description="When the result was declared.")
    final: bool = Field(
        default=False,
        description="Whether nothing more will come, though not every seat is filled. Without it"
        " a result that leaves seats unfilled is a running score, and these seats are open.",
    )
    seats: tuple[PartySeats, ...] = Field(
        min_length=1,
        max_length=PARTIES_MAX,
        description="The whole new council, one entry a party.",
    )

    @property
    def election(self) -> str:
        """The election the council votes in, such as `local.2014-05-22`."""
        return election_of(self.council)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        keys = [party.party_id for party in self.seats]
        if len(set(keys)) < len(keys):
            twice = sorted({key for key in keys if keys.count(key) > 1})
            raise ValueError(f"seats: {twice[0]} is listed twice; list each party once")
        for name in ("seats", "seats_won"):
            held = sum(getattr(party, name) or 0 for party in self.seats)
            if held > SEATS_MAX:
                raise ValueError(
                    f"seats: {name} add up to {held}, more than the {SEATS_MAX} that a council may"
                    f" have; correct {name}"
                )
        if self.correction is not None and self.revision == 1:
            raise ValueError(
                f"correction: {self.correction!r} with revision 1; give a correction a higher"
                " revision, or leave correction out"
            )
        return self
