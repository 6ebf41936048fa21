"""The fixtures of all browser tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser
from redis.asyncio import Redis

from services.platform.settings import Settings
from tests.support.browsing import chromium
from tests.support.counted import Counted


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A running Chromium."""
    async with chromium() as running:
        yield running


@pytest.fixture
def counted(redis: Redis, settings: Settings) -> Counted:
    """Counts declarations into the test's Redis."""
    return Counted(redis, settings.namespace)
