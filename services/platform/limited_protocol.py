"""One connection of an HTTP server, with the limits that uvicorn's parser in C lacks.

There a connection may stay silent for ever, and a header may be without end.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from typing import Any

import uvicorn
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from services.platform.addresses import Networks, client_of
from services.platform.connections import Reason, Register, closed
from services.platform.fair_turns import GONE
from services.platform.http_limits import (
    HEADERS_MAX_BYTES,
    IDLE_TIMEOUT_S,
    PIECE_BYTES,
    PIPELINED_MAX,
    Stage,
)
from services.platform.open_stream import OPEN_STREAM, Listener, OpenStream
from services.platform.requests_by_client import RETRY_AFTER_S
from services.platform.safe_headers import SAFE_BYTES


class LimitedConfig(uvicorn.Config):
    """What every connection of a server has in common."""

    register: Register
    trusted: Networks
    """The proxies whose connections are not limited as one client's."""
    timeouts_s: Mapping[Stage, float]


class HeadersTooLargeError(Exception):
    """A request has more than HEADERS_MAX_BYTES of headers, or too many came at once."""


class LimitedProtocol(HttpToolsProtocol):
    """One connection. Every limit is checked as the bytes come, at a cost linear in them."""

    config: LimitedConfig

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Takes a place, or answers 503 and closes if there is none."""
        super().connection_made(transport)
        self._register = self.config.register
        self._stage = Stage.HEADERS
        self._since = self.loop.time()
        self._in_headers = False
        self._received = True
        self._header_bytes = 0
        self._advances = 0
        self._bytes_without_advance = 0
        self._ended = False
        self._running: RequestResponseCycle | None = None
        host = self.client[0] if self.client else ""
        client = None if host in self.config.trusted else client_of(host)
        if not self._register.admit(self, client):
            self._refuse(503, "No place is left; try again soon.", "full")

    def connection_lost(self, exc: Exception | None) -> None:
        """Gives the place back."""
        self._ended = True
        self._register.leave(self)
        super().connection_lost(exc)

        if self._running is not None and not self._running.response_complete:
            # Uvicorn tells only the request that came last.
            self._running.disconnected = True
            self._running.message_event.set()

    def data_received(self, data: bytes) -> None:
        """Parses what came, unless the connection is at its end."""
        if self._ended:
            return
        before = self._advances
        super().data_received(data)
        if self._ended or self.transport.is_closing():
            return
        if self._advances == before:
            # The parser keeps an unfinished header in memory, and joins it anew with each piece.
            self._bytes_without_advance += len(data)
            if self._bytes_without_advance > HEADERS_MAX_BYTES:
                self._refuse_headers()
                return
        else:
            self._bytes_without_advance = 0
        self._settle()

    def on_message_begin(self) -> None:
        """Begins to count the headers of a request."""
        super().on_message_begin()
        self._in_headers = True
        self._header_bytes = 0

    def on_url(self, url: bytes) -> None:
        """Counts the request line."""
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Counts a header, or a trailer after a body."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begins a request."""
        if len(self.pipeline) >= PIPELINED_MAX:
            raise HeadersTooLargeError
        self._in_headers = False
        self._received = False
        self._advances += 1
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Takes a piece of a body, and gives it to the application once there is enough."""
        self._advances += 1
        if self.cycle.response_complete:
            return
        self.cycle.body += body
        if len(self.cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        if len(self.cycle.body) >= PIECE_BYTES:
            self.cycle.message_event.set()

    def on_message_complete(self) -> None:
        """Notes that the whole request has come."""
        self._received = True
        self._advances += 1
        super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Starts to answer a request, which may ask whether its client has gone."""
        self._running = cycle
        cycle.scope["extensions"] = {
            GONE: lambda: cycle.disconnected,  # type: ignore[dict-item]
            OPEN_STREAM: lambda listener: self._hand_over(cycle, listener),  # type: ignore[dict-item]
        }
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """Waits for the next request, or begins one that was sent ahead."""
        super().on_response_complete()
        self._settle()

    def pause_writing(self) -> None:
        """Notes that the reader is slow; called once much of a response waits in memory."""
        super().pause_writing()
        size_bytes = self.transport.get_write_buffer_size()
        self._register.reads_slowly(self, size_bytes, self.loop.time())
        self._settle()

    def resume_writing(self) -> None:
        """Notes that the reader has taken it."""
        super().resume_writing()
        self._register.reads(self)
        self._settle()

    def send_400_response(self, msg: str) -> None:
        """Answers a request that is not HTTP, or has too large headers, and closes."""
        if self._ended:
            return
        if self._header_bytes > HEADERS_MAX_BYTES or len(self.pipeline) >= PIPELINED_MAX:
            self._refuse_headers()
        elif self._is_answering():
            self.drop("too_large")
        else:
            super().send_400_response(msg)

    def overdue(self, now: float) -> bool:
        """Returns whether the client has taken too long over what it does now."""
        # Uvicorn may have closed it already; then it waits only for its reader.
        limit_s = IDLE_TIMEOUT_S if self.transport.is_closing() else math.inf
        return now - self._since > min(limit_s, self.config.timeouts_s[self._stage])

    def waits_for_client(self) -> bool:
        """Returns whether it is the client's turn: to send, or to take, what is missing."""
        return self._stage is not Stage.WORKING

    def drop(self, reason: Reason) -> None:
        """Ends the connection at once."""
        closed(reason)
        self._ended = True
        self._register.leave(self)
        self.transport.abort()

    def _hand_over(self, cycle: RequestResponseCycle, listener: Listener) -> OpenStream | None:
        """Gives the connection to a protocol that only writes; None if its client has gone.

        What was sent ahead behind the request is dropped: a stream has no next response.
        """
        if cycle.disconnected or self._ended or self.transport.is_closing():
            return None
        # Neither the cycle nor this protocol has anything more to do; nor may either close it.
        cycle.response_complete = True
        self._ended = True
        self.flow.resume_reading()
        stream = OpenStream(
            self.transport, listener, self._register, self.connections, self.config.timeouts_s
        )
        self._register.replace(self, stream)
        self.connections.discard(self)
        self.transport.set_protocol(stream)
        # The parser holds the protocol, and the protocol the parser.
        self.parser = None  # type: ignore[assignment]
        return stream

    def _count(self, size_bytes: int) -> None:
        self._header_bytes += size_bytes
        if self._header_bytes > HEADERS_MAX_BYTES:
            # Ends the parser's work on what has come; it then calls send_400_response.
            raise HeadersTooLargeError

    def _refuse_headers(self) -> None:
        if self._is_answering():
            # An answer in the middle of another would be taken for a part of it.
            self.drop("too_large")
            return
        message = f"Request line and headers have more than {HEADERS_MAX_BYTES} bytes."
        self._refuse(431, message, "too_large")

    def _refuse(self, status: int, message: str, reason: Reason) -> None:
        """Answers by itself, without the application, and closes."""
        closed(reason)
        self._ended = True
        # It keeps its place until the answer is taken, but not for long.
        self._stage = Stage.LINGERING
        self._since = self.loop.time()
        self._register.waits(self, known=False)
        body = message.encode("ascii")
        retry = b"retry-after: %d\r\n" % RETRY_AFTER_S if status == 503 else b""  # noqa: PLR2004 -- HTTP's number
        self.transport.write(
            b"%scontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n"
            b"%s%sconnection: close\r\n\r\n%s"
            % (STATUS_LINE[status], len(body), SAFE_BYTES, retry, body)
        )
        self.transport.close()

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _settle(self) -> None:
        """Notes what the connection does now, and since when."""
        stage = self._now()
        if stage is self._stage or self._ended:
            return
        self._stage = stage
        self._since = self.loop.time()
        if stage is Stage.WORKING:
            self._register.works(self)
        else:
            known = self.cycle is not None and self.cycle.response_complete
            self._register.waits(self, known=known)

    def _now(self) -> Stage:
        if self.flow.write_paused:
            return Stage.SENDING
        if self.pipeline:
            return Stage.WORKING
        if self.cycle is None:
            return Stage.HEADERS
        if not self.cycle.response_complete:
            return Stage.WORKING if self._received else Stage.BODY
        if not self._received:
            return Stage.LINGERING
        return Stage.HEADERS if self._in_headers else Stage.IDLE
