"""Runs the ticker behind uvicorn."""

from __future__ import annotations

import socket
from typing import Final

from fastapi import FastAPI

from services.platform.connections import ConnectionLimits, within_file_limit
from services.platform.garbage import QuietCollection
from services.platform.health import Health, health_endpoint
from services.platform.http_server import HttpConfig, HttpServer
from services.platform.metrics import TICKER_STREAM_CLIENTS
from services.platform.settings import Settings
from services.platform.tracing import tracing
from services.ticker.app import create_app
from services.ticker.broadcast.subscribers import CLIENTS_MAX
from services.ticker.routes.context import AppContext
from services.ticker.routes.kept_answers import KeptAnswers
from services.ticker.routes.stream_lane import StreamLane

CONNECTIONS_BESIDE: Final = 4_000
"""Connections beside those of streams, so that pages are served while all streams are open: those
that wait for their reader give way, and a page takes some milliseconds."""

CONNECTIONS: Final = ConnectionLimits(
    total_max=CLIENTS_MAX + CONNECTIONS_BESIDE, per_client_max=3_000
)
"""A sixth for one address, behind which there may be a whole company or a whole village."""

QUIET_TICKS: Final = 3
"""Tenths of a second without a change after which nobody waits for an event: that is how long one
takes to all of 15,000 streams at most."""

SHUTDOWN_TIMEOUT_S: Final = 5
"""Streams are ended at once, so only short responses are still being sent at shutdown."""


class Server(HttpServer):
    """A server that closes its streams at shutdown; they would never end by themselves."""

    def __init__(self, app: FastAPI, config: HttpConfig) -> None:
        super().__init__(config)
        self._context: AppContext = app.state.context
        self.health = Health()
        self.garbage = QuietCollection()
        self._changes = 0
        self._quiet_ticks = 0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen, then reports ready to the health endpoint."""
        await super().startup(sockets)
        self.health.ready()

    async def on_tick(self, counter: int) -> bool:
        """Reports to the health endpoint, ten times a second, that the event loop runs.

        Once no event is on its way to anybody, garbage is collected.
        """
        self.health.beat()
        changes = self._context.followers.changes()
        self._quiet_ticks = self._quiet_ticks + 1 if changes == self._changes else 0
        self._changes = changes
        self.garbage.collect_if_due(quiet=self._quiet_ticks >= QUIET_TICKS)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Closes the streams, waits for responses under way, and stops."""
        self._context.subscribers.close()
        await super().shutdown(sockets)


def configure(
    app: FastAPI, settings: Settings, limits: ConnectionLimits = CONNECTIONS
) -> HttpConfig:
    """Returns how an application is served: its address and its limits."""
    context: AppContext = app.state.context
    return HttpConfig(
        StreamLane(KeptAnswers(app, context.followers.changes), context),
        host=settings.ticker_host,
        port=settings.ticker_port,
        limits=limits,
        shutdown_timeout_s=SHUTDOWN_TIMEOUT_S,
        trusted_proxies=settings.trusted_proxies,
    )


def streams_among(connections: int) -> int:
    """Returns how many connections may be streams, where there are fewer than CONNECTIONS."""
    return max(1, connections * CLIENTS_MAX // CONNECTIONS.total_max)


def run(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT. Raises SystemExit with status 3 if the port is taken."""
    room = within_file_limit(CONNECTIONS)
    app = create_app(settings, clients_max=streams_among(room.total_max))
    server = Server(app, configure(app, settings, room))
    context: AppContext = app.state.context
    TICKER_STREAM_CLIENTS.set_function(lambda: len(context.subscribers))
    with (
        tracing(settings, "ticker"),
        health_endpoint(settings.metrics_host, settings.metrics_port, server.health),
    ):
        server.garbage.begin()
        server.run()
