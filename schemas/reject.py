"""`reject`: a message that could not be counted, kept with its bytes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Base64Bytes, Field

from schemas.base import Model, Timestamp

Reason = Literal["envelope", "payload", "key", "conflict", "too_large"]


class Reject(Model):
    """Where the message was, what was wrong with it, and its bytes as they came."""

    type: Literal["reject"] = "reject"
    topic: Annotated[str, Field(max_length=300)]
    partition: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0)]
    timestamp: Timestamp | None = None
    reason: Reason
    detail: Annotated[str, Field(max_length=4_000)] = Field(
        description="Field, value and remedy, a line each."
    )
    key: Base64Bytes | None = None
    value: Base64Bytes | None = None
    headers: tuple[tuple[str, Base64Bytes], ...] = ()
