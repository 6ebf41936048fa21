"""The events on the `declarations` topic, and how bytes become one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, assert_never

from pydantic import Field, TypeAdapter

from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.desk import DeskDecided
from schemas.ward import WardDeclared, WardStatus

Event = Annotated[
    CouncilOpened | WardDeclared | WardStatus | CouncilDeclared | DeskDecided,
    Field(discriminator="type"),
]
"""One fact about one council's count. Absolute and versioned, never a delta."""

EVENT_TYPES = (
    "council.opened",
    "ward.declared",
    "ward.status",
    "council.declared",
    "desk.decided",
)
"""The `type` of each kind of event, in the order of a night."""

_ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)


def decode_event(payload: bytes | str) -> Event:
    """Returns the event that JSON holds; raises pydantic.ValidationError if it holds none."""
    return _ADAPTER.validate_json(payload)


def encode_event(event: Event) -> bytes:
    """Returns an event as JSON, fields in the order of the schema; equal events, equal bytes."""
    return event.model_dump_json(exclude_none=True).encode()


def stated_time(event: Event) -> datetime | None:
    """Returns when an event happened as it states itself; None for openings and if unstated."""
    match event:
        case CouncilOpened():
            return None
        case WardDeclared() | CouncilDeclared():
            return event.declared_at
        case WardStatus():
            return event.noticed_at
        case DeskDecided():
            return event.decided_at
        case _:
            assert_never(event)


def source_of(event: Event) -> str:
    """Returns who says it, in the words of the event: a feed, a file, or who decided it."""
    return event.by if isinstance(event, DeskDecided) else event.source


def ballot_of(event: Event) -> str:
    """Returns the id of the ballot that an event is about; blank for a whole council."""
    match event:
        case CouncilOpened() | CouncilDeclared():
            return ""
        case WardDeclared() | WardStatus() | DeskDecided():
            return event.ballot_paper_id
        case _:
            assert_never(event)
