"""Runs the ticker behind uvicorn."""

from __future__ import annotations

import socket

import uvicorn
from fastapi import FastAPI

from services.platform.health import Health, health_endpoint
from services.platform.metrics import TICKER_STREAM_CLIENTS
from services.platform.settings import Settings
from services.ticker.app import create_app

KEEP_ALIVE_S = 30
"""How long an idle connection is kept for the reader's next page."""

SHUTDOWN_TIMEOUT_S = 5
"""Streams are ended at once, so what is left at the end is an answer on its way."""

BACKLOG = 4_096
"""Connections waiting to be accepted: after a restart every reader comes back within a second."""


class Server(uvicorn.Server):
    """A server that ends its streams when told to stop; by themselves they never would."""

    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._app = app
        self.health = Health()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen, and says so."""
        await super().startup(sockets)
        self.health.ready()

    async def on_tick(self, counter: int) -> bool:
        """Tells the health endpoint, ten times a second, that the loop comes round."""
        self.health.beat()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends the streams, waits for answers on their way, and stops."""
        self._app.state.desk.audience.close()
        await super().shutdown(sockets)


def run(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT. Raises SystemExit with 3 where the port cannot be had."""
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
    audience = app.state.desk.audience
    TICKER_STREAM_CLIENTS.set_function(lambda: len(audience))
    with health_endpoint(settings.metrics_host, settings.metrics_port, server.health):
        server.run()
