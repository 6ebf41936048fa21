"""The events on the `declarations` topic, and how bytes become one of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.ward import WardDeclared, WardStatus

Event = Annotated[
    CouncilOpened | WardDeclared | WardStatus | CouncilDeclared, Field(discriminator="type")
]
"""One fact about one council's count. Absolute and versioned, never a delta."""

_ADAPTER: TypeAdapter[CouncilOpened | WardDeclared | WardStatus | CouncilDeclared] = TypeAdapter(
    Event
)


def decode_event(
    payload: bytes | str,
) -> CouncilOpened | WardDeclared | WardStatus | CouncilDeclared:
    """Returns the event that JSON holds; raises pydantic.ValidationError where it holds none."""
    return _ADAPTER.validate_json(payload)


def encode_event(event: CouncilOpened | WardDeclared | WardStatus | CouncilDeclared) -> bytes:
    """Returns an event as JSON, fields in the order of the schema. Equal events, equal bytes."""
    return event.model_dump_json(exclude_none=True).encode()
