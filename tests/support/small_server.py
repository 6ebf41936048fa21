"""A small application behind the project's HTTP server, in this process, and clients of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from services.platform.connections import ConnectionLimits
from services.platform.http_limits import TIMEOUTS_S, Stage
from services.platform.http_server import HttpConfig, HttpServer
from services.platform.open_stream import OPEN_STREAM, OpenStream

WIDE = ConnectionLimits(100, 100)


class Client:
    """One connection, and whether the server still holds it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def is_closed(self) -> bool:
        """Returns whether the server has ended it; sends a little to find out."""
        if not self.writer.transport.is_closing() and not self.reader.at_eof():
            self.writer.write(b" ")
        return self.writer.transport.is_closing() or self.reader.at_eof()


class Listening:
    """Who writes to one stream of the application, and what it was told of its client."""

    def __init__(self) -> None:
        self.stream: OpenStream | None = None
        self.writable_again = 0
        self.ended = 0

    def writable(self) -> None:
        self.writable_again += 1

    def gone(self) -> None:
        self.ended += 1


class Opened(Response):
    """Begins a stream, and hands it over to a listener, who joins `listeners`."""

    def __init__(self, listeners: list[Listening]) -> None:
        self._listeners = listeners
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- ASGI
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first ", "more_body": True})
        listener = Listening()
        listener.stream = scope["extensions"][OPEN_STREAM](listener)
        self._listeners.append(listener)


class Server:
    """A running server, its small application, and clients of it.

    `stop` tells it to end while its clients are still there, and waits until it has.
    """

    def __init__(self) -> None:
        self.port = 0
        self.held = 0
        self.let_go = asyncio.Event()
        self.clients: list[Client] = []
        self.listeners: list[Listening] = []
        self.stop: Callable[[], Awaitable[None]]

    def application(self) -> Starlette:
        async def who(request: Request) -> Response:
            host = request.client.host if request.client else ""
            return PlainTextResponse(f"{host} {request.url.scheme}")

        async def refuse(_: Request) -> Response:
            return PlainTextResponse("no", 401)

        async def long(_: Request) -> Response:
            return PlainTextResponse("x" * 4_000_000)

        async def open_stream(_: Request) -> Response:
            return Opened(self.listeners)

        async def hold(_: Request) -> Response:
            self.held += 1
            await self.let_go.wait()
            return PlainTextResponse("held")

        async def body(request: Request) -> Response:
            try:
                return PlainTextResponse(str(len(await request.body())))
            except ClientDisconnect:
                return Response()

        return Starlette(
            routes=[
                Route("/", who),
                Route("/refuse", refuse, methods=["POST"]),
                Route("/long", long),
                Route("/hold", hold),
                Route("/stream", open_stream),
                Route("/body", body, methods=["POST"]),
            ]
        )

    async def connect(self, sent: bytes = b"") -> Client:
        """Returns a connection on which something was sent."""
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port, limit=1_024))
        client.writer.write(sent)
        self.clients.append(client)
        return client

    async def says(self, sent: bytes) -> bytes:
        """Returns everything that the server says until it closes the connection."""
        client = await self.connect(sent)
        heard = b""
        # A server that closes before it has read everything resets the connection.
        with suppress(ConnectionError):
            while piece := await client.reader.read(65_536):
                heard += piece
        return heard


@asynccontextmanager
async def serving(
    limits: ConnectionLimits = WIDE,
    timeouts_s: Mapping[Stage, float] = TIMEOUTS_S,
    trusted_proxies: str = "",
) -> AsyncIterator[Server]:
    """Serves the small application."""
    made = Server()
    config = HttpConfig(
        made.application(),
        host="127.0.0.1",
        port=0,
        limits=limits,
        shutdown_timeout_s=1,
        trusted_proxies=trusted_proxies,
        timeouts_s=timeouts_s,
    )
    server = HttpServer(config)
    serve = asyncio.create_task(server.serve())
    while not (server.started and server.servers):
        if serve.done():
            serve.result()
        await asyncio.sleep(0.01)
    made.port = server.servers[0].sockets[0].getsockname()[1]

    async def stop() -> None:
        server.should_exit = True
        await serve

    made.stop = stop
    try:
        yield made
    finally:
        made.let_go.set()
        for client in made.clients:
            client.writer.transport.abort()
        await stop()
