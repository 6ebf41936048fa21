"""The Faust agent: take a batch, have it counted; and acknowledge it once it is committed."""

from __future__ import annotations

from functools import partial
from typing import Any

import faust

from services.aggregator.batch import batches
from services.aggregator.exits import or_exit
from services.aggregator.processor import BatchProcessor


def add_agent(app: faust.App, topic: Any, worker: BatchProcessor) -> None:
    """Adds the one agent. `concurrency` is 1: a partition has one order, and so has its commit."""

    @app.agent(topic, name="count", concurrency=1)
    async def count(stream: Any) -> None:
        with or_exit():
            async for messages in batches(app, stream.channel.queue):
                records = [record for message in messages for record in message.value]
                await worker.begin(records, partial(_acknowledge, app, messages))

    @app.task  # type: ignore[untyped-decorator] # Faust's own types stop here
    async def finish() -> None:
        with or_exit():
            await worker.finish()


async def _acknowledge(app: faust.App, messages: list[Any]) -> None:
    for message in messages:
        app.consumer.ack(message)
