"""Decodes records of the declarations topic, independently of the aggregator.

The code is not shared with the aggregator's decoding, so that a mistake in either of them shows
as a difference between Redis and the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from pydantic import ValidationError

from schemas.envelope import message_type, read_headers
from schemas.events import EVENT_TYPES, Event, decode_event, stated_time
from schemas.reject import Reason
from services.platform.kafka import MESSAGE_MAX_BYTES
from services.platform.names import LIVE_NAMESPACE, Topics
from services.platform.partitioner import partition_of

PAYLOAD_BYTES_MAX = MESSAGE_MAX_BYTES
"""The largest declaration that is counted; intake accepts no larger one."""

ERRORS_LISTED_MAX = 5
"""Errors listed for one payload; enough to see what kind of payload it is."""


class Record(Protocol):
    """A Kafka record, with the attributes that aiokafka gives it. `timestamp` is in ms."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Rejection(NamedTuple):
    """Why a record is not counted."""

    reason: Reason
    detail: str


def decode(record: Record, partitions: int) -> Event | Rejection:
    """Returns the event in a record, or why the record is rejected.

    `partitions` is the number of partitions of its topic. Never raises, whatever a record holds.
    """
    rejection = _envelope_rejection(record)
    if rejection is not None:
        return rejection
    try:
        event = decode_event(record.value or b"")
    except ValidationError as error:
        return Rejection("payload", describe_errors(error))
    return _mismatch(record, event, partitions) or event


def _envelope_rejection(record: Record) -> Rejection | None:
    """Returns what is wrong with the size or the envelope of a record, if anything is."""
    value = record.value
    if value is None:
        return Rejection("payload", "value: empty; send the event as JSON")
    if len(value) > PAYLOAD_BYTES_MAX:
        return Rejection(
            "too_large", f"value: {len(value)} bytes; send at most {PAYLOAD_BYTES_MAX}"
        )
    try:
        stated = _stated_type(record)
    except ValueError as error:
        return Rejection("envelope", str(error))
    if stated not in _TYPES:
        return Rejection("envelope", f"ce_type: {stated!r}; expected one of {', '.join(_TYPES)}")
    return None


def _mismatch(record: Record, event: Event, partitions: int) -> Rejection | None:
    """Returns which of type, topic, key and partition does not agree with the event, if any."""
    stated = _stated_type(record)
    if message_type(event.type) != stated:
        return Rejection("envelope", f"ce_type: {stated}, but the payload says {event.type}")
    mode = "live" if record.topic == _LIVE_TOPIC else "rehearsal"
    if event.mode != mode:
        return Rejection("conflict", f"mode: {event.mode!r}; {record.topic} takes {mode!r} alone")
    if record.key != event.council.encode():
        return Rejection("key", f"key: {record.key!r}; the key of {event.council} is its id")
    if record.partition != partition_of(event.council, partitions):
        return Rejection("key", f"partition: {record.partition}; {event.council} belongs elsewhere")
    return None


def _stated_type(record: Record) -> str:
    return read_headers((name, content or b"") for name, content in record.headers).type


_LIVE_TOPIC = Topics(LIVE_NAMESPACE).declarations
_TYPES = tuple(message_type(name) for name in EVENT_TYPES)


def describe_errors(error: ValidationError) -> str:
    """Returns one line for each error: field, what was expected, and the value given."""
    return "\n".join(
        f"{'.'.join(map(str, each['loc'])) or 'value'}: {each['msg']}"
        f" (got {str(each['input'])[:100]!r})"
        for each in error.errors(include_url=False, include_context=False)[:ERRORS_LISTED_MAX]
    )


def effective_time(event: Event, record: Record) -> datetime | None:
    """Returns when an event happened; None for an opening, which precedes its night.

    This is the time that the event states, so that a past night that is counted today keeps its
    times, or if it states none, the time at which Kafka took it.
    """
    if event.type == "council.opened":
        return None
    return stated_time(event) or logged_at(record)


def logged_at(record: Record) -> datetime:
    """Returns when Kafka took a record."""
    return datetime.fromtimestamp(max(0, record.timestamp) / 1_000, UTC)
