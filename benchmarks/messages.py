"""Messages: a load as Kafka holds it, and its outcome by the pure fold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from benchmarks.load import FIRST_NIGHT, Night, night_events
from election.council import Council
from election.fold import apply
from election.totals import council_totals
from schemas.envelope import Envelope, Headers, content_id, message_type
from schemas.events import Event, decode_event, encode_event


@dataclass(frozen=True, slots=True)
class Message:
    """One declaration to be sent to Kafka."""

    key: bytes
    value: bytes
    headers: Headers


def messages(events: Iterable[Event]) -> list[Message]:
    """Returns events as intake sends them."""
    return [message(event.council, event.type, encode_event(event)) for event in events]


def message(council: str, event_type: str, value: bytes) -> Message:
    """Returns one message with the envelope that intake gives it."""
    envelope = Envelope(id=content_id(value), source="/bench", type=message_type(event_type))
    return Message(council.encode(), value, envelope.headers())


def backlog(declarations: int, night: Night | None = None) -> list[Message]:
    """Returns as many declarations as asked for: one made-up night, repeated week after week.

    The nights differ only in their dates, and so do their councils' ids.
    """
    first = messages(islice(night_events(night or Night()), declarations))
    made = list(first)
    while len(made) < declarations:
        week = -(-len(made) // len(first))
        poll = (FIRST_NIGHT + timedelta(days=7 * week)).isoformat()
        made += (_on(each, poll) for each in first[: declarations - len(made)])
    return made


def _on(message_: Message, poll: str) -> Message:
    old, new = FIRST_NIGHT.isoformat().encode(), poll.encode()
    headers = [(name, value) for name, value in message_.headers if name != "ce_id"]
    value = message_.value.replace(old, new)
    headers.append(("ce_id", content_id(value).encode()))
    return Message(message_.key.replace(old, new), value, headers)


@dataclass(slots=True)
class Expected:
    """The outcome of a load by the pure fold."""

    declarations: int = 0
    changes: int = 0
    councils: dict[str, Council] = field(default_factory=dict)
    alerts: dict[str, list[str]] = field(default_factory=dict)

    def totals(self) -> dict[str, bytes]:
        """Returns every opened council's totals as JSON."""
        found = {name: council_totals(council) for name, council in self.councils.items()}
        return {
            name: totals.model_dump_json().encode()
            for name, totals in found.items()
            if totals is not None
        }


def expected(load: Iterable[Message]) -> Expected:
    """Returns the right outcome: the fold of every declaration, in order."""
    result = Expected()
    for each in load:
        event = decode_event(each.value)
        before = result.councils.get(event.council)
        council, happened = apply(event, before)
        result.councils[event.council] = council
        result.declarations += 1
        result.changes += council.version - (before.version if before else 0)
        if happened.alerts:
            ids = result.alerts.setdefault(event.council, [])
            ids += (alert.id for alert in happened.alerts)
    return result
