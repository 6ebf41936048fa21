"""An identity provider that says whatever a test has it say, also what no sound one does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.platform.http_server import HttpConfig, HttpServer
from tests.support.small_server import WIDE


class FalseProvider:
    """What it says: `id_token` for every code, and `more` about everybody. `key` is its own."""

    def __init__(self) -> None:
        self.issuer = ""
        self.calls_itself: str | None = None
        self.key = RSAKey.generate_key(2_048, parameters={"kid": "own"})
        self.id_token = ""
        self.more: dict[str, Any] = {}

    def application(self) -> Starlette:
        """Returns what answers as a provider does."""

        async def metadata(_: Request) -> Response:
            said = {
                "issuer": self.calls_itself or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/more",
                "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
            }
            return JSONResponse(said)

        async def keys(_: Request) -> Response:
            return JSONResponse({"keys": [self.key.as_dict(private=False)]})

        async def token(_: Request) -> Response:
            said = {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token}
            return JSONResponse({name: value for name, value in said.items() if value})

        async def more(_: Request) -> Response:
            return JSONResponse(self.more)

        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", metadata),
                Route("/keys", keys),
                Route("/token", token, methods=["POST"]),
                Route("/more", more),
            ]
        )


@asynccontextmanager
async def false_provider() -> AsyncIterator[FalseProvider]:
    """Serves it on this machine."""
    made = FalseProvider()
    config = HttpConfig(
        made.application(), host="127.0.0.1", port=0, limits=WIDE, shutdown_timeout_s=1
    )
    server = HttpServer(config)
    serving = asyncio.create_task(server.serve())
    while not (server.started and server.servers):
        if serving.done():
            serving.result()
        await asyncio.sleep(0.01)
    made.issuer = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.should_exit = True
        await serving
