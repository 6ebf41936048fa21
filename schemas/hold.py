"""`alerts.held_back` and `alerts.released`: what the desk says about alerts before they are sent.

A hold is a rule for alerts that come: each waits for some seconds before any channel is sent it.
A release is about alerts that wait: they are sent at once, or dropped for good.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self, TypeAlias, get_args

from pydantic import Field, TypeAdapter, model_validator

from schemas.alert import Kind, NightKind
from schemas.base import CouncilId, Model, Name, Timestamp

HOLD_SECONDS_MAX: Final = 3_600
"""An hour: whoever has to be asked is found within minutes, and what is older is no alert. What is
to be told to nobody is dropped."""

RELEASED_MAX: Final = 100
"""Alerts that one release names. A council raises some five in a night, corrections included."""

AlertId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]

By = Annotated[Name, Field(min_length=1, description="Who says so.")]
Reason = Annotated[Name, Field(min_length=1, description="Why.")]


class AlertsHeldBack(Model):
    """A rule: alerts of these kinds and this council wait so many seconds.

    Of all rules that fit an alert the newest holds; 0 seconds holds nothing back.
    """

    type: Literal["alerts.held_back"] = "alerts.held_back"
    council: CouncilId | None = Field(default=None, description="The council; null for all.")
    kinds: tuple[Kind, ...] = Field(
        default=(), max_length=20, description="The kinds of alerts; empty for all."
    )
    seconds: Annotated[int, Field(ge=0, le=HOLD_SECONDS_MAX)] = Field(
        description="How long each waits from its publication on; 0 ends the hold."
    )
    by: By
    reason: Reason
    at: Timestamp = Field(description="When it was said.")

    @model_validator(mode="after")
    def _check_scope(self) -> Self:
        if self.council is not None and self.kinds and set(self.kinds) <= {*get_args(NightKind)}:
            raise ValueError(
                f"council: {self.kinds[0]} is about the whole night; leave the council out"
            )
        return self


class AlertsReleased(Model):
    """A ruling about alerts of one council, or of the night: sent at once, or dropped."""

    type: Literal["alerts.released"] = "alerts.released"
    council: CouncilId | None = Field(
        default=None, description="The council; null for alerts of the whole night."
    )
    alerts: tuple[AlertId, ...] = Field(
        min_length=1, max_length=RELEASED_MAX, description="The ids of the alerts."
    )
    ruling: Literal["send", "drop"] = Field(
        description="Send: no longer held back. Drop: no channel is sent it."
    )
    by: By
    reason: Reason
    at: Timestamp = Field(description="When it was said.")


HoldEvent: TypeAlias = AlertsHeldBack | AlertsReleased
"""What stands on the topic `holds`."""

_EVENT: TypeAdapter[HoldEvent] = TypeAdapter(Annotated[HoldEvent, Field(discriminator="type")])


def decode_hold(value: bytes) -> HoldEvent:
    """Returns the event in a message's value. Raises pydantic.ValidationError."""
    return _EVENT.validate_json(value)
