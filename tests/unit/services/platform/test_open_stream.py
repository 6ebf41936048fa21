"""Streams without an end, behind the project's HTTP server, in this process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from services.platform.connections import ConnectionLimits
from services.platform.http_limits import TIMEOUTS_S, Stage
from services.platform.open_stream import OpenStream, chunk
from tests.support.small_server import Client, Listening, Server, serving

Eventually = Callable[..., Awaitable[object]]

STREAM = b"GET /stream HTTP/1.1\r\nHost: test\r\n\r\n"
SOON_S = 0.2


async def opened(server: Server, eventually: Eventually) -> tuple[Client, Listening, OpenStream]:
    """Returns a client of a new stream, and who writes to it."""
    client = await server.connect(STREAM)
    await client.reader.readuntil(b"first \r\n")
    await eventually(lambda: server.listeners)
    listener = server.listeners.pop()
    assert listener.stream is not None
    return client, listener, listener.stream


async def test_what_is_written_arrives_as_one_response(eventually: Eventually) -> None:
    """Every chunk comes in its order, and the end of the response ends the connection."""
    async with serving() as server:
        client, listener, stream = await opened(server, eventually)
        stream.write(chunk(b"second "))
        stream.write(chunk(b"third"))
        stream.finish()
        rest = await client.reader.read()
        await eventually(lambda: listener.ended)

    assert rest == chunk(b"second ") + chunk(b"third") + b"0\r\n\r\n"
    assert listener.ended == 1


async def test_whoever_writes_is_told_that_the_client_has_gone(eventually: Eventually) -> None:
    """Once, so that its place is free for another."""
    async with serving(ConnectionLimits(1, 1)) as server:
        client, listener, _ = await opened(server, eventually)
        assert (await server.says(b"GET / HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 503")
        client.writer.transport.abort()
        await eventually(lambda: listener.ended)
        await opened(server, eventually)

    assert listener.ended == 1


async def test_a_client_that_takes_nothing_is_closed(eventually: Eventually) -> None:
    """Its writer is asked to keep the rest, and after some time the connection is ended."""
    timeouts_s = {**TIMEOUTS_S, Stage.SENDING: SOON_S}
    async with serving(timeouts_s=timeouts_s) as server:
        client, listener, stream = await opened(server, eventually)
        client.writer.transport.pause_reading()  # type: ignore[attr-defined] # asyncio's has it
        while not stream.is_paused:
            stream.write(chunk(b"x" * 1_000_000))
        await eventually(lambda: listener.ended)

    assert not listener.writable_again


async def test_a_client_that_was_slow_goes_on(eventually: Eventually) -> None:
    """Once it has taken what waited, its writer is told, and nothing is lost."""
    async with serving() as server:
        client, listener, stream = await opened(server, eventually)
        written = 0
        while not stream.is_paused:
            stream.write(chunk(b"x" * 1_000_000))
            written += 1
        piece = await client.reader.readexactly(len(chunk(b"x" * 1_000_000)) * written)
        await eventually(lambda: listener.writable_again)
        stream.write(chunk(b"more"))

        assert piece == chunk(b"x" * 1_000_000) * written
        assert await client.reader.readuntil(b"more\r\n") == chunk(b"more")


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 100_000])
async def test_what_a_client_sends_later_is_dropped(sent: bytes, eventually: Eventually) -> None:
    """A stream has no next request: nothing is kept of it, and the stream goes on."""
    async with serving() as server:
        client, _, stream = await opened(server, eventually)
        client.writer.write(sent)
        await client.writer.drain()
        stream.write(chunk(b"more"))

        assert await client.reader.readuntil(b"more\r\n") == chunk(b"more")


async def test_a_server_that_stops_ends_its_streams(eventually: Eventually) -> None:
    """With the end of the response, and without waiting for clients that take nothing."""
    async with serving() as server:
        client, listener, _ = await opened(server, eventually)
        slow, deaf, stream = await opened(server, eventually)
        slow.writer.transport.pause_reading()  # type: ignore[attr-defined] # asyncio's has it
        while not stream.is_paused:
            stream.write(chunk(b"x" * 1_000_000))
        await server.stop()

        assert await client.reader.read() == b"0\r\n\r\n"
        assert (listener.ended, deaf.ended) == (1, 1)
