"""Runs the ticker behind uvicorn."""

from __future__ import annotations

import socket
from typing import Final

import uvicorn
from fastapi import FastAPI

from services.platform.health import Health, health_endpoint
from services.platform.metrics import TICKER_STREAM_CLIENTS
from services.platform.settings import Settings
from services.ticker.app import create_app
from services.ticker.routes.context import AppContext

KEEP_ALIVE_S: Final = 30
"""How long an idle connection stays open for the reader's next page."""

SHUTDOWN_TIMEOUT_S: Final = 5
"""Streams are ended at once, so only short responses are still being sent at shutdown."""

BACKLOG: Final = 4_096
"""Connections waiting to be accepted: after a restart every reader comes back within a second."""


class Server(uvicorn.Server):
    """A uvicorn server that closes its streams at shutdown; they would never end by themselves."""

    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._context: AppContext = app.state.context
        self.health = Health()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen, then reports ready to the health endpoint."""
        await super().startup(sockets)
        self.health.ready()

    async def on_tick(self, counter: int) -> bool:
        """Reports to the health endpoint, ten times a second, that the event loop runs."""
        self.health.beat()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Closes the streams, waits for responses under way, and stops."""
        self._context.subscribers.close()
        await super().shutdown(sockets)


def run(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT. Raises SystemExit with status 3 if the port is taken."""
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.ticker_host,
        port=settings.ticker_port,
        loop="uvloop",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=SHUTDOWN_TIMEOUT_S,
    )
    server = Server(app, config)
    context: AppContext = app.state.context
    TICKER_STREAM_CLIENTS.set_function(lambda: len(context.subscribers))
    with health_endpoint(settings.metrics_host, settings.metrics_port, server.health):
        server.run()
