"""`reject`: a message that could not be counted, kept with its bytes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Base64Bytes, Field

from schemas.base import Model, Timestamp

Reason = Literal["envelope", "payload", "key", "conflict", "too_large", "broken"]


DETAIL_SHOWN_MAX = 1_000
"""Characters of an error that are shown; its trace is in the aggregator's log."""


class Reject(Model):
    """Where the message was, what was wrong with it, and its bytes as they came."""

    type: Literal["reject"] = "reject"
    topic: Annotated[str, Field(max_length=300)] = Field(description="Where the message was read.")
    partition: Annotated[int, Field(ge=0)] = Field(description="Its partition.")
    offset: Annotated[int, Field(ge=0)] = Field(description="Its offset in the partition.")
    timestamp: Timestamp | None = Field(
        default=None, description="Kafka's time stamp of the message."
    )
    reason: Reason = Field(
        description="What kind of fault it was; broken if the fault is in livecount itself."
    )
    detail: Annotated[str, Field(max_length=4_000)] = Field(
        description="Field, value and remedy, a line each."
    )
    key: Base64Bytes | None = Field(default=None, description="The message's key, in base64.")
    value: Base64Bytes | None = Field(
        default=None, description="The message's bytes as they came, in base64."
    )
    headers: tuple[tuple[str, Base64Bytes], ...] = Field(
        default=(), description="Its headers; values in base64."
    )


def broken_detail(error: Exception) -> str:
    """Returns the detail of an event that livecount itself cannot count, with the remedy."""
    return (
        f"{type(error).__name__}: {str(error)[:DETAIL_SHOWN_MAX]}\n"
        "the fault is in livecount: replay the reject once a version that mends it runs"
    )
