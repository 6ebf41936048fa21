"""A real intake with keys, and a server of public answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.platform.settings import Settings
from tests.support.feed_processes import Feeding
from tests.support.public_server import PublicServer, public_server

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]


@pytest.fixture
async def feeding(
    settings: Settings, process: Process, eventually: Eventually, tmp_path: Path
) -> AsyncIterator[Feeding]:
    made = Feeding(settings, process, tmp_path)
    made.start_intake()
    await eventually(made.is_ready)
    yield made
    await made.client.aclose()


@pytest.fixture
def server() -> Iterator[PublicServer]:
    with public_server() as running:
        yield running
