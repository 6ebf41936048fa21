"""A webhook that records what reaches it, and when."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import orjson
from aiohttp import web


class Arrival(NamedTuple):
    """One alert as it arrived; `at_s` by `time.time`."""

    alert: str
    at_s: float
    key: str


class Recorder:
    """Answers 204 to everything and keeps the alerts in order of arrival.

    While it is `away` it answers 503, and counts only how often it was `asked`. Each answer
    takes `slow_s` seconds.
    """

    def __init__(self, slow_s: float = 0.0) -> None:
        self._slow_s = slow_s
        self.arrivals: list[Arrival] = []
        self.away = False
        self.asked = 0
        application = web.Application()
        application.router.add_post("/", self._receive)
        self._runner = web.AppRunner(application, access_log=None, handle_signals=False)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    def channels(self, folder: Path) -> Path:
        """Writes a channels file that has only this webhook, and returns its path."""
        file = folder / "channels.toml"
        file.write_text(f'[[channels]]\nname = "desk"\nwebhook = "{self.url}"\nrehearsal = true\n')
        return file

    @property
    def ids(self) -> set[str]:
        return {arrival.alert for arrival in self.arrivals}

    async def _receive(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.away:
            return web.Response(status=503)
        alert = orjson.loads(await request.read())
        key = request.headers.get("Idempotency-Key", "")
        self.arrivals.append(Arrival(alert["id"], time.time(), key))
        await asyncio.sleep(self._slow_s)
        return web.Response(status=204)
