"""Many readers of one event stream, and whether all of them have it.

Run as a process of its own, because open files are limited for each process:

    python -m benchmarks.stream_readers

It takes commands from its input and answers each with a line of JSON; see `_serve`.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
import zlib
from functools import lru_cache
from typing import Any

import uvloop

from services.ticker.broadcast.frame import GZIP_HEADER

CONNECTING_AT_ONCE = 200
CONNECTING_PAUSE_S = 0.05

ANSWER_TIMEOUT_S = 240.0
"""How long the last of the readers may wait for its answer; within seconds on a quiet machine."""

READERS_OF_ADDRESS = 1_000
"""Readers that share an address of 127.0.0.0/8: a ticker gives no address all its places, and the
ports of one are few."""

CHUNKS_KEPT = 4_096

_EVENT_ID = re.compile(rb"^id: (\d+-\d+)$", re.MULTILINE)


class AudienceError(RuntimeError):
    """Readers have no stream, so that nothing was measured; the message says how many, and why."""


@lru_cache(maxsize=CHUNKS_KEPT)
def ids_of(chunk: bytes) -> tuple[str, ...]:
    """Returns the ids of a chunk's events, compressed as the ticker does it."""
    body = chunk.removeprefix(GZIP_HEADER)
    events = zlib.decompressobj(-zlib.MAX_WBITS).decompress(body)
    return tuple(found.decode() for found in _EVENT_ID.findall(events))


class Arrivals:
    """When each event came to the first and to the last reader, in milliseconds since 1970."""

    def __init__(self) -> None:
        self.first: dict[str, float] = {}
        self.last: dict[str, float] = {}
        self.known: dict[bytes, tuple[str, ...]] = {}

    def came(self, ids: tuple[str, ...]) -> None:
        """Notes that a reader has these events now."""
        now = time.time() * 1_000
        for each in ids:
            self.first.setdefault(each, now)
            self.last[each] = now


class Reader(asyncio.Protocol):
    """One reader: records the ids that it received.

    `status` is the first line of its answer, `closed` whether its stream has ended.
    """

    def __init__(self, request: bytes, arrivals: Arrivals) -> None:
        self._request = request
        self._arrivals = arrivals
        self._rest = b""
        self.answered = asyncio.Event()
        self.ended = asyncio.Event()
        self.events: list[tuple[str, ...]] = []
        self.received = 0
        self.status = ""
        self.closed = False
        self._transport: asyncio.Transport | None = None

    @property
    def ids(self) -> list[str]:
        """The ids it received, in their order."""
        return [each for together in self.events for each in together]

    @property
    def last(self) -> str:
        """The last id it received, blank if there is none."""
        return self.events[-1][-1] if self.events else ""

    @property
    def is_open(self) -> bool:
        """Whether it has a stream that goes on."""
        return not self.closed and " 200 " in self.status

    def asks_again(self) -> None:
        """Makes it ask for what comes after its last event when it connects next."""
        header = f"Last-Event-ID: {self.last}\r\n" if self.last else ""
        head = self._request.partition(b"Last-Event-ID")[0].removesuffix(b"\r\n\r\n")
        self._request = head.removesuffix(b"\r\n") + f"\r\n{header}\r\n".encode()
        self._rest, self.status, self.closed = b"", "", False
        self.answered, self.ended = asyncio.Event(), asyncio.Event()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Asks for the stream. uvloop's transports are no subclass of asyncio's."""
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Records the ids in what arrived. What came to others before is not read again."""
        self.received += len(data)
        ids = None if self._rest else self._arrivals.known.get(data)
        if ids is None:
            whole = bool(self.status) and not self._rest
            ids = self._read(self._rest + data)
            if whole and not self._rest:
                self._arrivals.known[data] = ids
        if ids:
            self.events.append(ids)
            self._arrivals.came(ids)

    def _read(self, data: bytes) -> tuple[str, ...]:
        if not self.status:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._rest = head
                return ()
            self.status = head.partition(b"\r\n")[0].decode("ascii", "replace")
            self.answered.set()
        ids: tuple[str, ...] = ()
        while b"\r\n" in data:
            size, _, rest = data.partition(b"\r\n")
            length = int(size, 16)
            if len(rest) < length + 2:
                break
            ids += ids_of(rest[:length]) if length else ()
            data = rest[length + 2 :]
        self._rest = data
        return ids

    def close(self) -> None:
        """Ends its stream."""
        if self._transport:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Notes the end of the stream, also instead of an answer."""
        self.closed = True
        self.answered.set()
        self.ended.set()


def require_all_open(readers: list[Reader]) -> None:
    """Raises AudienceError unless every reader has a stream that goes on."""
    without = [reader for reader in readers if not reader.is_open]
    if without:
        why = without[0].status or "closed without an answer"
        raise AudienceError(f"{len(without)} of {len(readers)} readers have no stream: {why}")


async def connect_all(port: int, path: str, clients: int, arrivals: Arrivals) -> list[Reader]:
    """Returns that many readers, connected to a stream.

    Raises AudienceError if any has none, and TimeoutError if one is not answered; then all are
    closed.
    """
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    readers = [Reader(request, arrivals) for _ in range(clients)]
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            await _connect(port, list(enumerate(readers)))
            await asyncio.gather(*(reader.answered.wait() for reader in readers))
        require_all_open(readers)
    except (AudienceError, TimeoutError):
        for reader in readers:
            reader.close()
        raise
    return readers


async def reconnect_all(port: int, readers: list[Reader]) -> None:
    """Connects every reader again, each after its last event, as soon as there is a server.

    Raises as `connect_all` does.
    """
    async with asyncio.timeout(ANSWER_TIMEOUT_S):
        await asyncio.gather(*(reader.ended.wait() for reader in readers))
        for reader in readers:
            reader.asks_again()
        await _connect(port, list(enumerate(readers)))
        await asyncio.gather(*(reader.answered.wait() for reader in readers))
    require_all_open(readers)


async def _connect(port: int, numbered: list[tuple[int, Reader]]) -> None:
    """Connects readers, from addresses by their number, not more than a few at once."""
    loop = asyncio.get_running_loop()
    places = asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def one(number: int, reader: Reader) -> None:
        source = f"127.0.0.{2 + number // READERS_OF_ADDRESS}"
        async with places:
            while True:
                try:
                    await loop.create_connection(
                        lambda: reader, "127.0.0.1", port, local_addr=(source, 0)
                    )
                except ConnectionError:
                    await asyncio.sleep(CONNECTING_PAUSE_S)
                else:
                    return

    await asyncio.gather(*(one(number, reader) for number, reader in numbered))


def report(readers: list[Reader], arrivals: Arrivals, sent: list[str]) -> dict[str, Any]:
    """Returns how the events that were sent came: delays in milliseconds, and what is missing."""
    wanted = set(sent)
    came = [each for each in sent if each in arrivals.first]
    received = [reader.ids for reader in readers]
    return {
        "first": [arrivals.first[each] - _place(each)[0] for each in came],
        "last": [arrivals.last[each] - _place(each)[0] for each in came],
        "spread": [arrivals.last[each] - arrivals.first[each] for each in came],
        "to_nobody": len(sent) - len(came),
        "missing": sum(len(wanted - set(ids)) for ids in received),
        "repeated": sum(len(ids) - len(set(ids)) for ids in received),
        "disordered": sum(ids != sorted(ids, key=_place) for ids in received),
        "bytes_received": sum(reader.received for reader in readers),
    }


@lru_cache(maxsize=CHUNKS_KEPT)
def _place(feed_id: str) -> tuple[int, int]:
    time_ms, _, number = feed_id.partition("-")
    return int(time_ms), int(number)


async def _serve() -> None:
    """Connects, connects again, and reports, as it is told: `[name, arguments…]`, a line each."""
    loop = asyncio.get_running_loop()
    arrivals = Arrivals()
    readers: list[Reader] = []
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        began = time.perf_counter()
        answer: dict[str, Any] = {}
        try:
            match json.loads(line):
                case ["connect", port, path, clients]:
                    readers = await connect_all(port, path, clients, arrivals)
                case ["reconnect", port]:
                    await reconnect_all(port, readers)
                case ["report", sent]:
                    require_all_open(readers)
                    answer = report(readers, arrivals, sent)
                case ["behind", last]:
                    answer = {"behind": sum(reader.last != last for reader in readers)}
                case other:
                    answer = {"error": f"{other!r} is no command"}
        except (AudienceError, TimeoutError) as error:
            answer = {"error": str(error) or "readers were not answered in time"}
        answer["seconds"] = time.perf_counter() - began
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    uvloop.run(_serve())
