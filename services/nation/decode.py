"""Decodes a record of `night` to what it says, or to a reject that says what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import TypeAdapter, ValidationError

from schemas.envelope import SPEC_VERSION, message_type, read_headers
from schemas.night import DigestDue, ProjectionStated
from schemas.reject import Reject
from schemas.totals import CouncilTotals
from services.engine.set_aside import explained, misplaced, reject, unfit
from services.platform.mode import namespace_mode

Said: TypeAlias = CouncilTotals | DigestDue | ProjectionStated
"""What a message of `night` says."""

_MODELS: dict[str, TypeAdapter[Any]] = {
    message_type("totals"): TypeAdapter(CouncilTotals),
    message_type("digest.due"): TypeAdapter(DigestDue),
    message_type("projection.stated"): TypeAdapter(ProjectionStated),
}
_SPEC_VERSION = SPEC_VERSION.encode()


@dataclass(frozen=True, slots=True)
class LoggedWord:
    """What a message of `night` says, and the Kafka record that it came in."""

    record: Any
    said: Said


def decode(record: Any, partitions: int) -> LoggedWord | Reject:
    """Returns what a record of `night` says, or a reject.

    `partitions` is the topic's number of partitions. Never raises, whatever the record contains.
    """
    if unusable := unfit(record):
        return unusable
    kind = _kind(record)
    if isinstance(kind, Reject):
        return kind
    try:
        said: Said = _MODELS[kind].validate_json(record.value)
    except ValidationError as error:
        return reject(record, "payload", explained(error))
    mode = namespace_mode(record.topic.rpartition(".")[0])
    if said.mode != mode:
        return reject(
            record, "conflict", f"mode: {said.mode!r}; {record.topic} takes {mode!r} alone"
        )
    about = f"what is about {said.election}"
    return misplaced(record, said.election, partitions, about) or LoggedWord(record, said)


def _kind(record: Any) -> str | Reject:
    """Returns the message type in the envelope, or a reject.

    The usual envelope is recognised without validating all of it, which takes longer.
    """
    headers = {name: content or b"" for name, content in record.headers}
    kind = headers.get("ce_type", b"").decode("utf-8", "replace")
    complete = headers.get("ce_id") and headers.get("ce_source")
    if kind in _MODELS and complete and headers.get("ce_specversion") == _SPEC_VERSION:
        return kind
    try:
        kind = read_headers(headers.items()).type
    except ValueError as error:
        return reject(record, "envelope", str(error))
    if kind in _MODELS:
        return kind
    return reject(record, "envelope", f"ce_type: {kind!r}; expected one of {', '.join(_MODELS)}")
