"""The Faust agent: take a batch, have it counted, acknowledge it."""

from __future__ import annotations

from typing import Any

import faust

from services.aggregator.batch import batches
from services.aggregator.exits import or_leave
from services.aggregator.worker import Worker


def add_agent(app: faust.App, topic: Any, worker: Worker) -> None:
    """Adds the one agent. `concurrency` is 1: a partition has one order, and so has its commit."""

    @app.agent(topic, name="count", concurrency=1)
    async def count(stream: Any) -> None:
        with or_leave():
            async for events in batches(stream):
                await worker.count([record for event in events for record in event.value])
                for event in events:
                    await stream.ack(event)
