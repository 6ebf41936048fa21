"""The limits of the HTTP server, on a socket of this machine and with a small application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.applications import Starlette

from services.platform.connections import ConnectionLimits
from services.platform.http_limits import HEADERS_MAX_BYTES, PIPELINED_MAX, TIMEOUTS_S, Stage
from services.platform.http_server import HttpConfig, HttpServer
from tests.support.small_server import WIDE, serving

Eventually = Callable[..., Awaitable[Any]]

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"
SOON_S = 0.3
"""A limit of time that a test may wait for."""


def soon(*stages: Stage) -> dict[Stage, float]:
    """Returns limits of time that are short for some stages and long for all others."""
    return {stage: SOON_S if stage in stages else 600.0 for stage in Stage}


@pytest.mark.parametrize(
    ("sent", "stage"),
    [
        (b"", Stage.HEADERS),
        (b"GET / HT", Stage.HEADERS),
        (b"GET / HTTP/1.1\r\nX-a: b", Stage.HEADERS),
        (b"POST /body HTTP/1.1\r\nContent-Length: 99\r\n\r\n1", Stage.BODY),
        (b"POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", Stage.BODY),
        (b"POST /refuse HTTP/1.1\r\nContent-Length: 99\r\n\r\n1", Stage.LINGERING),
        (GET, Stage.IDLE),
        (GET + b"GET / HTTP/1.1\r\n", Stage.HEADERS),
    ],
    ids=[
        "silent",
        "half a request line",
        "half a header",
        "half a body",
        "half a body in chunks",
        "half a body that was refused",
        "idle after an answer",
        "half a second request",
    ],
)
async def test_a_client_that_does_nothing_is_closed(sent: bytes, stage: Stage) -> None:
    """Whatever a client has begun, it is closed if it does not go on."""
    async with serving(timeouts_s=soon(stage)) as server:
        answer = await server.says(sent)

    assert answer.count(b"HTTP/1.1 ") <= 1


async def test_a_reader_that_takes_nothing_is_closed(eventually: Eventually) -> None:
    """A client that asks for much and reads none of it does not keep its connection."""
    async with serving(timeouts_s=soon(Stage.SENDING)) as server:
        client = await server.connect(b"GET /long HTTP/1.1\r\n\r\n" * 3)
        client.writer.transport.pause_reading()  # type: ignore[attr-defined] # asyncio's has it
        await eventually(client.is_closed)


async def test_a_request_at_work_is_not_timed(eventually: Eventually) -> None:
    """The limits of time are the clients'; the application may work for longer."""
    limits_s = dict.fromkeys(Stage, SOON_S) | {Stage.WORKING: TIMEOUTS_S[Stage.WORKING]}
    async with serving(timeouts_s=limits_s) as server:
        at_work = await server.connect(b"GET /hold HTTP/1.1\r\nConnection: close\r\n\r\n")
        await eventually(lambda: server.held == 1)
        assert await server.says(b"") == b""
        server.let_go.set()
        assert (await at_work.reader.read()).endswith(b"held")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nX-a: " + b"a" * 2_000_000,
        b"GET /" + b"a" * 2_000_000,
        b"GET / HTTP/1.1\r\n" + b"X-a: b\r\n" * 200_000,
        b"GET / HTTP/1.1\r\nX-a: " + b"a" * HEADERS_MAX_BYTES + b"\r\n\r\n",
        b"\r\n" * 1_000_000,
    ],
    ids=["a header without end", "a path without end", "many headers", "a large one", "no request"],
)
async def test_headers_over_the_limit_are_refused_as_they_come(sent: bytes) -> None:
    """The answer is 431 or a reset, and never the application's."""
    async with serving() as server:
        answer = await server.says(sent)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")


async def test_trailers_without_end_are_refused() -> None:
    """What follows a body in chunks is limited as headers are."""
    chunked = b"POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
    async with serving() as server:
        endless = await server.says(chunked + b"X-a: " + b"a" * 2_000_000)
        many = await server.says(chunked + b"X-a: b\r\n" * 200_000)

    assert b" 200 " not in endless + many


async def test_a_request_with_two_lengths_hides_no_other() -> None:
    """What stands behind a body in chunks is no request, whatever a length beside it says."""
    two = b"POST /body HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
    hidden = b"0\r\n\r\nGET /long HTTP/1.1\r\nConnection: close\r\n\r\n"
    async with serving() as server:
        answer = await server.says(two + hidden)
        twice = await server.says(
            b"POST /body HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n12345"
        )

    assert b"xxx" not in answer
    assert twice.startswith(b"HTTP/1.1 400 ")


async def test_headers_within_the_limit_are_taken() -> None:
    """Large cookies and long addresses are served, also in small pieces."""
    request = b"GET /?" + b"q" * 7_000 + b" HTTP/1.1\r\nCookie: " + b"c" * 8_000
    async with serving() as server:
        client = await server.connect()
        for start in range(0, len(request), 1_000):
            client.writer.write(request[start : start + 1_000])
            await client.writer.drain()
        client.writer.write(b"\r\nConnection: close\r\n\r\n")
        assert (await client.reader.read()).startswith(b"HTTP/1.1 200 ")


async def test_a_large_body_is_no_large_header() -> None:
    """A body is limited by the application, and not by the limit of headers."""
    sent = b"POST /body HTTP/1.1\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n"
    async with serving() as server:
        answer = await server.says(sent + b"x" * 1_000_000)

    assert answer.endswith(b"1000000")


async def test_requests_sent_ahead_are_limited() -> None:
    """A few are answered in order; a client that sends very many ahead is closed."""
    async with serving() as server:
        few = await server.says(GET * 5 + LAST)
        many = await server.says(GET * (10 * PIPELINED_MAX))

    assert few.count(b"HTTP/1.1 200 ") == 6
    assert many.count(b"HTTP/1.1 200 ") < 10 * PIPELINED_MAX


async def test_a_full_server_serves_a_new_client_for_a_silent_one() -> None:
    """With every place taken by silent connections a request is answered."""
    async with serving(limits=ConnectionLimits(20, 20)) as server:
        for _ in range(50):
            await server.connect()
        assert (await server.says(LAST)).startswith(b"HTTP/1.1 200 ")


async def test_a_server_full_of_work_says_so(eventually: Eventually) -> None:
    """If every place has a request at work, a new connection is answered with 503."""
    async with serving(limits=ConnectionLimits(3, 3)) as server:
        for _ in range(3):
            await server.connect(b"GET /hold HTTP/1.1\r\n\r\n")
        await eventually(lambda: server.held == 3)
        answer = await server.says(b"")

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 5" in answer


FORWARDED = (
    b"GET / HTTP/1.1\r\nX-Forwarded-For: 198.51.100.9, 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"
    b"Connection: close\r\n\r\n"
)


@pytest.mark.parametrize(
    ("trusted", "seen"),
    [
        ("", b"127.0.0.1 http"),
        ("10.0.0.0/8", b"127.0.0.1 http"),
        ("127.0.0.0/8, 10.0.0.1", b"192.0.2.7 https"),
    ],
)
async def test_a_forwarded_address_is_believed_of_named_proxies_only(
    trusted: str, seen: bytes
) -> None:
    """The last address that no named proxy has is the client's; from others nothing counts."""
    async with serving(trusted_proxies=trusted) as server:
        assert (await server.says(FORWARDED)).endswith(seen)


async def test_behind_a_proxy_requests_are_limited_by_client(eventually: Eventually) -> None:
    """A proxy's clients are told apart by what it forwards: one that has too many is refused."""

    def hold(address: bytes) -> bytes:
        return b"GET /hold HTTP/1.1\r\nX-Forwarded-For: %s\r\n\r\n" % address

    limits = ConnectionLimits(100, 2)
    async with serving(limits=limits, trusted_proxies="127.0.0.1") as server:
        for _ in range(2):
            await server.connect(hold(b"192.0.2.7"))
        await eventually(lambda: server.held == 2)
        refused = await server.connect(hold(b"192.0.2.7"))
        assert b" 503 " in await refused.reader.readline()
        await server.connect(hold(b"192.0.2.8"))
        await eventually(lambda: server.held == 3)


async def test_a_taken_port_ends_the_start() -> None:
    """The status is 3, as uvicorn has it."""
    async with serving() as server:
        config = HttpConfig(
            Starlette(), host="127.0.0.1", port=server.port, limits=WIDE, shutdown_timeout_s=1
        )
        with pytest.raises(SystemExit) as ended:
            await HttpServer(config).serve()

    assert ended.value.code == 3


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /long HTTP/1.1\r\n\r\n",
        b"POST /body HTTP/1.1\r\nContent-Length: 99\r\n\r\n1",
        b"GET / HT",
    ],
    ids=["takes nothing", "half a body", "half a request line"],
)
async def test_a_server_that_stops_lets_go_of_clients_that_do_not_go_on(
    sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Without an error in its log for each of them: there may be thousands."""
    async with serving() as server:
        clients = [await server.connect(sent) for _ in range(3)]
        await server.says(LAST)
        await server.stop()

        assert not [each for each in caplog.records if each.levelname == "ERROR"]
        for client in clients:
            client.writer.transport.abort()
