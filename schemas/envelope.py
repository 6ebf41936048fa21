"""The CloudEvents attributes that travel as Kafka headers (binary content mode).

Source: CloudEvents 1.0.2, Kafka Protocol Binding, sections 3.2 and 3.2.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

from pydantic import Field

from schemas.base import Model, Name, Timestamp

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/json"
SCHEMA_VERSION = "v1"

COUNCIL_VERSION = "ce_councilversion"
"""The header of a ward's totals: the version of the council's totals that were published with it,
as a decimal number."""

DECLARATION_MS = "ce_declarationms"
"""The header of an alert, totals or a ward: when Kafka had the declaration that it follows from,
in milliseconds since 1970, as a decimal number."""

TRACEPARENT = "traceparent"
"""The header of what is traced (W3C Trace Context): the span that the message follows from."""

Headers = list[tuple[str, bytes]]


class Envelope(Model):
    """What identifies a message: `id` and `source` together; the same pair, the same message."""

    id: Name = Field(min_length=1, description="Identifies the message together with its source.")
    source: Name = Field(
        min_length=1, examples=["/livecount/intake"], description="Who made the message."
    )
    type: Name = Field(min_length=1, examples=["livecount.ward.declared.v1"])
    time: Timestamp | None = Field(
        default=None, description="When the fact happened, by its own account."
    )

    def headers(self) -> Headers:
        """Returns the envelope as Kafka headers."""
        headers = [
            ("ce_specversion", SPEC_VERSION.encode()),
            ("ce_id", self.id.encode()),
            ("ce_source", self.source.encode()),
            ("ce_type", self.type.encode()),
            ("content-type", CONTENT_TYPE.encode()),
        ]
        if self.time is not None:
            headers.append(("ce_time", self.time.isoformat().encode()))
        return headers


def message_type(event_type: str) -> str:
    """Returns the `ce_type` of an event: `ward.declared` is `livecount.ward.declared.v1`."""
    return f"livecount.{event_type}.{SCHEMA_VERSION}"


def content_id(payload: bytes) -> str:
    """Returns an id computed from content: the same bytes always give the same id."""
    return blake2b(payload, digest_size=16).hexdigest()


def read_headers(headers: Iterable[tuple[str, bytes]]) -> Envelope:
    """Returns the envelope that Kafka headers carry.

    Raises ValueError, which includes pydantic.ValidationError, with the name of the header that is
    missing or unusable.
    """
    found = {name: value.decode("utf-8", "replace") for name, value in headers}
    if found.get("ce_specversion") != SPEC_VERSION:
        raise ValueError(
            f"ce_specversion: {found.get('ce_specversion')!r}; expected {SPEC_VERSION!r}"
        )
    missing = [name for name in ("ce_id", "ce_source", "ce_type") if not found.get(name)]
    if missing:
        raise ValueError(f"{missing[0]}: header is missing; send CloudEvents attributes as headers")
    time = found.get("ce_time")
    return Envelope(
        id=found["ce_id"],
        source=found["ce_source"],
        type=found["ce_type"],
        time=datetime.fromisoformat(time) if time else None,
    )
