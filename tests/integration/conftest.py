"""What the integration tests share beside the stack."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from aiokafka import AIOKafkaProducer

from services.platform.settings import Settings
from tests.support.aggregator_night import Declarations


@pytest.fixture
def declarations(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    eventually: Callable[..., Awaitable[object]],
) -> Declarations:
    """The log of the test's namespace."""
    return Declarations(settings, kafka_producer, eventually)
