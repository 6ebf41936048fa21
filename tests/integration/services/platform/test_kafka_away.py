"""What workers say of themselves while Kafka is away."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from services.platform.accounts import account_settings
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.stack.stack import Stack
from services.platform.topics import create_topics
from tests.conftest import Running, settings_environment
from tests.support.warm_start import WarmStart

Eventually = Callable[..., Awaitable[object]]


async def readiness(port: int) -> tuple[int, str]:
    """Returns status and text of a worker's readiness; 0 if it does not answer."""
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            found = await client.get(f"http://127.0.0.1:{port}/health/ready")
        except httpx.TransportError:
            return 0, ""
    return found.status_code, found.text


@pytest.fixture
async def start(
    own_stack: Stack, warm_start: WarmStart, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[str, int], Running]:
    """Starts a service at the test's own stack, with its metrics at a port."""
    for name in ("LIVECOUNT_SETTINGS_FILE", "LIVECOUNT_SECRETS_DIR"):
        monkeypatch.delenv(name, raising=False)
    settings: Settings = own_stack.endpoints.settings(namespace="away")
    await create_topics(settings)

    def start(service: str, port: int) -> Running:
        environment = settings_environment(account_settings(settings, service))
        environment |= {"LIVECOUNT_METRICS_PORT": str(port)}
        return Running(warm_start, "services.cli", [service, "run"], environment, tmp_path / "log")

    return start


@pytest.mark.parametrize("service", ["aggregator", "notifier"])
async def test_a_worker_without_kafka_is_not_ready(
    service: str, own_stack: Stack, start: Callable[[str, int], Running], eventually: Eventually
) -> None:
    """It is ready until Kafka goes away, says what it waits for, and is ready again afterwards."""
    (port,) = free_ports(1, random.SystemRandom())
    running = start(service, port)

    async def is_ready() -> bool:
        assert running.process.poll() is None, running.written()
        return await readiness(port) == (200, "ok\n")

    async def waits_for_kafka() -> bool:
        assert running.process.poll() is None, running.written()
        return await readiness(port) == (503, "waiting for Kafka\n")

    try:
        await eventually(is_ready)
        own_stack.kill_broker(1)
        await eventually(waits_for_kafka)
        await asyncio.to_thread(own_stack.start_broker, 1)
        await eventually(is_ready)
    finally:
        running.kill()
        sys.stdout.write(running.written())
