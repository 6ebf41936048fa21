"""Step 2 of a batch: decodes a Kafka record to an event, or to a reject that says what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from schemas.envelope import SPEC_VERSION, message_type, read_headers
from schemas.events import EVENT_TYPES, Event, decode_event
from schemas.reject import Reject
from services.engine.set_aside import explained, misplaced, reject, unfit
from services.platform.names import LIVE_NAMESPACE, Topics
from services.platform.origin import Origin

_TYPES = {message_type(event_type).encode(): event_type for event_type in EVENT_TYPES}
_LIVE_TOPIC = Topics(LIVE_NAMESPACE).declarations
_SPEC_VERSION = SPEC_VERSION.encode()


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """A declaration and the Kafka record that it came in.

    `origin` is what follows from it is marked with; None if it is counted again, to no new effect.
    """

    record: Any
    event: Event
    origin: Origin | None = None


def decode(record: Any, partitions: int) -> LoggedEvent | Reject:
    """Returns the declaration in a record of the declarations topic, or a reject.

    `partitions` is the topic's number of partitions. Never raises, whatever the record contains.
    """
    if unusable := unfit(record):
        return unusable
    event_type = _event_type(record)
    if isinstance(event_type, Reject):
        return event_type
    try:
        event = decode_event(record.value)
    except ValidationError as error:
        return reject(record, "payload", explained(error))
    if event.type != event_type:
        return reject(
            record, "envelope", f"ce_type: {event_type}, but the payload says {event.type}"
        )
    return _checked(record, event, partitions)


def _event_type(record: Any) -> str | Reject:
    """Returns the event type in the envelope, or a reject.

    The usual envelope is recognised without validating all of it, which takes longer.
    """
    headers = dict(record.headers)
    event_type = _TYPES.get(headers.get("ce_type", b""))
    complete = headers.get("ce_id") and headers.get("ce_source")
    if event_type and complete and headers.get("ce_specversion") == _SPEC_VERSION:
        return event_type
    try:
        envelope = read_headers((name, content or b"") for name, content in record.headers)
    except ValueError as error:
        return reject(record, "envelope", str(error))
    expected = ", ".join(name.decode() for name in _TYPES)
    return reject(record, "envelope", f"ce_type: {envelope.type!r}; expected one of {expected}")


def _checked(record: Any, event: Event, partitions: int) -> LoggedEvent | Reject:
    """Returns the event, or a reject if its topic, key or partition is wrong."""
    mode = "live" if record.topic == _LIVE_TOPIC else "rehearsal"
    if event.mode != mode:
        # If it were counted first it would set the council's mode, and keep valid events out.
        return reject(
            record, "conflict", f"mode: {event.mode!r}; {record.topic} takes {mode!r} alone"
        )
    return misplaced(record, event.council, partitions) or LoggedEvent(record, event)
