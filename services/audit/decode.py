"""What a record of the declarations topic says, read apart from the aggregator.

Written from the envelope and the schemas alone and not shared with the aggregator's decoding, so
that a fault in either of them shows as a difference between Redis and the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from pydantic import ValidationError

from schemas.council import CouncilOpened
from schemas.envelope import message_type, read_headers
from schemas.events import Event, decode_event
from schemas.reject import Reason
from schemas.ward import WardStatus
from services.platform.kafka import MESSAGE_MAX_BYTES
from services.platform.names import LIVE_NAMESPACE, Topics
from services.platform.partitioner import partition_of

PAYLOAD_BYTES_MAX = MESSAGE_MAX_BYTES
"""The largest declaration that is counted, as intake takes it."""

ERRORS_LISTED_MAX = 5


class Record(Protocol):
    """A record of Kafka, as aiokafka gives it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Fault(NamedTuple):
    """Why a record cannot be counted."""

    reason: Reason
    detail: str


def read(record: Record, partitions: int) -> Event | Fault:
    """Returns the event in a record of a topic with so many partitions, or why there is none.

    Never raises for what a record holds.
    """
    fault = _outside(record)
    if fault is not None:
        return fault
    try:
        event = decode_event(record.value or b"")
    except ValidationError as error:
        return Fault("payload", explained(error))
    return _misplaced(record, event, partitions) or event


def _outside(record: Record) -> Fault | None:
    """Returns what is wrong around an event: its size or its envelope."""
    value = record.value
    if value is None:
        return Fault("payload", "value: empty; send the event as JSON")
    if len(value) > PAYLOAD_BYTES_MAX:
        return Fault("too_large", f"value: {len(value)} bytes; send at most {PAYLOAD_BYTES_MAX}")
    try:
        stated = _stated_type(record)
    except ValueError as error:
        return Fault("envelope", str(error))
    if stated not in _TYPES:
        return Fault("envelope", f"ce_type: {stated!r}; expected one of {', '.join(_TYPES)}")
    return None


def _misplaced(record: Record, event: Event, partitions: int) -> Fault | None:
    """Returns what does not agree with an event: its stated type, its key or its partition."""
    stated = _stated_type(record)
    if message_type(event.type) != stated:
        return Fault("envelope", f"ce_type: {stated}, but the payload says {event.type}")
    mode = "live" if record.topic == _LIVE_TOPIC else "rehearsal"
    if event.mode != mode:
        return Fault("conflict", f"mode: {event.mode!r}; {record.topic} takes {mode!r} alone")
    if record.key != event.council.encode():
        return Fault("key", f"key: {record.key!r}; the key of {event.council} is its id")
    if record.partition != partition_of(event.council, partitions):
        return Fault("key", f"partition: {record.partition}; {event.council} belongs elsewhere")
    return None


def _stated_type(record: Record) -> str:
    return read_headers((name, content or b"") for name, content in record.headers).type


_LIVE_TOPIC = Topics(LIVE_NAMESPACE).declarations
_TYPES = tuple(
    message_type(name)
    for name in ("council.opened", "ward.declared", "ward.status", "council.declared")
)


def explained(error: ValidationError) -> str:
    """Returns one line for each fault: field, what was expected, and the value given."""
    return "\n".join(
        f"{'.'.join(map(str, fault['loc'])) or 'value'}: {fault['msg']}"
        f" (got {str(fault['input'])[:100]!r})"
        for fault in error.errors(include_url=False, include_context=False)[:ERRORS_LISTED_MAX]
    )


def said_at(event: Event, record: Record) -> datetime | None:
    """Returns when an event happened; None for an opening, which precedes its night.

    By the event's own account, so that a past night that is counted today keeps its times; by
    Kafka's clock where the event states no time.
    """
    if isinstance(event, CouncilOpened):
        return None
    stated = event.noticed_at if isinstance(event, WardStatus) else event.declared_at
    return stated or logged_at(record)


def logged_at(record: Record) -> datetime:
    """Returns when Kafka took a record."""
    return datetime.fromtimestamp(max(0, record.timestamp) / 1_000, UTC)
