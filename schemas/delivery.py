"""`delivery`: the notifier's record that a channel has, or could not be given, an alert."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Model, Name, Timestamp


class Delivery(Model):
    """One alert at one channel. Kept by key `<channel>/<alert_id>`, so the last one stands."""

    type: Literal["delivery"] = "delivery"
    alert_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    channel: Name = Field(description="The channel's name in the settings; never its URL.")
    status: Literal["sent", "withheld", "failed"]
    attempts: Annotated[int, Field(ge=0)]
    at: Timestamp
    detail: Annotated[str, Field(max_length=1_000)] = ""
