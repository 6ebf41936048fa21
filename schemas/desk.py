"""`desk.decided`: what the newsroom's desk decides about the words that sources have said."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.base import BallotPaperId, CouncilId, Mode, Model, Name, Revision, Seq, Timestamp
from schemas.ids import belongs_to, election_of
from schemas.ward import WardDeclared

ContentId = Annotated[
    str,
    StringConstraints(strip_whitespace=False),
    Field(
        pattern=r"^[0-9a-f]{32}$",
        description="The id of what was said, the same whoever says it: see"
        " `election.evidence.claim.content_of`, and for no poll"
        " `election.evidence.no_poll.content_of_no_poll`.",
    ),
]


class DeskDecided(Model):
    """A decision about one ballot. The newest one, of the highest revision, rules.

    It names what it decides about by its content, so that it stands wherever that arrives.
    """

    type: Literal["desk.decided"] = "desk.decided"
    council: CouncilId
    ballot_paper_id: BallotPaperId
    mode: Mode
    revision: Revision = Field(description="Counts the desk's decisions about this ballot.")
    ruling: Literal["accept", "refuse", "clear", "figure"] = Field(
        description="Accept or refuse what has a content; let nothing stand; or a figure of the"
        " desk's own."
    )
    content: ContentId | None = Field(
        default=None, description="What is accepted or refused; null for the others."
    )
    figure: WardDeclared | None = Field(
        default=None, description="The desk's own figure; null for the others."
    )
    by: Annotated[Name, Field(min_length=1)] = Field(description="Who decided.")
    reason: Annotated[Name, Field(min_length=1)] = Field(description="Why.")
    seq: Seq | None = None
    decided_at: Timestamp | None = Field(default=None, description="When it was decided.")

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
        if (self.content is not None) != (self.ruling in {"accept", "refuse"}):
            raise ValueError(f"content: {self.content} with {self.ruling}; give or leave it out")
        if (self.figure is not None) != (self.ruling == "figure"):
            raise ValueError(f"figure: with {self.ruling}; give or leave it out")
        if self.figure is not None and self.figure.ballot_paper_id != self.ballot_paper_id:
            raise ValueError(
                f"figure.ballot_paper_id: {self.figure.ballot_paper_id}, but the decision is about"
                f" {self.ballot_paper_id}; correct one of the two"
            )
        return self
