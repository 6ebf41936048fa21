"""Two workers that were given one id, as by copying a service."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from services.platform.stack.ports import free_ports

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]


@pytest.fixture
def port() -> int:
    """A port for a worker's health."""
    (free,) = free_ports(1, random.SystemRandom())
    return free


async def is_ready(port: int) -> bool:
    """Returns whether a worker answers that it is ready."""
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            found = await client.get(f"http://127.0.0.1:{port}/health/ready")
        except httpx.TransportError:
            return False
    return found.is_success


@pytest.mark.parametrize(("service", "status"), [("aggregator", 75), ("notifier", 1)])
async def test_of_two_workers_with_one_id_one_ends_and_says_why(
    service: str, status: int, process: Process, eventually: Eventually, port: int
) -> None:
    """They would take the membership of the group from each other for ever, and look healthy."""
    first = process(service, "run", worker_id="same", metrics_port=str(port))
    await eventually(lambda: is_ready(port))
    both = [first, process(service, "run", worker_id="same")]

    def ended() -> list[Any]:
        return [each for each in both if each.process.poll() is not None]

    await eventually(ended)
    (over, *_) = ended()
    assert over.process.returncode == status
    assert "'same'" in over.written()
    assert "LIVECOUNT_WORKER_ID" in over.written()
