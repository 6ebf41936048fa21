"""The desk's side of holds: what waits, by the topics alone, and what the desk says about it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from aiokafka import TopicPartition
from pydantic import ValidationError

from schemas.alert import Alert
from schemas.delivery import Delivery
from schemas.envelope import Envelope, content_id, message_type
from schemas.hold import HOLD_SECONDS_MAX, HoldEvent, decode_hold
from services.notifier.doubt import doubt_of_alert
from services.notifier.holding.holds import Holds
from services.notifier.notice import of_alert
from services.notifier.pending_notice import PendingNotice
from services.notifier.waiting_notices import Held, WaitingNotices
from services.platform.names import Topics
from services.platform.one_message import write_message
from services.platform.settings import Settings
from services.platform.topic_fetch import Record
from services.platform.topic_reader import TopicReader

CLIENT_ID: Final = "livecount-alerts"
SOURCE: Final = "/livecount/alerts"


class Desk(NamedTuple):
    """What the desk has said that is in force, and what is held back for it."""

    holds: Holds
    held: list[Held]


async def read_desk(settings: Settings, now: datetime) -> Desk:
    """Returns how things are now, as the topics say; a notifier decides by the same rules.

    An alert with a record in the ledger does not wait, at whichever channel. Raises
    KafkaUnavailableError.
    """
    topics = Topics(settings.namespace)
    found = await _read_all(settings, topics.holds, topics.deliveries, topics.alerts)
    holds = _holds(found[topics.holds])
    recorded = {each.alert_id for each in map(_delivery, found[topics.deliveries]) if each}
    waiting = WaitingNotices(holds)
    for record in found[topics.alerts]:
        pending = _pending(record, settings.namespace, now)
        if pending is not None and pending.notice.id not in recorded:
            waiting.add(pending)
    return Desk(holds, [each for each in waiting.held(now) if each.rule is not None])


async def known_councils(settings: Settings) -> frozenset[str]:
    """Returns the ids of the councils that have totals. Raises KafkaUnavailableError."""
    totals = Topics(settings.namespace).totals
    found = await _read_all(settings, totals)
    return frozenset((record.key or b"").decode("utf-8", "replace") for record in found[totals])


async def _read_all(settings: Settings, *topics: str) -> dict[str, list[Record]]:
    """Returns all records of topics, up to where they end now."""
    found: dict[str, list[Record]] = {name: [] for name in topics}
    reader = TopicReader(
        settings, found, lambda record: found[record.topic].append(record), client_id=CLIENT_ID
    )
    try:
        await reader.start()
        await reader.catch_up()
    finally:
        await reader.stop()
    return found


async def say(settings: Settings, event: HoldEvent) -> None:
    """Writes what the desk says, and returns once every in-sync replica has it.

    Raises KafkaUnavailableError.
    """
    value = event.model_dump_json(exclude_none=True).encode()
    envelope = Envelope(
        id=content_id(value), source=SOURCE, type=message_type(event.type), time=event.at
    )
    await write_message(
        settings,
        Topics(settings.namespace).holds,
        key=event.council.encode() if event.council else None,
        value=value,
        headers=envelope.headers(),
        client_id=CLIENT_ID,
    )


async def came_of(settings: Settings, alerts: Collection[str], timeout_s: float) -> list[Delivery]:
    """Returns what the notifier has recorded of alerts, once it has of each, or after a timeout.

    The last record of each channel counts. Raises KafkaUnavailableError.
    """
    found: dict[tuple[str, str], Delivery] = {}

    def add(record: Record) -> None:
        delivery = _delivery(record)
        if delivery is not None and delivery.alert_id in alerts:
            found[delivery.alert_id, delivery.channel] = delivery

    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + timeout_s
    reader = TopicReader(
        settings, [Topics(settings.namespace).deliveries], add, client_id=CLIENT_ID
    )
    try:
        await reader.start()
        await reader.catch_up()
        while {alert for alert, _ in found} != set(alerts) and loop.time() < deadline_s:
            await reader.read()
        # What other channels have recorded at about the same time.
        await reader.catch_up()
    finally:
        await reader.stop()
    return list(found.values())


def _holds(records: Iterable[Record]) -> Holds:
    holds = Holds()
    for record in records:
        # What the notifier cannot read it leaves out as well, and logs it.
        with contextlib.suppress(ValidationError):
            holds.apply(decode_hold(record.value or b""))
    return holds


def _delivery(record: Record) -> Delivery | None:
    try:
        return Delivery.model_validate_json(record.value or b"")
    except ValidationError:
        return None


def _pending(record: Record, namespace: str, now: datetime) -> PendingNotice | None:
    """Returns an alert as it waits; None if it cannot be read, or is too old to be held back."""
    published_at = datetime.fromtimestamp(record.timestamp / 1_000, UTC)
    if published_at < now - timedelta(seconds=HOLD_SECONDS_MAX):
        return None
    try:
        alert = Alert.model_validate_json(record.value or b"")
    except ValidationError:
        return None
    notice = replace(of_alert(alert), doubt=doubt_of_alert(alert, record.key, namespace))
    place = TopicPartition(record.topic, record.partition)
    return PendingNotice(notice, place, record.offset, published_at, now)
