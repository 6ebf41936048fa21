"""Step 2 of a batch: decodes a Kafka record to an event, or to a reject that says what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from schemas.envelope import SPEC_VERSION, message_type, read_headers
from schemas.events import EVENT_TYPES, Event, decode_event
from schemas.reject import Reason, Reject
from services.platform.kafka import MESSAGE_MAX_BYTES
from services.platform.names import LIVE_NAMESPACE, Topics
from services.platform.partitioner import partition_of

PAYLOAD_BYTES_MAX = MESSAGE_MAX_BYTES
"""The largest declaration, 1 MiB, as in intake. A reject carries it in base64, a third longer,
and the rejects topic allows twice the size of a message."""

HEADERS_BYTES_MAX = 16_384
"""Headers and key beyond this size are left out of a reject; an envelope has some 300 bytes."""

DETAIL_CHARACTERS_MAX = 4_000
"""A reject's detail is cut to this length, so that no message can make it large."""

ERRORS_LISTED_MAX = 20
"""Errors that a reject lists; a message may have one in each of thousands of fields."""

_TYPES = {message_type(event_type).encode(): event_type for event_type in EVENT_TYPES}
_LIVE_TOPIC = Topics(LIVE_NAMESPACE).declarations
_SPEC_VERSION = SPEC_VERSION.encode()


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """A declaration and the Kafka record that it came in."""

    record: Any
    event: Event


def decode(record: Any, partitions: int) -> LoggedEvent | Reject:
    """Returns the declaration in a record of the declarations topic, or a reject.

    `partitions` is the topic's number of partitions. Never raises, whatever the record contains.
    """
    value = record.value
    if value is None:
        return reject(record, "payload", "value: empty; send the event as JSON")
    if len(value) > PAYLOAD_BYTES_MAX:
        return reject(
            record, "too_large", f"value: {len(value)} bytes; send at most {PAYLOAD_BYTES_MAX}"
        )
    event_type = _event_type(record)
    if isinstance(event_type, Reject):
        return event_type
    try:
        event = decode_event(value)
    except ValidationError as error:
        return reject(record, "payload", _explain(error))
    if event.type != event_type:
        return reject(
            record, "envelope", f"ce_type: {event_type}, but the payload says {event.type}"
        )
    return _checked(record, event, partitions)


def reject(record: Any, reason: Reason, detail: str) -> Reject:
    """Returns a reject with the record's position and bytes, and `detail`: one line per fault.

    Bytes that would not fit are left out, and the detail says where in the log they are.
    """
    headers = tuple((name, content or b"") for name, content in record.headers)
    size = len(record.key or b"") + sum(len(name) + len(content) for name, content in headers)
    value = record.value
    if size > HEADERS_BYTES_MAX or len(value or b"") > PAYLOAD_BYTES_MAX:
        detail += (
            f"\nthe bytes stay in {record.topic}, partition {record.partition},"
            f" at offset {record.offset}"
        )
    if size > HEADERS_BYTES_MAX:
        headers = ()
    if len(value or b"") > PAYLOAD_BYTES_MAX:
        value = None
    return Reject.model_construct(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp=_timestamp(record.timestamp),
        reason=reason,
        detail=detail[:DETAIL_CHARACTERS_MAX],
        key=record.key if size <= HEADERS_BYTES_MAX else None,
        value=value,
        headers=headers,
    )


def broken_reject(record: Any, error: Exception) -> Reject:
    """Returns the reject of an event for which livecount itself failed, with what to do."""
    place = f"{record.partition}/{record.offset}"
    return reject(
        record,
        "broken",
        f"{error}; nothing of this message is counted. Report it, and after an upgrade send it"
        f" again with `livecount rejects replay {place}`",
    )


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
    fault = _misplaced(record, event.council, partitions)
    return reject(record, "key", fault) if fault else LoggedEvent(record, event)


def _misplaced(record: Any, council: str, partitions: int) -> str | None:
    """Returns what is wrong with a record's key or partition, or None.

    A council must have one partition, or two workers would each count a part of it.
    """
    if record.key != council.encode():
        shown = "none" if record.key is None else repr(record.key[:200])
        return f"key: {shown}; the key of {council} is its id"
    expected = partition_of(council, partitions)
    if record.partition != expected:
        return (
            f"partition: {record.partition}; {council} belongs to {expected}:"
            " partition by murmur2 of the key, and never change the number of partitions"
        )
    return None


def _timestamp(timestamp_ms: int | None) -> datetime | None:
    """Returns a Kafka timestamp as a UTC time; None if there is none, or it is out of range."""
    if timestamp_ms is None or timestamp_ms < 0:
        return None
    try:
        return datetime.fromtimestamp(timestamp_ms / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _explain(error: ValidationError) -> str:
    """Returns one line for each error: the field, what was expected, and the value given."""
    lines = []
    for found in error.errors(include_url=False, include_context=False)[:ERRORS_LISTED_MAX]:
        field = ".".join(str(part) for part in found["loc"]) or "value"
        lines.append(f"{field}: {found['msg']} (got {str(found['input'])[:100]!r})")
    return "\n".join(lines)
