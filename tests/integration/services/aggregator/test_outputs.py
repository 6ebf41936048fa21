"""The aggregator's producer: alerts leave before anything else is done."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from services.aggregator.outputs import Outputs
from services.platform.names import Topics
from services.platform.settings import Settings
from tests.support.topics import messages

COUNCIL = "local.barnet.2014-05-22"
READ_TIMEOUT_S = 30.0


@pytest.fixture
async def outputs(settings: Settings) -> AsyncIterator[Outputs]:
    """Outputs that are connected, and have sent to the alerts topic before."""
    started = Outputs(settings)
    await started.start()
    await started.acknowledged(await started.send([(COUNCIL, (("1", b"before"),))], []))
    yield started
    await started.stop()


async def test_alerts_are_on_their_way_when_the_worker_goes_on(
    settings: Settings, outputs: Outputs
) -> None:
    """They reach Kafka even where the loop that sent them never has another turn.

    So however long the work is that follows, no alert waits for it.
    """
    read: list[bytes] = []

    def look() -> None:
        async def until_there() -> None:
            async with asyncio.timeout(READ_TIMEOUT_S):
                while len(read) < 3:
                    found = await messages(settings, Topics(settings.namespace).alerts)
                    read[:] = [record.value for record in found]

        asyncio.run(until_there())

    reader = threading.Thread(target=look, daemon=True)
    written = (("2", b"first"), ("3", b"second"))
    sent = await outputs.send([(COUNCIL, written)], [])
    # The loop that sent stands still from here until another one has read the alerts.
    reader.start()
    reader.join(READ_TIMEOUT_S)

    assert read == [b"before", b"first", b"second"]
    await outputs.acknowledged(sent)
