"""Onward: from just before the producer's send to a newsroom's webhook and to an open event stream.

The whole chain runs: aggregator, notifier, ticker. Each declaration decides a council the other
way, as in `latency`, and no council comes twice.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
import uvloop

from benchmarks.bed import load_average, namespace, produce
from benchmarks.engine import LIVECOUNT, Engine, Running
from benchmarks.latency import COUNCILS, Swings, until_counted
from benchmarks.load import all_but_the_last, in_the_balance
from benchmarks.messages import messages
from services.platform import kafka
from services.platform.names import Topics
from services.platform.ports import free_ports
from services.platform.settings import Settings
from services.platform.stack import Stack

RATE_PER_S = 5
SECONDS = 20
CONNECT_TIMEOUT_S = 30.0
LAST_TIMEOUT_S = 20.0
ELECTION = "local.2014-05-22"

Arrived = Callable[[str], None]
"""Told a council of which something new has arrived."""


def measure(stack: Stack, logs: Path) -> dict[str, Any]:
    """Returns one run: p50 and p99 in milliseconds at the webhook and on the event stream."""
    chance = random.Random(COUNCILS)  # noqa: S311 - a load to repeat, no secret
    stood = in_the_balance(COUNCILS)
    before = messages(event for place in stood for event in all_but_the_last(place, chance))
    hook, page = free_ports(2, random.Random(time.time_ns()))  # noqa: S311 - ports
    channels = logs / "onward-channels.toml"
    channels.write_text(
        f'[[channels]]\nname = "cms"\nwebhook = "http://127.0.0.1:{hook}/"\nrehearsal = true\n'
        'kinds = ["control"]\n'
    )
    with namespace(stack) as settings, ExitStack() as started:
        produce(settings, before)
        extra = {
            "LIVECOUNT_NOTIFIER_CHANNELS_FILE": str(channels),
            "LIVECOUNT_TICKER_PORT": str(page),
        }
        running = [
            started.enter_context(
                Running(engine, settings, logs / f"onward-{engine.name}.log", environment=extra)
            )
            for engine in (LIVECOUNT, _service("notifier"), _service("ticker"))
        ]
        return uvloop.run(_measure(running, settings, Swings(stood, chance), (hook, page)))


def _service(name: str) -> Engine:
    return Engine(name, name, ("-m", "services.cli", name, "run"), ())


async def _measure(
    running: list[Running], settings: Settings, swings: Swings, ports: tuple[int, int]
) -> dict[str, Any]:
    sent: dict[str, float] = {}
    came: dict[str, dict[str, float]] = {"webhook": {}, "event stream": {}}

    def arrival(where: str) -> Arrived:
        def arrived(council: str) -> None:
            if council in sent:
                came[where].setdefault(council, (time.perf_counter() - sent[council]) * 1_000)

        return arrived

    receiver = await _receiver(ports[0], arrival("webhook"))
    # Of 21 wards 20 are in, and the opening before them.
    await until_counted(running[0], settings, in_all=21)
    reading = asyncio.create_task(_stream(ports[1], arrival("event stream")))
    await asyncio.sleep(3.0)
    load_before = load_average()
    producer = kafka.producer(settings, "bench-producer")
    await producer.start()
    try:
        for council, _, message in swings.take(RATE_PER_S * SECONDS):
            sent[council] = time.perf_counter()
            topic = Topics(settings.namespace).declarations
            await producer.send(topic, message.value, key=message.key, headers=message.headers)
            await asyncio.sleep(1 / RATE_PER_S)
        deadline = time.monotonic() + LAST_TIMEOUT_S
        while any(len(each) < len(sent) for each in came.values()) and time.monotonic() < deadline:
            for each in running:
                each.check()
            await asyncio.sleep(0.1)
    finally:
        reading.cancel()
        receiver.close()
        await producer.stop()
    return {
        "rate_per_s": RATE_PER_S,
        "declarations": len(sent),
        "load_before": load_before,
        "places": {name: dict(_figures(latencies)) for name, latencies in came.items()},
    }


def _figures(latencies: dict[str, float]) -> Iterator[tuple[str, float]]:
    ordered = sorted(latencies.values())
    yield "arrived", len(ordered)
    if ordered:
        yield "p50_ms", statistics.median(ordered)
        yield "p99_ms", ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


async def _receiver(port: int, arrived: Arrived) -> asyncio.Server:
    """Returns a started webhook receiver, which takes everything."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
                arrived(orjson.loads(await reader.readexactly(length))["council"])
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", port)


async def _stream(port: int, arrived: Arrived) -> None:
    """Listens to the ticker's event stream, as a page does, until it is cancelled."""
    deadline = time.monotonic() + CONNECT_TIMEOUT_S
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.1)
    request = f"GET /v1/stream?election={ELECTION} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    writer.write(request.encode())
    kind = b""
    while line := await reader.readline():
        name, _, content = line.strip().partition(b": ")
        if name == b"event":
            kind = content
        elif name == b"data" and kind == b"totals":
            arrived(orjson.loads(content)["council"])
