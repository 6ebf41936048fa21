"""Clients that hold connections without using them, in each of the known ways.

They connect to this machine only. Each kind sends what it does at once, and a little more with
every `tick`, as somebody would who wants to stay connected.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from typing import Literal, Self, get_args

Kind = Literal["silent", "half a header", "endless header", "slow body", "slow reader"]

KINDS: tuple[Kind, ...] = get_args(Kind)

LOOPBACK = "127.0.0.1"
CONNECTING_AT_ONCE = 200
RECEIVE_BUFFER_BYTES = 4_096
"""The least that Linux grants, so that a response soon waits in the server."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server on this machine, and what its clients send it."""

    port: int
    read_path: str
    """The longest answer it gives."""
    post_path: str = "/"
    token: str = ""
    asked_ahead: int = 8
    """How often a slow reader asks for that, so that it does not fit into the kernel's buffers."""

    def start(self, kind: Kind) -> bytes:
        """Returns what a hostile client of a kind sends first."""
        post = f"POST {self.post_path} HTTP/1.1\r\nHost: localhost\r\n"
        authorization = f"Authorization: Bearer {self.token}\r\n" if self.token else ""
        get = f"GET {self.read_path} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        return {
            "silent": "",
            "half a header": post,
            "endless header": f"{post}X-Endless: ",
            "slow body": f"{post}{authorization}Content-Length: 100000\r\n\r\n{{",
            "slow reader": get * self.asked_ahead,
        }[kind].encode()

    def more(self, kind: Kind) -> bytes:
        """Returns what it sends with every tick."""
        return {
            "silent": b"",
            "half a header": b"",
            "endless header": b"a" * 1_024,
            "slow body": b" ",
            # Nothing is asked for, but an end of the connection is noticed.
            "slow reader": b"\r\n",
        }[kind]


class _Connection(asyncio.Protocol):
    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self.transport = transport  # type: ignore[assignment] # uvloop's is no subclass
        self.crowd.open.add(self)
        if self.crowd.kind == "slow reader":
            self.transport.pause_reading()
        self.transport.write(self.crowd.target.start(self.crowd.kind))

    def connection_lost(self, _: Exception | None) -> None:
        self.crowd.open.discard(self)
        self.crowd.ended += 1


class Crowd:
    """A number of hostile connections of one kind. Use as an async context manager.

    `addresses` is how many addresses of this machine they come from.
    """

    def __init__(self, target: Target, kind: Kind, number: int, addresses: int = 1) -> None:
        self.target = target
        self.kind = kind
        self.number = number
        self.open: set[_Connection] = set()
        self.ended = 0
        self._addresses = addresses
        self._opened = 0

    async def __aenter__(self) -> Self:
        """Opens all connections."""
        await self.fill()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes those that are still open."""
        for connection in list(self.open):
            assert connection.transport is not None
            connection.transport.abort()
        await asyncio.sleep(0)

    async def fill(self) -> None:
        """Opens connections anew in the place of those that were closed, each at most once.

        A full server closes some of them again at once.
        """
        missing = self.number - len(self.open)
        for start in range(0, missing, CONNECTING_AT_ONCE):
            await asyncio.gather(
                *(self._connect() for _ in range(min(CONNECTING_AT_ONCE, missing - start))),
                return_exceptions=True,
            )

    def tick(self) -> None:
        """Sends a little more on every connection."""
        more = self.target.more(self.kind)
        if not more:
            return
        for connection in list(self.open):
            with contextlib.suppress(OSError, RuntimeError):
                assert connection.transport is not None
                # A server that does not read any more must not fill this process's memory.
                if connection.transport.get_write_buffer_size() < RECEIVE_BUFFER_BYTES:
                    connection.transport.write(more)

    async def _connect(self) -> None:
        place = self._opened % self._addresses
        self._opened += 1
        source = f"127.0.{1 + place // 250}.{1 + place % 250}" if self._addresses > 1 else LOOPBACK
        made = socket.socket()
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        loop = asyncio.get_running_loop()
        try:
            made.bind((source, 0))
            await loop.sock_connect(made, (LOOPBACK, self.target.port))
            await loop.create_connection(lambda: _Connection(self), sock=made)
        except OSError:
            made.close()
            raise
