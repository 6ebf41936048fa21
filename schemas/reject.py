"""`reject`: a message that could not be counted, kept with its bytes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Base64Bytes, Field, ValidationError

from schemas.base import Model, Timestamp

Reason = Literal["envelope", "payload", "key", "conflict", "too_large", "broken"]
"""What was wrong with a message. `broken` is livecount's own fault: it could not count it."""

FAULT_CHARACTERS_MAX = 1_000
"""Characters of an error that are kept; a validation error repeats what it was given."""


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


def fault_of(step: str, error: Exception) -> str:
    """Returns in one line which step failed for an event, and how."""
    # What has no bytes in UTF-8 must not break the reject as well.
    text = " ".join(str(error).encode(errors="backslashreplace").decode().split())
    return f"{step}: {type(error).__name__}: {text[:FAULT_CHARACTERS_MAX]}"


def broken_detail(fault: str) -> str:
    """Returns the detail of the reject of an event for which livecount failed, with the remedy."""
    return (
        f"{fault}\n"
        "the fault is in livecount, and nothing of this message is counted: report it, and replay"
        " the reject once a version that mends it runs"
    )


def broken_place(message: bytes, topic: str) -> tuple[int, int] | None:
    """Returns partition and offset of the message of a topic that a reject calls broken.

    None for any other reject, and for what is no reject at all.
    """
    if b'"broken"' not in message:
        # Most are not, and a reject may have more than a megabyte.
        return None
    try:
        reject = Reject.model_validate_json(message)
    except ValidationError:
        return None
    if reject.reason != "broken" or reject.topic != topic:
        return None
    return reject.partition, reject.offset
