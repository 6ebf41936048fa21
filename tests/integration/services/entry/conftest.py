"""What tests of the desk begin with."""

from __future__ import annotations

import pytest

from services.intake.producer import DeclarationProducer
from services.platform.settings import Settings
from tests.support.waiting_night import NIGHT


@pytest.fixture
async def held(settings: Settings) -> None:
    """A night with one result held, and another disputed."""
    async with DeclarationProducer(settings) as producer:
        await producer.publish_all(NIGHT)
