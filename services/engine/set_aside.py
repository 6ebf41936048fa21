"""Records that are set aside: the reject that says what is wrong with one, and keeps its bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from schemas.reject import Reason, Reject
from services.platform.kafka import MESSAGE_MAX_BYTES
from services.platform.partitioner import partition_of

PAYLOAD_BYTES_MAX = MESSAGE_MAX_BYTES
"""The largest message, 1 MiB, as in intake. A reject carries it in base64, a third longer,
and the rejects topic allows twice the size of a message."""

HEADERS_BYTES_MAX = 16_384
"""Headers and key beyond this size are left out of a reject; an envelope has some 300 bytes."""

DETAIL_CHARACTERS_MAX = 4_000
"""A reject's detail is cut to this length, so that no message can make it large."""

ERRORS_LISTED_MAX = 20
"""Errors that a reject lists; a message may have one in each of thousands of fields."""


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


def explained(error: ValidationError) -> str:
    """Returns one line for each error: the field, what was expected, and the value given."""
    lines = []
    for found in error.errors(include_url=False, include_context=False)[:ERRORS_LISTED_MAX]:
        field = ".".join(str(part) for part in found["loc"]) or "value"
        lines.append(f"{field}: {found['msg']} (got {str(found['input'])[:100]!r})")
    return "\n".join(lines)


def unfit(record: Any) -> Reject | None:
    """Returns a reject if a record has no value, or one that is too large; None if it is fit."""
    value = record.value
    if value is None:
        return reject(record, "payload", "value: empty; send the event as JSON")
    if len(value) > PAYLOAD_BYTES_MAX:
        return reject(
            record, "too_large", f"value: {len(value)} bytes; send at most {PAYLOAD_BYTES_MAX}"
        )
    return None


def misplaced(record: Any, owner: str, partitions: int, whose: str = "") -> Reject | None:
    """Returns a reject for a record whose key or partition is not that of its owner, or None.

    The owner, a council or an election, must have one partition, or two workers would each count
    a part of it. `whose` says in words what the key is of; blank for the owner itself.
    """
    fault = _fault_of_place(record, owner, partitions, whose or owner)
    return reject(record, "key", fault) if fault else None


def _fault_of_place(record: Any, owner: str, partitions: int, whose: str) -> str:
    if record.key != owner.encode():
        shown = "none" if record.key is None else repr(record.key[:200])
        return f"key: {shown}; the key of {whose} is its id"
    expected = partition_of(owner, partitions)
    if record.partition != expected:
        return (
            f"partition: {record.partition}; {owner} belongs to {expected}:"
            " partition by murmur2 of the key, and never change the number of partitions"
        )
    return ""


def _timestamp(timestamp_ms: int | None) -> datetime | None:
    """Returns a Kafka timestamp as a UTC time; None if there is none, or it is out of range."""
    if timestamp_ms is None or timestamp_ms < 0:
        return None
    try:
        return datetime.fromtimestamp(timestamp_ms / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
