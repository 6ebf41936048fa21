"""The services' HTTP server: uvicorn, with limits of time, bytes and connections."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Mapping
from typing import Any, Final, cast

import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import STARTUP_FAILURE

from services.platform.acceptor import Acceptor, bind
from services.platform.addresses import Networks, networks
from services.platform.connections import ConnectionLimits, Register, within_file_limit
from services.platform.fair_turns import FairTurns
from services.platform.http_limits import KEEP_ALIVE_S, TIMEOUTS_S, Stage
from services.platform.limited_protocol import LimitedConfig, LimitedProtocol
from services.platform.requests_by_client import RequestsByClient
from services.platform.response_headers import ResponseHeaders
from services.platform.safe_headers import safe

SWEEP_EVERY_TICKS: Final = 10
"""A tick of uvicorn is a tenth of a second, so that limits of time hold to a second."""

BACKLOG: Final = 4_096
"""Connections waiting to be accepted: after a restart every reader comes back within a second."""

LET_GO_SHARE: Final = 0.5
"""At a stop, clients have this share of its time to send or take the rest. After it they are let
go of, so that what answers them ends by itself and not by being cancelled."""

_log = structlog.get_logger()


class HttpConfig(LimitedConfig):
    """Uvicorn's settings for one of our services, with its limits.

    `trusted_proxies` lists the addresses or networks whose forwarded headers are believed.
    """

    def __init__(  # noqa: PLR0913 -- each is an option of the server
        self,
        app: ASGIApp,
        *,
        host: str,
        port: int,
        limits: ConnectionLimits,
        shutdown_timeout_s: int,
        trusted_proxies: str = "",
        timeouts_s: Mapping[Stage, float] = TIMEOUTS_S,
        **options: Any,
    ) -> None:
        self.trusted = Networks(trusted_proxies)
        self.timeouts_s = timeouts_s
        self.register = Register(within_file_limit(limits))
        app = FairTurns(app)
        if self.trusted:
            app = RequestsByClient(app, limits.per_client_max)
        super().__init__(
            cast("Any", ResponseHeaders(app, safe)),
            host=host,
            port=port,
            http=LimitedProtocol,
            ws="none",
            loop="uvloop",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(self.trusted),
            forwarded_allow_ips=networks(trusted_proxies),
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=shutdown_timeout_s,
            **options,
        )


class HttpServer(uvicorn.Server):
    """A uvicorn server that ends connections whose clients take too long."""

    config: HttpConfig

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts the application, then listens.

        Raises SystemExit with status 3 if the application does not start or the port is taken.
        """
        try:
            bound = sockets or await bind(self.config.host, self.config.port)
        except OSError as error:
            _log.error(
                "cannot_listen", host=self.config.host, port=self.config.port, error=str(error)
            )
            sys.exit(STARTUP_FAILURE)
        try:
            # Uvicorn itself listens on none.
            await super().startup(sockets=[])
        except BaseException:
            for each in bound:
                each.close()
            raise
        acceptor = Acceptor(bound, self._protocol)
        self.servers = [acceptor]  # type: ignore[list-item] # it has what uvicorn asks for
        acceptor.listen(self.config.backlog)
        for each in bound:
            _log.info("listening", address=each.getsockname()[:2])

    def _protocol(self) -> LimitedProtocol:
        return LimitedProtocol(self.config, self.server_state, self.lifespan.state)

    async def on_tick(self, counter: int) -> bool:
        """Looks at the connections once a second."""
        if counter % SWEEP_EVERY_TICKS == 0:
            self.config.register.sweep(asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Waits for responses under way, but not to the end for clients that do not go on."""
        time_s = self.config.timeout_graceful_shutdown or 0
        letting_go = asyncio.get_running_loop().call_later(LET_GO_SHARE * time_s, self._let_go)
        try:
            await super().shutdown(sockets)
        finally:
            letting_go.cancel()

    def _let_go(self) -> None:
        connections = self.config.register.let_go()
        if connections:
            _log.info("clients that did not go on were let go of", connections=connections)
