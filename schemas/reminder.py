"""`reminder`: what a webhook is sent shortly before a result that is expected."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import BallotPaperId, CouncilId, Gss, Mode, Model, Name, Timestamp


class Reminder(Model):
    """A result is expected within minutes. The same time of the same result has the same id."""

    type: Literal["reminder"] = "reminder"
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] = Field(
        description="Hash of council, ballot and time."
    )
    council: CouncilId
    council_gss: Gss = ""
    name: Name = Field(description="The council's name.")
    mode: Mode
    ballot_paper_id: BallotPaperId | None = Field(
        default=None,
        description="The ward that is expected to decide the council; null for its first result.",
    )
    expected_at: Timestamp = Field(description="When it is expected, as somebody has stated.")
    text: Name = Field(description="One line that says so.")
