"""What the integration tests share beside the stack."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from services.platform.settings import Settings
from services.platform.stack.stack import Stack
from tests.support.aggregator_night import Declarations


@pytest.fixture
def declarations(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    eventually: Callable[..., Awaitable[object]],
) -> Declarations:
    """The log of the test's namespace."""
    return Declarations(settings, kafka_producer, eventually)


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    """A stack of the test's own, which it may break; ended with the test."""
    with Stack(tmp_path / "stack") as running:
        yield running
