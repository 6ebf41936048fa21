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

Eventually = Callable[..., Awaitable[object]]


async def readiness(port: int) -> tuple[int, str]:
    """Returns status and text of a worker's readiness; 0 if it does not answer."""
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            found = await client.get(f"http://127.0.0.1:{port}/health/ready")
        except httpx.TransportError:
            return 0, ""
    return found.status_code, found.text


@pytest.mark.parametrize("service", ["aggregator", "notifier"])
async def test_a_worker_without_kafka_is_not_ready(
    service: str,
    own_stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """It is ready until Kafka goes away, says what it waits for, and is ready again afterwards."""
    for name in ("LIVECOUNT_SETTINGS_FILE", "LIVECOUNT_SECRETS_DIR"):
        monkeypatch.delenv(name, raising=False)
    settings: Settings = own_stack.endpoints.settings(namespace="away")
    await create_topics(settings)
    (port,) = free_ports(1, random.SystemRandom())
    environment = settings_environment(account_settings(settings, service))
    running = Running(
        "services.cli",
        [service, "run"],
        environment | {"LIVECOUNT_METRICS_PORT": str(port)},
        tmp_path / "log",
    )

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
