"""A TCP proxy that can be slow, silent or gone: the network between services."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any

LOOPBACK = "127.0.0.1"
CHUNK_BYTES = 65_536


class Proxy:
    """Forwards one loopback port to another. Change `delay_s`, `silent` and `gone` at any time.

    `delay_s` is added to each chunk, in each direction; `silent` holds everything back without
    closing anything; `gone` closes connections and accepts no new ones.
    """

    def __init__(self, target_port: int) -> None:
        self.port = 0
        self.delay_s = 0.0
        self.silent = False
        self._gone = False
        self._target_port = target_port
        self._writers: set[asyncio.StreamWriter] = set()

    async def serve(self) -> None:
        """Starts to listen, on a port of its own."""
        self._server = await asyncio.start_server(self._join, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Stops listening."""
        self._server.close()

    def cut(self) -> None:
        """Closes every connection, and each new one at once."""
        self._gone = True
        for writer in tuple(self._writers):
            writer.transport.abort()

    def mend(self) -> None:
        """Ends slowness, silence and absence."""
        self.delay_s, self.silent, self._gone = 0.0, False, False

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._gone:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self._target_port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pump(reader, far_writer))
                tasks.create_task(self._pump(far_reader, writer))
        finally:
            for each in (writer, far_writer):
                self._writers.discard(each)
                each.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(CHUNK_BYTES):
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                # Set from another thread, which an asyncio.Event does not allow.
                while self.silent:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
                writer.write(chunk)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()


class Network:
    """Proxies on an event loop and a thread of their own, so that other work does not slow them."""

    def __init__(self) -> None:
        self._proxies: list[Proxy] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def proxy(self, target_port: int) -> Proxy:
        """Returns a proxy that listens."""
        made = Proxy(target_port)
        self._run(made.serve())
        self._proxies.append(made)
        return made

    def cut(self, proxy: Proxy) -> None:
        """Cuts a proxy off."""
        self._loop.call_soon_threadsafe(proxy.cut)

    def close(self) -> None:
        """Ends every proxy."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _end(self) -> None:
        for proxy in self._proxies:
            proxy.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)
