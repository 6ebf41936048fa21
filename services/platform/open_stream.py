"""A response without an end: a connection to which is only written, without a task or a parser.

What answers a request holds some 40 KiB: the task with all it called, the parser, the headers.
A stream of events needs none of it once it has begun. So a server hands such a connection over, as
one is handed over to WebSockets, and everything else of the request is let go of.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final, Protocol

from services.platform.connections import Reason, Register, closed
from services.platform.http_limits import Stage

OPEN_STREAM: Final = "livecount.open_stream"
"""The extension of an ASGI scope that hands a connection over. It is called with a `Listener` once
the head of a response without a length is sent, and returns the `OpenStream`, or None if the client
has gone. Nothing more may be sent by the request then."""

LAST_CHUNK: Final = b"0\r\n\r\n"


class Listener(Protocol):
    """Who writes to a stream."""

    def writable(self) -> None:
        """Is called when the client has taken what it was sent, after it was slow."""

    def gone(self) -> None:
        """Is called once, when the connection has ended, whoever ended it."""


def chunk(data: bytes) -> bytes:
    """Returns bytes as one chunk of a response (RFC 9112, 7.1). They may not be empty."""
    return b"%x\r\n%s\r\n" % (len(data), data)


class OpenStream(asyncio.Protocol):
    """One connection that only takes chunks. Nothing here blocks or waits.

    `is_paused` is true while so much waits for the client (64 KiB, asyncio's limit) that its
    writer should keep the rest.
    """

    __slots__ = (
        "_connections",
        "_listener",
        "_register",
        "_since",
        "_timeouts_s",
        "_transport",
        "is_paused",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        listener: Listener,
        register: Register,
        connections: set[Any],
        timeouts_s: Mapping[Stage, float],
    ) -> None:
        self._transport = transport
        self._listener = listener
        self._register = register
        self._connections = connections
        self._timeouts_s = timeouts_s
        self._since = 0.0
        self.is_paused = False
        connections.add(self)

    def write(self, chunks: bytes) -> None:
        """Sends bytes that are chunks already; see `chunk`."""
        self._transport.write(chunks)

    def finish(self) -> None:
        """Ends the response, and the connection once the client has taken the rest."""
        if not self._transport.is_closing():
            self._since = asyncio.get_running_loop().time()
            self._transport.write(LAST_CHUNK)
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Drops what a client sends: nothing is expected of it any more."""

    def pause_writing(self) -> None:
        """Notes that the client is slow."""
        self.is_paused = True
        self._since = asyncio.get_running_loop().time()
        size_bytes = self._transport.get_write_buffer_size()
        self._register.reads_slowly(self, size_bytes, self._since)

    def resume_writing(self) -> None:
        """Notes that the client has taken what waited."""
        self.is_paused = False
        self._register.reads(self)
        self._listener.writable()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- asyncio's signature
        """Gives the place back."""
        self._connections.discard(self)
        self._register.leave(self)
        self._listener.gone()

    def shutdown(self) -> None:
        """Is called by uvicorn when the server stops."""
        self.finish()

    def overdue(self, now: float) -> bool:
        """Returns whether the client has taken nothing for too long."""
        waits = self.is_paused or self._transport.is_closing()
        return waits and now - self._since > self._timeouts_s[Stage.SENDING]

    def waits_for_client(self) -> bool:
        """Returns whether it is the client's turn to take something."""
        return self.is_paused or self._transport.is_closing()

    def drop(self, reason: Reason) -> None:
        """Ends the connection at once."""
        closed(reason)
        self._register.leave(self)
        self._transport.abort()
