"""A record of a topic as one line of JSON, with its bytes kept exactly."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from schemas.refusal import shorten


class LineError(ValueError):
    """A line that holds no record; the message names the field and its value."""


@dataclass(slots=True)
class ArchivedRecord:
    """A record as Kafka had it, under the names that aiokafka gives its parts.

    `timestamp` is in milliseconds since 1970, and a header without a value has None. `is_broken` is
    of declarations: livecount had failed for it, so that nothing of it counted.
    """

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, Any]]
    is_broken: bool = False


def encode_record(record: ArchivedRecord) -> bytes:
    """Returns a record as a line, with its line feed. Equal records give equal bytes.

    What is UTF-8 is a JSON string; any other bytes are an object with `base64`.
    """
    line: dict[str, Any] = {
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        "key": _as_json(record.key),
        "headers": [[name, _as_json(value)] for name, value in record.headers],
        "value": _as_json(record.value),
    }
    if record.is_broken:
        line["broken"] = True
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def decode_record(topic: str, line: bytes) -> ArchivedRecord:
    """Returns the record of a topic in a line; raises LineError if there is none."""
    try:
        found = orjson.loads(line)
        return ArchivedRecord(
            topic,
            partition=_number(found, "partition"),
            offset=_number(found, "offset"),
            timestamp=_number(found, "timestamp"),
            key=_as_bytes(found["key"]),
            value=_as_bytes(found["value"]),
            headers=tuple((str(name), _as_bytes(value)) for name, value in found["headers"]),
            is_broken=found.get("broken") is True,
        )
    except KeyError as error:
        raise LineError(f"{error.args[0]}: missing; restore the file from another copy") from error
    except (TypeError, ValueError, binascii.Error) as error:
        raise LineError(f"{shorten(line.decode(errors='replace'))}: no record: {error}") from error


def _number(found: Any, name: str) -> int:
    value = found[name]
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise ValueError(f"{name}: {value!r} is no whole number")


def _as_json(value: bytes | None) -> str | dict[str, str] | None:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}


def _as_bytes(value: Any) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode()
    return base64.b64decode(value["base64"], validate=True)
