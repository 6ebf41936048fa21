"""A reader who asks for pages while an audience listens."""

from __future__ import annotations

import asyncio
import statistics
import time
from types import TracebackType
from typing import Any, Self


class PageReader:
    """Asks for one address at a steady rate, and records how long each answer takes.

    It waits for each answer before it asks again. Nothing is asked if `rate` is 0.
    """

    def __init__(self, port: int, path: str, rate: float) -> None:
        self._port, self._rate = port, rate
        self._request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        self._taken_ms: list[float] = []
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begins to ask."""
        if self._rate:
            self._task = asyncio.create_task(self._ask())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stops."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def figures(self) -> dict[str, Any]:
        """Returns how many pages were answered, and how long that took in milliseconds."""
        taken = sorted(self._taken_ms)
        if len(taken) < 2:
            return {}
        return {
            "pages": len(taken),
            "page_p50_ms": round(statistics.median(taken), 1),
            "page_p99_ms": round(taken[int(len(taken) * 0.99) - 1], 1),
        }

    async def _ask(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        while True:
            began = time.perf_counter()
            writer.write(self._request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.partition(b":")[2])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            )
            await reader.readexactly(length)
            self._taken_ms.append((time.perf_counter() - began) * 1_000)
            await asyncio.sleep(1 / self._rate)
