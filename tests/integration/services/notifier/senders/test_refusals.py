"""Receivers that refuse a message for good, and channels of which one receiver fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiokafka import AIOKafkaProducer

from schemas.delivery import Delivery
from services.platform.settings import Settings
from tests.support.notifier_receivers import an_alert, publish, recorded, rehearsal_channels

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]


class Service:
    """An HTTP server that takes JSON, and keeps what it took and what it did not.

    `answer` gives the status for a message.
    """

    def __init__(self) -> None:
        self.answer: Callable[[dict[str, str]], int] = lambda _: 200
        self.taken: list[dict[str, str]] = []
        self.refused: list[dict[str, str]] = []
        self.port = 0

    async def take(self, request: web.Request) -> web.Response:
        """Takes a message or refuses it."""
        message: dict[str, str] = await request.json()
        status = self.answer(message)
        (self.taken if status == 200 else self.refused).append(message)
        return web.Response(status=status)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    """A running service."""
    made = Service()
    application = web.Application()
    application.router.add_post("/{path:.*}", made.take)
    runner = web.AppRunner(application, access_log=None, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.port = runner.addresses[0][1]
    yield made
    await runner.cleanup()


def channel(url: str) -> str:
    """Returns the fields of a channel that sends to a URL."""
    return f'name = "desk"\nurl = "{url}"\n'


async def outcomes(settings: Settings, number: int) -> dict[tuple[str, str], Delivery]:
    """Returns the records by channel and text, once there are so many."""
    found = {(record.channel, record.text): record for record in await recorded(settings)}
    return found if len(found) >= number else {}


async def test_a_message_that_is_refused_for_good_is_tried_three_times_and_alone(  # noqa: PLR0913, PLR0917 -- fixtures
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
    service: Service,
) -> None:
    """HTTP 400 fails the message that it is about, and none that comes after it."""
    service.answer = lambda message: 400 if "poison" in str(message) else 200
    file = rehearsal_channels(tmp_path, channel(f"json://127.0.0.1:{service.port}/"))
    alerts = [an_alert(n, text=text) for n, text in enumerate(("poison", "second", "third"))]
    process("notifier", "run", notifier_channels_file=file)
    await publish(kafka_producer, settings, alerts)
    found = await eventually(lambda: outcomes(settings, 3))

    assert [message["title"] for message in service.refused] == ["REHEARSAL: poison"] * 3
    assert [message["title"] for message in service.taken] == [
        "REHEARSAL: second",
        "REHEARSAL: third",
    ]
    assert {text: (record.status, record.attempts) for (_, text), record in found.items()} == {
        "REHEARSAL: poison": ("failed", 3),
        "REHEARSAL: second": ("sent", 1),
        "REHEARSAL: third": ("sent", 1),
    }


async def test_a_refused_digest_takes_no_alert_down_but_the_one_at_fault(  # noqa: PLR0913, PLR0917 -- fixtures
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
    service: Service,
) -> None:
    """After an outage the alerts go together; if that is refused, each goes alone."""
    service.answer = lambda _: 503
    file = rehearsal_channels(tmp_path, channel(f"json://127.0.0.1:{service.port}/"))
    process("notifier", "run", notifier_channels_file=file)
    await publish(kafka_producer, settings, [an_alert(0, text="first")])
    await eventually(lambda: service.refused)
    alerts = [an_alert(n, text=text) for n, text in ((1, "poison"), (2, "last"))]
    await publish(kafka_producer, settings, alerts)
    await eventually(lambda: "poison" in str(service.refused))
    service.answer = lambda message: 400 if "poison" in str(message) else 200
    found = await eventually(lambda: outcomes(settings, 3))

    assert {text: record.status for (_, text), record in found.items()} == {
        "REHEARSAL: first": "sent",
        "REHEARSAL: poison": "failed",
        "REHEARSAL: last": "sent",
    }


async def test_one_receiver_that_fails_repeats_nothing_to_the_others(  # noqa: PLR0913, PLR0917 -- fixtures
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
    service: Service,
) -> None:
    """Of two phones in one channel each is sent every alert once, whatever happens to the other."""
    service.answer = lambda message: 500 if message["topic"] == "second" else 200
    file = rehearsal_channels(tmp_path, channel(f"ntfy://127.0.0.1:{service.port}/first/second"))
    alerts = [an_alert(number) for number in range(3)]
    process("notifier", "run", notifier_channels_file=file)
    await publish(kafka_producer, settings, alerts)
    await eventually(lambda: len(service.refused) >= 3)
    await eventually(lambda: len(service.taken) >= 3)
    service.answer = lambda _: 200
    found = await eventually(lambda: outcomes(settings, 6))

    assert {record.status for record in found.values()} == {"sent"}
    assert {name for name, _ in found} == {"desk", "desk/2"}
    to_first = Counter(message["title"] for message in service.taken if message["topic"] == "first")
    assert to_first == Counter(f"REHEARSAL: {alert.text}" for alert in alerts)
