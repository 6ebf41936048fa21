"""From the bytes of a Kafka message to an event, or to a reject that says why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.envelope import SPEC_VERSION, message_type, read_headers
from schemas.events import EVENT_TYPES, decode_event
from schemas.reject import Reason, Reject
from schemas.ward import WardDeclared, WardStatus
from services.platform.kafka import MESSAGE_MAX_BYTES
from services.platform.names import LIVE_NAMESPACE, Topics
from services.platform.partitioner import partition_of

PAYLOAD_BYTES_MAX = MESSAGE_MAX_BYTES
"""The largest declaration, 1 MiB, as intake takes it. A reject carries it in base64, a third
longer, and the rejects topic takes twice a message's size."""

HEADERS_BYTES_MAX = 16_384
"""The most bytes of headers and key that a reject repeats; an envelope takes some 300."""

DETAIL_CHARACTERS_MAX = 4_000
ERRORS_LISTED_MAX = 20

_TYPES = {message_type(event_type).encode(): event_type for event_type in EVENT_TYPES}
_LIVE_TOPIC = Topics(LIVE_NAMESPACE).declarations
_SPEC_VERSION = SPEC_VERSION.encode()

Declaration = CouncilOpened | WardDeclared | WardStatus | CouncilDeclared


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """A declaration and where in the log it stands."""

    record: Any
    event: Declaration


def decode(record: Any, partitions: int) -> LoggedEvent | Reject:
    """Returns the declaration in a record of the declarations topic, or the reject it becomes.

    `partitions` is the number of partitions of that topic. Never raises for what a message
    holds, whatever that is.
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
    return _placed(record, event, partitions)


def reject(record: Any, reason: Reason, detail: str) -> Reject:
    """Returns the reject of a record: its place, its bytes and what was wrong, a line each.

    Bytes that would not fit are left out, and the detail says that the log still has them.
    """
    headers = tuple((name, content or b"") for name, content in record.headers)
    around = len(record.key or b"") + sum(len(name) + len(content) for name, content in headers)
    value = record.value
    if around > HEADERS_BYTES_MAX or len(value or b"") > PAYLOAD_BYTES_MAX:
        detail += (
            f"\nthe bytes stay in {record.topic}, partition {record.partition},"
            f" at offset {record.offset}"
        )
    if around > HEADERS_BYTES_MAX:
        headers = ()
    if len(value or b"") > PAYLOAD_BYTES_MAX:
        value = None
    return Reject.model_construct(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp=_moment(record.timestamp),
        reason=reason,
        detail=detail[:DETAIL_CHARACTERS_MAX],
        key=record.key if around <= HEADERS_BYTES_MAX else None,
        value=value,
        headers=headers,
    )


def _event_type(record: Any) -> str | Reject:
    """Returns the event type that the envelope states; reads the envelope fully only if odd."""
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


def _placed(record: Any, event: Declaration, partitions: int) -> LoggedEvent | Reject:
    """Returns an event in its place, or the reject of one that stands where it must not count."""
    mode = "live" if record.topic == _LIVE_TOPIC else "rehearsal"
    if event.mode != mode:
        # Counted first, it would set the council's mode and keep every sound event out.
        return reject(
            record, "conflict", f"mode: {event.mode!r}; {record.topic} takes {mode!r} alone"
        )
    fault = _misplaced(record, event.council, partitions)
    return reject(record, "key", fault) if fault else LoggedEvent(record, event)


def _misplaced(record: Any, council: str, partitions: int) -> str | None:
    """Tells why a record stands in the wrong place; None where it stands right.

    One council must have one partition, or two workers would count it, each from a part.
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


def _moment(timestamp_ms: int | None) -> datetime | None:
    """Returns Kafka's timestamp as a moment; None where there is none."""
    if timestamp_ms is None or timestamp_ms < 0:
        return None
    try:
        return datetime.fromtimestamp(timestamp_ms / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _explain(error: ValidationError) -> str:
    """Returns one line for each fault: field, what was expected, and the value given."""
    lines = []
    for fault in error.errors(include_url=False, include_context=False)[:ERRORS_LISTED_MAX]:
        field = ".".join(str(part) for part in fault["loc"]) or "value"
        lines.append(f"{field}: {fault['msg']} (got {str(fault['input'])[:100]!r})")
    return "\n".join(lines)
