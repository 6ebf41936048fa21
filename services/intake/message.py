"""A declaration as it goes to Kafka: key, value and CloudEvents headers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from schemas.envelope import Envelope, Headers, content_id, message_type
from schemas.events import Event, encode_event
from services.intake.mode import check_mode
from services.platform.kafka import MESSAGE_MAX_BYTES

SOURCE = "/livecount/intake"
"""The `ce_source` of events whose sender names no other."""

OVERHEAD_BYTES = 4_096
"""Room for key, headers and record framing: an id and a source of 300 characters fit twice."""

PAYLOAD_MAX_BYTES = MESSAGE_MAX_BYTES - OVERHEAD_BYTES
"""The largest event as JSON. One that is larger would be refused by the broker."""


class TooLargeError(ValueError):
    """An event is larger than Kafka takes."""


@dataclass(frozen=True, slots=True)
class Message:
    """An event ready to be sent. `id` is what its sender calls it, or the hash of its content."""

    id: str
    key: bytes
    value: bytes
    headers: Headers


def prepare(
    event: Event,
    namespace: str,
    *,
    id: str | None = None,  # noqa: A002 -- the CloudEvents attribute is called id
    time: datetime | None = None,
    source: str = SOURCE,
) -> Message:
    """Returns the message that carries an event. Equal events without an id get equal ids.

    Raises ModeError where the namespace does not take the event's mode, TooLargeError where
    the event exceeds PAYLOAD_MAX_BYTES, and pydantic.ValidationError where `id` or `source`
    is empty or longer than 300 characters.
    """
    check_mode(event.mode, namespace)
    value = encode_event(event)
    if len(value) > PAYLOAD_MAX_BYTES:
        raise TooLargeError(
            f"event: {len(value)} bytes of JSON; send at most {PAYLOAD_MAX_BYTES} in one event"
        )
    envelope = Envelope(
        id=content_id(value) if id is None else id,
        source=source,
        type=message_type(event.type),
        time=time,
    )
    return Message(envelope.id, event.council.encode(), value, envelope.headers())
