"""Running intakes, for the tests of what they answer."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from services.platform.stack.ports import free_ports

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]


class Intake:
    """A running intake, and a client of it."""

    def __init__(self, running: Any, client: httpx.AsyncClient) -> None:
        self.running = running
        self.client = client

    async def post(self, content: object, **headers: str) -> httpx.Response:
        """Posts an object as JSON, or bytes as they are."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(
            "/v1/declarations",
            content=body,
            headers={"content-type": "application/json"} | named,
        )


@pytest.fixture
async def start(process: Process, eventually: Eventually) -> AsyncIterator[Callable[..., Any]]:
    """Starts intakes and waits until they are ready."""
    clients: list[httpx.AsyncClient] = []

    async def started(**further: str) -> Intake:
        (port,) = free_ports(1, random.SystemRandom())
        client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60.0
        )
        clients.append(client)
        intake = Intake(process("intake", "run", intake_port=str(port), **further), client)

        async def ready() -> bool:
            assert intake.running.process.poll() is None, intake.running.written()
            try:
                return (await client.get("/health/ready")).status_code == 200
            except httpx.TransportError:
                return False

        await eventually(ready)
        return intake

    yield started
    for client in clients:
        await client.aclose()
