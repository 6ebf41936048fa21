"""One line of an event file."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.base import Name, Seq, Votes


class _Part(BaseModel):
    """Part of a line. Unknown fields are ignored, so that others may extend the format."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", str_strip_whitespace=True)


Flag = Literal[0, 1] | bool
"""1 or 0, or true or false."""


class EventCandidate(_Part):
    """One candidate of a declaration."""

    candidate: Name
    party: Name = ""
    party_id: Annotated[str, Field(max_length=100)] = ""
    votes: Votes | None = None
    elected: Flag | None = None
    tied_vote_winner: Flag = False

    @model_validator(mode="after")
    def _names_someone(self) -> Self:
        if not (self.candidate or self.party or self.party_id):
            raise ValueError("candidate: blank as is party; say whose result it is")
        return self


class EventLine(_Part):
    """A declaration, a recount or a postponement of one ward."""

    seq: Seq
    id: Annotated[str, Field(min_length=1, max_length=300)]
    type: Literal["declaration", "recount", "postponed"]
    council_gss: Name = ""
    council: Name = ""
    ward_gss: Name = ""
    ward: Name = ""
    ballot_paper_id: Name = ""
    revision: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    seats: Annotated[int, Field(ge=1, le=100)] | None = None
    candidates: Annotated[tuple[EventCandidate, ...], Field(max_length=1_000)] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.type == "declaration" and self.revision < 1:
            raise ValueError("revision: 0 on a declaration; number the ward's results from 1")
        if self.type == "declaration" and not self.candidates:
            raise ValueError("candidates: none on a declaration; list them all")
        return self
