"""Parcel: a message to send, and the key under which it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.envelope import Headers
from schemas.events import Event
from schemas.source import DEFAULT_SOURCE


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message to send. A malformed one has bytes but no event.

    `source` is the id of the key for intake. What no key may say goes straight onto Kafka.
    """

    key: bytes | None
    value: bytes | None
    headers: Headers
    event: Event | None
    source: str = DEFAULT_SOURCE
    may_post: bool = True
