"""Onward: from just before the producer's send to a webhook, an event stream and a browser's page.

The whole chain runs: aggregator, notifier, ticker. Each declaration decides a council the other
way, as in `latency`, and no council comes twice in one series. The page has a series of its own
after the others', as a browser takes as much of the machine as the whole chain. All times are
those of the machine's wall clock, which the browser uses, too.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import uvloop

from benchmarks import page
from benchmarks.audience_processes import until_ready
from benchmarks.bed import load_average, namespace, produce
from benchmarks.delays import figures_of
from benchmarks.engine import LIVECOUNT, service
from benchmarks.latency import COUNCILS, Swings, until_counted
from benchmarks.load import all_but_the_last, in_the_balance
from benchmarks.messages import messages
from benchmarks.running import Running
from benchmarks.webhook import receiver
from services.platform import kafka
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.stack.stack import Stack

RATE_PER_S = 5
SECONDS = 20
SETTLE_S = 3.0
LAST_TIMEOUT_S = 20.0
ELECTION = "local.2014-05-22"

Arrivals = dict[str, dict[str, float]]
"""When each council's new totals arrived, by place."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The services that run, and the declarations that they are sent."""

    running: list[Running]
    settings: Settings
    swings: Swings

    async def send(self, sent: dict[str, float]) -> None:
        """Sends a series at its rate, and records the time just before each message."""
        producer = kafka.producer(self.settings, "bench-producer")
        await producer.start()
        topic = Topics(self.settings.namespace).declarations
        try:
            for council, _, message in self.swings.take(RATE_PER_S * SECONDS):
                sent[council] = time.time()
                await producer.send(topic, message.value, key=message.key, headers=message.headers)
                await asyncio.sleep(1 / RATE_PER_S)
        finally:
            await producer.stop()

    async def all_of(self, ask: Callable[[], Awaitable[Arrivals]], number: int) -> Arrivals:
        """Returns the arrivals once there are `number` at each place, or after LAST_TIMEOUT_S."""
        deadline = time.monotonic() + LAST_TIMEOUT_S
        while True:
            came = await ask()
            if all(len(each) >= number for each in came.values()) or time.monotonic() > deadline:
                return came
            for each in self.running:
                each.check()
            await asyncio.sleep(0.1)


def measure(stack: Stack, logs: Path) -> dict[str, Any]:
    """Returns one run: p50 and p99 in milliseconds at each of the places."""
    chance = random.Random(COUNCILS)  # noqa: S311 - a load to repeat, no secret
    stood = in_the_balance(COUNCILS)
    before = messages(event for place in stood for event in all_but_the_last(place, chance))
    hook, ticker = free_ports(2, random.Random(time.time_ns()))  # noqa: S311 - ports
    channels = logs / "onward-channels.toml"
    channels.write_text(
        f'[[channels]]\nname = "cms"\nwebhook = "http://127.0.0.1:{hook}/"\nrehearsal = true\n'
        'kinds = ["control"]\n'
    )
    with namespace(stack) as settings, ExitStack() as started:
        produce(settings, before)
        extra = {
            "LIVECOUNT_NOTIFIER_CHANNELS_FILE": str(channels),
            "LIVECOUNT_TICKER_PORT": str(ticker),
        }
        running = [
            started.enter_context(
                Running(engine, settings, logs / f"onward-{engine.name}.log", environment=extra)
            )
            for engine in (LIVECOUNT, service("notifier"), service("ticker"))
        ]
        return uvloop.run(_measure(Chain(running, settings, Swings(stood, chance)), hook, ticker))


async def _measure(chain: Chain, hook: int, ticker: int) -> dict[str, Any]:
    sent: dict[str, float] = {}
    came: Arrivals = {"webhook": {}, "event stream": {}}

    def arrival(place: str) -> Callable[[str], None]:
        def arrived(council: str) -> None:
            if council in sent:
                came[place].setdefault(council, time.time())

        return arrived

    async def noted() -> Arrivals:
        return came

    arrived = arrival("webhook")
    hooked = await receiver(hook, lambda alert: arrived(alert["council"]))
    # 20 of 21 wards are declared, after the opening.
    await until_counted(chain.running[0], chain.settings, in_all=21)
    await until_ready(ticker)
    reading = asyncio.create_task(_stream(ticker, arrival("event stream")))
    try:
        await asyncio.sleep(SETTLE_S)
        load_before = load_average()
        await chain.send(sent)
        places = figures(await chain.all_of(noted, len(sent)), sent)
        async with page.watched(ticker, ELECTION, COUNCILS) as watched:
            await asyncio.sleep(SETTLE_S)
            sent_again: dict[str, float] = {}
            await chain.send(sent_again)
            shown = await chain.all_of(partial(page.arrivals, watched), len(sent_again))
            browser = page.version(watched)
    finally:
        reading.cancel()
        hooked.close()
    return {
        "rate_per_s": RATE_PER_S,
        "declarations": len(sent),
        "councils": COUNCILS,
        "load_before": load_before,
        "browser": browser,
        "places": places | figures(shown, sent_again),
    }


def figures(came: Arrivals, sent: dict[str, float]) -> dict[str, dict[str, float]]:
    """Returns for each place how many came, and p50 and p99 in milliseconds if any did."""
    return {place: figures_of(arrived_s, sent) for place, arrived_s in came.items()}


async def _stream(port: int, arrived: Callable[[str], None]) -> None:
    """Listens to the ticker's public event stream until it is cancelled."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    request = f"GET /v1/stream?election={ELECTION} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    writer.write(request.encode())
    kind = b""
    while line := await reader.readline():
        name, _, content = line.strip().partition(b": ")
        if name == b"event":
            kind = content
        elif name == b"data" and kind == b"totals":
            arrived(orjson.loads(content)["council"])
