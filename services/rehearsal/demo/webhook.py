"""The demo's webhook: an HTTP receiver that records when each alert arrives."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from aiohttp import web

from schemas.alert import Alert


class Webhook:
    """Listens on a loopback port inside its `async with` block.

    `received_s` has the time of each alert's first arrival, by alert id, as `time.perf_counter`
    gives it; `repeats` counts all further arrivals.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self.received_s: dict[str, float] = {}
        self.alerts: list[Alert] = []
        self.repeats = 0
        application = web.Application()
        application.router.add_post("/", self._receive)
        self._runner = web.AppRunner(application, access_log=None, handle_signals=False)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        now_s = time.perf_counter()
        alert = Alert.model_validate_json(await request.read())
        if alert.id in self.received_s:
            self.repeats += 1
        else:
            self.received_s[alert.id] = now_s
            self.alerts.append(alert)
        return web.Response(status=204)
