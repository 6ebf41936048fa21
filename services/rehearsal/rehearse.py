"""A rehearsal: counts a night through a real Kafka, aggregator, Redis and notifier."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, assert_never, get_args

from schemas.alert import Alert, Kind
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.delivery import Delivery
from schemas.desk import DeskDecided
from schemas.events import Event
from schemas.ids import election_of
from schemas.national import NationalTotals
from schemas.totals import CouncilTotals
from schemas.ward import WardDeclared, WardStatus
from services.intake.producer import DeclarationProducer
from services.platform import namespace, redis
from services.platform.names import Keys, StageKeys, Topics
from services.platform.settings import Settings
from services.platform.stack.supervisor import Supervisor
from services.platform.topic_log import Log
from services.platform.topics import create_topics
from services.rehearsal.player import play
from services.rehearsal.schedule import schedule

STALL_TIMEOUT_S = 60.0
"""How long nothing may be counted before the rehearsal fails. A restart takes about ten seconds."""

POLL_INTERVAL_S = 0.05
"""How often progress is checked; Redis answers in well under a millisecond."""

CHANNELS = f"""\
[[channels]]
name = "rehearsal"
url = "console://"
rehearsal = true
kinds = {json.dumps(get_args(Kind))}
"""
"""Digests of the night are sent only to a channel that names them."""


class StalledError(RuntimeError):
    """Counting or sending made no progress for too long."""


class Rehearsed(NamedTuple):
    """The result of a rehearsal: totals by council, alerts in order, number of rejects.

    `nights` has the national totals of each election, whose milestones are not among the alerts.
    """

    totals: dict[str, CouncilTotals]
    alerts: tuple[Alert, ...]
    rejected: int
    nights: tuple[NationalTotals, ...] = ()


async def rehearse(
    openings: Sequence[Event],
    declarations: Sequence[Event],
    settings: Settings,
    *,
    speed: float,
    logs: Path,
) -> Rehearsed:
    """Returns the result of a night once everything is counted and every alert is sent.

    `settings` have to name a namespace of the rehearsal's own, which is removed at the end,
    whatever happens. The logs of services go to the folder `logs`. Raises StalledError if there
    is no progress for STALL_TIMEOUT_S, ServiceGaveUpError, and whatever the producer raises.
    """
    try:
        await create_topics(settings)
        async with Supervisor(namespace.environment(settings), logs) as supervisor:
            await supervisor.start(
                "aggregator",
                ["aggregator", "run"],
                namespace.account_environment(settings, "aggregator"),
            )
            await supervisor.start(
                "nation", ["nation", "run"], namespace.account_environment(settings, "nation")
            )
            # The newsroom's own channels may filter alerts; this one takes all of them.
            channels = logs / "channels.toml"
            channels.write_text(CHANNELS)
            await supervisor.start(
                "notifier",
                ["notifier", "run"],
                {
                    **namespace.account_environment(settings, "notifier"),
                    "LIVECOUNT_NOTIFIER_CHANNELS_FILE": str(channels.resolve()),
                },
            )
            await _send(openings, declarations, settings, speed)
            await _wait_until_counted(settings, supervisor)
            alerts = await _alerts(settings)
            of_councils = [alert for alert in alerts if alert.council is not None]
            await _wait_until_delivered(settings, {alert.id for alert in alerts}, supervisor)
            return Rehearsed(
                await _totals(settings, openings),
                in_order(of_councils, [*openings, *declarations]),
                await _rejected(settings),
                await _nights(settings, openings),
            )
    finally:
        await namespace.remove(settings)


def in_order(alerts: Iterable[Alert], events: Sequence[Event]) -> tuple[Alert, ...]:
    """Returns alerts in the order of the events that caused them.

    Kafka keeps the order only within a council; this restores the order of the night. Alerts
    of the same event keep their order.
    """
    position: dict[tuple[str, int], int] = {}
    for index, event in enumerate(events):
        position.setdefault(_cause(event), index)
    return tuple(
        sorted(
            alerts,
            key=lambda alert: position.get(
                (alert.cause or alert.council or "", alert.cause_revision), -1
            ),
        )
    )


def _cause(event: Event) -> tuple[str, int]:
    """Returns an event as the cause of an alert names it: ballot or council, and revision."""
    match event:
        case WardDeclared():
            return (event.ballot_paper_id, event.revision)
        case WardStatus() | DeskDecided():
            return (event.ballot_paper_id, 0)
        case CouncilOpened() | CouncilDeclared():
            return (event.council, 0)
        case _:
            assert_never(event)


async def _send(
    openings: Sequence[Event], declarations: Sequence[Event], settings: Settings, speed: float
) -> None:
    async with DeclarationProducer(settings, client_id="livecount-rehearsal") as producer:
        if math.isinf(speed):
            await producer.publish_all([*openings, *declarations])
        else:
            scheduled = schedule(openings, declarations, declarations, speed)
            await play(scheduled, producer.publish, clock=time.monotonic, sent=lambda _: None)


async def _wait_until_counted(settings: Settings, supervisor: Supervisor) -> None:
    """Returns once Redis has every declaration of the log, and its nights; raises StalledError."""
    keys, topics = Keys(settings.namespace), Topics(settings.namespace)
    await _wait_for(settings, supervisor, keys.counted(), topics.declarations)
    async with Log(settings) as log:
        totals = await log.ends(topics.totals)
        wanted = {partition: end for partition, end in totals.items() if end}
        deadline_s = time.monotonic() + STALL_TIMEOUT_S
        # What is sent on and acknowledged is on `night`.
        while await log.committed("nation", topics.totals) != wanted:
            supervisor.check()
            if time.monotonic() > deadline_s:
                raise StalledError(f"totals not sent on for {STALL_TIMEOUT_S:g} s; see the logs")
            await asyncio.sleep(POLL_INTERVAL_S)
    await _wait_for(settings, supervisor, keys.night_counted(), topics.night)


async def _wait_for(
    settings: Settings, supervisor: Supervisor, stage: StageKeys, topic: str
) -> None:
    """Returns once Redis has all of a topic that a stage counts; raises StalledError."""
    async with Log(settings) as log:
        ends = await log.ends(topic)
    wanted = {stage.watermark(partition): end for partition, end in ends.items() if end}
    client = redis.connect(settings)
    try:
        last: list[bytes | str | None] = []
        progress_s = time.monotonic()
        while True:
            supervisor.check()
            marks = await client.mget(list(wanted)) if wanted else []
            if all(int(mark or 0) >= end for mark, end in zip(marks, wanted.values(), strict=True)):
                return
            if marks != last:
                last, progress_s = marks, time.monotonic()
            elif time.monotonic() - progress_s > STALL_TIMEOUT_S:
                raise StalledError(f"nothing counted for {STALL_TIMEOUT_S:g} s; see the logs")
            await asyncio.sleep(POLL_INTERVAL_S)
    finally:
        await client.aclose()


async def _totals(settings: Settings, openings: Sequence[Event]) -> dict[str, CouncilTotals]:
    keys = Keys(settings.namespace)
    client = redis.connect(settings)
    try:
        found: dict[str, CouncilTotals] = {}
        for council in dict.fromkeys(event.council for event in openings):
            payload = await client.hget(keys.council(council), "totals")
            if payload is not None:
                found[council] = CouncilTotals.model_validate_json(payload)
        return found
    finally:
        await client.aclose()


async def _nights(settings: Settings, openings: Sequence[Event]) -> tuple[NationalTotals, ...]:
    keys = Keys(settings.namespace)
    elections = dict.fromkeys(election_of(event.council) for event in openings)
    async with redis.connect(settings) as client:
        found = [await client.hget(keys.national(each), "night") for each in elections]
    return tuple(NationalTotals.model_validate_json(each) for each in found if each is not None)


async def _alerts(settings: Settings) -> tuple[Alert, ...]:
    """Returns every alert on the topic once; those of one council are in order."""
    found: dict[str, Alert] = {}
    async with Log(settings) as log:
        for payload in await _values(log, log.topics.alerts):
            alert = Alert.model_validate_json(payload)
            found.setdefault(alert.id, alert)
    return tuple(found.values())


async def _wait_until_delivered(
    settings: Settings, alerts: set[str], supervisor: Supervisor
) -> None:
    """Returns once the notifier's ledger has every alert; raises StalledError."""
    deadline_s = time.monotonic() + STALL_TIMEOUT_S
    async with Log(settings) as log:
        while True:
            supervisor.check()
            payloads = await _values(log, log.topics.deliveries)
            if alerts <= {Delivery.model_validate_json(payload).alert_id for payload in payloads}:
                return
            if time.monotonic() > deadline_s:
                raise StalledError(f"alerts not sent on after {STALL_TIMEOUT_S:g} s; see the logs")
            await asyncio.sleep(POLL_INTERVAL_S)


async def _rejected(settings: Settings) -> int:
    async with Log(settings) as log:
        return sum((await log.ends(log.topics.rejects)).values())


async def _values(log: Log, topic: str) -> list[bytes]:
    """Returns the value of every message that is on a topic now."""
    return [record.value async for record in log.read(topic, await log.ends(topic)) if record.value]
