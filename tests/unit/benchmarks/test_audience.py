"""An audience that is refused is no measurement."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from benchmarks.arguments import parse
from benchmarks.stream_readers import Arrivals, AudienceError, connect_all, require_all_open

STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
FULL = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@asynccontextmanager
async def serving(*answers: bytes) -> AsyncIterator[tuple[int, list[asyncio.StreamWriter]]]:
    """Yields the port of a server that gives each connection the next answer, and its connections.

    All but those that were answered with a stream are closed at once.
    """
    rest = iter(answers)
    served: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        answer = next(rest)
        writer.write(answer)
        if answer != STREAM:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], served
    for writer in served:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([STREAM, FULL, STREAM], "1 of 3 readers have no stream: HTTP/1.1 503"),
        ([STREAM, b"", b""], "2 of 3 readers have no stream: closed without an answer"),
    ],
)
async def test_readers_that_are_refused_end_the_run(answers: list[bytes], said: str) -> None:
    """Neither a 503 nor a closed connection counts as a reader."""
    async with serving(*answers) as (port, _):
        with pytest.raises(AudienceError, match=said):
            await connect_all(port, "/", len(answers), Arrivals())


async def test_a_reader_that_is_cut_off_later_ends_the_run_too(
    eventually: Callable[..., Awaitable[object]],
) -> None:
    """What the others got would look like the whole audience's."""
    async with serving(STREAM, STREAM) as (port, served):
        readers = await connect_all(port, "/", 2, Arrivals())
        require_all_open(readers)
        served[0].close()
        await eventually(lambda: any(reader.closed for reader in readers))
        with pytest.raises(AudienceError, match="1 of 2 readers"):
            require_all_open(readers)
        for reader in readers:
            reader.close()


def test_a_part_that_a_quick_run_leaves_out_cannot_be_asked_of_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It would end with status 0 and no figure."""
    with pytest.raises(SystemExit) as ended:
        parse(["--quick", "--only", "audience"])

    assert ended.value.code == 2
    assert "--quick leaves out audience" in capsys.readouterr().err
    assert parse(["--only", "audience"]).only == ["audience"]
