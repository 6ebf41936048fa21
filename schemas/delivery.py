"""`delivery`: the notifier's record that a channel has, or could not be given, an alert."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import CouncilId, Model, Name, Timestamp


class Delivery(Model):
    """One alert at one channel. Kept by key `<channel>/<alert_id>`, so the last one stands."""

    type: Literal["delivery"] = "delivery"
    alert_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] = Field(
        description="The alert, and the idempotency key that the channel was given."
    )
    channel: Name = Field(description="The channel's name in the settings; never its URL.")
    status: Literal["sent", "withheld", "failed", "dropped"] = Field(
        description="Whether the channel has it. What the desk has dropped is never sent."
    )
    council: CouncilId | None = Field(
        default=None, description="The council that it was about; null where it was about none."
    )
    text: Annotated[str, Field(max_length=400)] = Field(
        default="", description="The line that the channel was to be told."
    )
    attempts: Annotated[int, Field(ge=0)] = Field(description="How often sending was tried.")
    at: Timestamp = Field(description="When this was recorded.")
    detail: Annotated[str, Field(max_length=1_000)] = Field(
        default="", description="Why it was withheld, failed or dropped, and who dropped it."
    )
