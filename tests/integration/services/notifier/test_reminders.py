"""Reminders at a webhook, with a real Kafka: once, also with two notifiers and after restarts."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer

from schemas.examples import TOTALS
from schemas.totals import Decider
from services.platform.names import Topics
from services.platform.settings import Settings
from tests.support.notifier_receivers import Receiver, recorded, rehearsal_channels

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]

COUNCILS = [f"local.council-{number}.2026-05-07" for number in range(6)]


async def publish_expected(
    producer: AIOKafkaProducer, settings: Settings, council: str, at: datetime, version: int
) -> None:
    """Puts totals of a council on their topic that hangs on one ward, which is expected then."""
    slug = council.split(".")[1]
    ballot = f"local.{slug}.redbridge.2026-05-07"
    decider = Decider(
        ballot_paper_id=ballot, ward="Redbridge", text="all", expected_at=at, decides=True
    )
    fields = {
        "council": council,
        "name": slug,
        "election": "local.2026-05-07",
        "mode": "rehearsal",
        "version": version,
        "control": None,
        "complete": False,
        "deciders": (decider,),
    }
    await producer.send_and_wait(
        Topics(settings.namespace).totals,
        TOTALS.model_copy(update=fields).model_dump_json().encode(),
        key=council.encode(),
    )


def told(receiver: Receiver) -> list[tuple[str, str]]:
    """Returns council and time of each reminder that a receiver got, in a fixed order."""
    found = [
        json.loads(content)
        for headers, content in receiver.requests
        if headers["ce-type"] == "livecount.reminder.v1"
    ]
    return sorted((each["council"], each["expected_at"]) for each in found)


async def test_each_reminder_comes_once_from_two_notifiers_that_restart(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """And a time that is moved is told again, once."""
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=8)
    moved = at + timedelta(minutes=1)
    async with Receiver() as receiver:
        channel = f'name = "desk"\nwebhook = "{receiver.url}"\nkinds = ["reminder"]'
        file = rehearsal_channels(tmp_path, channel)
        for council in COUNCILS:
            await publish_expected(kafka_producer, settings, council, at, 1)

        def start() -> list[Any]:
            return [
                process("notifier", "run", notifier_channels_file=file, worker_id=f"n{number}")
                for number in range(2)
            ]

        running = start()

        async def all_recorded() -> bool:
            return len(await recorded(settings)) >= len(COUNCILS)

        # What is sent and not recorded when a notifier is killed is sent again, as any alert is.
        await eventually(all_recorded)
        for each in running:
            each.process.kill()
            each.process.wait()
        start()
        await publish_expected(kafka_producer, settings, COUNCILS[0], moved, 2)
        await eventually(lambda: len(told(receiver)) > len(COUNCILS))

        by_council = [council for council, _ in told(receiver)]
        assert [by_council.count(council) for council in COUNCILS] == [2, 1, 1, 1, 1, 1]
        assert len(set(told(receiver))) == len(COUNCILS) + 1
