"""Records that are set aside: the reject that says what is wrong with one, and keeps its bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from schemas.reject import Reason, Reject
from services.platform.kafka import MESSAGE_MAX_BYTES

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


def _timestamp(timestamp_ms: int | None) -> datetime | None:
    """Returns a Kafka timestamp as a UTC time; None if there is none, or it is out of range."""
    if timestamp_ms is None or timestamp_ms < 0:
        return None
    try:
        return datetime.fromtimestamp(timestamp_ms / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
