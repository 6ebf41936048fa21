"""The real services of one namespace as processes, and a client that declares over HTTP."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from services.intake.message import Message
from services.platform.names import Keys
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.topic_log import Log

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]

LONG_S = 240.0
"""Some thousand events take seconds; a busy machine takes much longer."""


class Place(NamedTuple):
    """Where an event that was acknowledged stands in the log."""

    partition: int
    offset: int


class Services:
    """Intake, an aggregator, a notifier and a ticker. `acknowledged` has each event's bytes."""

    def __init__(
        self, settings: Settings, process: Process, eventually: Eventually, channels: Path
    ) -> None:
        intake, ticker = free_ports(2, random.SystemRandom())
        self._settings = settings
        self._eventually = eventually
        self.running = {
            "intake": process("intake", "run", intake_port=str(intake)),
            "aggregator": process("aggregator", "run"),
            "notifier": process("notifier", "run", notifier_channels_file=str(channels)),
            "ticker": process("ticker", "run", ticker_port=str(ticker)),
        }
        self.intake = _client(intake)
        self.ticker = _client(ticker)
        self.acknowledged: dict[Place, bytes] = {}

    @property
    def ended(self) -> dict[str, int]:
        """The services that are no longer running, with their statuses."""
        statuses = {name: each.process.poll() for name, each in self.running.items()}
        return {name: status for name, status in statuses.items() if status is not None}

    async def ready(self) -> None:
        """Returns once the doors are open."""
        for client in (self.intake, self.ticker):
            await self._eventually(lambda client=client: _is_ready(client), timeout_s=LONG_S)

    async def declare(self, messages: Sequence[Message]) -> None:
        """Declares events in one request, as JSON lines, which intake has to take."""
        answer = await self.intake.post(
            "/v1/declarations",
            content=b"\n".join(message.value for message in messages),
            headers={"content-type": "application/x-ndjson"},
        )
        assert answer.status_code == 202, answer.text
        receipts = answer.json()["declarations"]
        for message, receipt in zip(messages, receipts, strict=True):
            place = Place(receipt["partition"], receipt["offset"])
            self.acknowledged[place] = message.value

    async def counted(self) -> None:
        """Returns once Redis has all that was declared, or a service has ended."""

        async def all_counted() -> bool:
            return bool(self.ended) or await is_counted(self._settings)

        await self._eventually(all_counted, timeout_s=LONG_S)

    async def restart(self, name: str) -> None:
        """Ends a service and starts it again."""
        await asyncio.to_thread(self.running[name].end)
        self.running[name].start()
        await self.ready()

    async def close(self) -> None:
        """Closes the clients."""
        await self.intake.aclose()
        await self.ticker.aclose()


async def is_counted(settings: Settings) -> bool:
    """Returns whether Redis has the whole log."""
    keys = Keys(settings.namespace)
    async with Log(settings) as log:
        ends = await log.ends(log.topics.declarations)
    async with connect(settings) as redis:
        marks = await redis.mget([keys.watermark(partition) for partition in ends])
    return all(int(mark or 0) >= end for mark, end in zip(marks, ends.values(), strict=True))


def _client(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60.0)


async def _is_ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health/ready")).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
