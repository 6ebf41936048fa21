"""Accepts connections, many in each round of the event loop.

The loop that we use takes one connection in a round. While it is busy, as when many ask for pages
at once, a new client would wait for as many rounds as there are connections before it.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from services.platform.connections import closed

ACCEPTED_EACH_ROUND: Final = 256
"""Connections accepted in one round: they take some 15 ms."""

SEND_BUFFER_BYTES: Final = 131_072
"""What the kernel may hold of one response, 128 KiB, which it doubles. Left to itself it would
hold megabytes for each of thousands of slow readers."""

PAUSE_S: Final = 0.5
"""How long nothing is accepted after the system had no file or memory for a connection."""

_EXHAUSTED: Final = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

_log = structlog.get_logger()


async def bind(host: str, port: int) -> list[socket.socket]:
    """Returns a socket for each address of a host. Raises OSError if one cannot be had."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    bound: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            made = socket.socket(family, kind, protocol)
            bound.append(made)
            made.setblocking(False)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            # The connections that it accepts have the same.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            made.bind(address)
    except OSError:
        for each in bound:
            each.close()
        raise
    return bound


class Acceptor:
    """Listens, and gives each connection a protocol. Has what uvicorn asks of a server."""

    def __init__(
        self, sockets: Sequence[socket.socket], protocol: Callable[[], asyncio.Protocol]
    ) -> None:
        self.sockets = tuple(sockets)
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._connecting: set[asyncio.Task[None]] = set()

    def listen(self, backlog: int) -> None:
        """Begins to accept connections. `backlog` is how many may wait for it."""
        for each in self.sockets:
            each.listen(backlog)
            self._loop.add_reader(each, self._accept, each)

    def close(self) -> None:
        """Accepts no more connections; those that there are stay."""
        for each in self.sockets:
            if each.fileno() >= 0:
                self._loop.remove_reader(each)
                each.close()

    async def wait_closed(self) -> None:
        """Returns at once; uvicorn waits for the connections itself."""

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(ACCEPTED_EACH_ROUND):
            try:
                made, _address = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in _EXHAUSTED:
                    raise
                self._pause(listening, error)
                return
            made.setblocking(False)
            task = self._loop.create_task(self._connect(made))
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)

    async def _connect(self, made: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, made)
        except OSError:
            # It went away again before anything could be done with it.
            made.close()

    def _pause(self, listening: socket.socket, error: OSError) -> None:
        """Lets the system recover; without this the loop would only fail again and again."""
        closed("full")
        _log.error("no_connection_accepted", error=str(error), pause_s=PAUSE_S)
        self._loop.remove_reader(listening)
        self._loop.call_later(PAUSE_S, self._resume, listening)

    def _resume(self, listening: socket.socket) -> None:
        if listening.fileno() >= 0:
            self._loop.add_reader(listening, self._accept, listening)
