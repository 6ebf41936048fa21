"""Makes an event into a Kafka message: key, value and CloudEvents headers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from schemas.envelope import Envelope, Headers, content_id, message_type
from schemas.events import Event, ballot_of, encode_event
from services.platform.kafka import MESSAGE_MAX_BYTES
from services.platform.mode import check_mode

SOURCE = "/livecount/intake"
"""The `ce_source` of events whose sender gives none."""

OVERHEAD_BYTES = 4_096
"""Room for key, headers and record framing: twice an id and a source of 300 characters."""

PAYLOAD_MAX_BYTES = MESSAGE_MAX_BYTES - OVERHEAD_BYTES
"""The largest event as JSON. The broker would refuse a larger one."""


class TooLargeError(ValueError):
    """An event is larger than Kafka accepts."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message ready to be sent. `id` is the sender's, or the hash of its content.

    `type` and `ballot` are of the event, for the audit; `ballot` is blank for a whole council.
    """

    id: str
    key: bytes
    value: bytes
    headers: Headers
    type: str = ""
    ballot: str = ""


def prepare(
    event: Event,
    namespace: str,
    *,
    id: str | None = None,  # noqa: A002 -- the CloudEvents attribute is called id
    time: datetime | None = None,
    source: str = SOURCE,
) -> Message:
    """Returns the message for an event. Equal events without an id get equal ids.

    Raises ModeError if the namespace does not accept the event's mode, TooLargeError if the
    event exceeds PAYLOAD_MAX_BYTES, and pydantic.ValidationError if `id` or `source` is empty
    or longer than 300 characters.
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
    return Message(
        envelope.id,
        event.council.encode(),
        value,
        envelope.headers(),
        event.type,
        ballot_of(event),
    )
