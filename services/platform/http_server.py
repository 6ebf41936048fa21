"""The HTTP server of intake and the ticker: uvicorn, with limits of time, bytes and connections."""

from __future__ import annotations

import asyncio
from typing import Any, Final, cast

import uvicorn
from starlette.types import ASGIApp

from services.platform.addresses import Networks, networks
from services.platform.connections import ConnectionLimits, Register, within_file_limit
from services.platform.limited_protocol import KEEP_ALIVE_S, LimitedConfig, LimitedProtocol
from services.platform.requests_by_client import RequestsByClient

SWEEP_EVERY_TICKS: Final = 10
"""A tick of uvicorn is a tenth of a second, so that limits of time hold to a second."""

BACKLOG: Final = 4_096
"""Connections waiting to be accepted: after a restart every reader comes back within a second."""


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
        **options: Any,
    ) -> None:
        self.trusted = Networks(trusted_proxies)
        self.register = Register(within_file_limit(limits))
        if self.trusted:
            app = RequestsByClient(app, limits.per_client_max)
        super().__init__(
            cast("Any", app),
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

    async def on_tick(self, counter: int) -> bool:
        """Looks at the connections once a second."""
        if counter % SWEEP_EVERY_TICKS == 0:
            self.config.register.sweep(asyncio.get_running_loop().time())
        return await super().on_tick(counter)
