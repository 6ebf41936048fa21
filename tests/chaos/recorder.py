"""Webhooks that record what reaches them, and when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import orjson
from aiohttp import web

from tests.chaos.published import Sightings, in_json

CHANNEL = '[[channels]]\nname = "{name}"\nwebhook = "{url}{path}"\nrehearsal = true\n{more}\n'
OF_THE_DESK = ("held", "conflict", "parked")


class Arrival(NamedTuple):
    """One alert as it arrived; `at_s` by `time.time`."""

    alert: str
    at_s: float
    key: str


class Recorder:
    """Answers 204 to everything and keeps the alerts in order of arrival.

    `sightings` are the figures that came over channels of alerts and results, and `reviewed` is
    how many notices came over the one of what waits for the desk. While it is `away` it answers
    503, and counts only how often it was `asked`. Each answer takes `slow_s` seconds.
    """

    def __init__(self, slow_s: float = 0.0) -> None:
        self._slow_s = slow_s
        self.arrivals: list[Arrival] = []
        self.sightings = Sightings()
        self.reviewed = 0
        self.away = False
        self.asked = 0
        application = web.Application()
        application.router.add_post("/", self._receive)
        application.router.add_post("/results", self._receive_result)
        application.router.add_post("/review", self._receive_review)
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
        """Writes a channels file that has only the webhook of alerts, and returns its path."""
        return self.channels_with_results(folder, ())

    def channels_with_results(self, folder: Path, councils: Collection[str]) -> Path:
        """Writes a channels file, which has councils' results and what waits for the desk, too."""
        wanted = [("desk", "", "")]
        if councils:
            wanted += [
                ("results", "results", f"kinds = ['declared']\ncouncils = {list(councils)}"),
                ("review", "review", f"kinds = {list(OF_THE_DESK)}"),
            ]
        file = folder / "channels.toml"
        file.write_text(
            "".join(
                CHANNEL.format(name=name, url=self.url, path=path, more=more)
                for name, path, more in wanted
            )
        )
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
        self.sightings.note("channel of alerts", time.time(), in_json(alert, ""))
        await asyncio.sleep(self._slow_s)
        return web.Response(status=204)

    async def _receive_result(self, request: web.Request) -> web.Response:
        result = orjson.loads(await request.read())
        self.sightings.note("channel of results", time.time(), in_json(result, ""))
        return web.Response(status=204)

    async def _receive_review(self, request: web.Request) -> web.Response:
        await request.read()
        self.reviewed += 1
        return web.Response(status=204)
