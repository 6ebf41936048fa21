"""The aggregator as a process: the Faust worker, and the watch it keeps over Redis."""

from __future__ import annotations

import asyncio
from typing import Any

import faust
import structlog

from services.aggregator.agent import add_agent
from services.aggregator.app import build_app, declarations_topic
from services.aggregator.exits import or_leave
from services.aggregator.outputs import Outputs
from services.aggregator.rebuild import Log
from services.aggregator.store import Store
from services.aggregator.worker import Worker
from services.platform import redis
from services.platform.names import Keys, Topics
from services.platform.settings import Settings

log = structlog.get_logger(__name__)

WATCH_INTERVAL_S = 1.0
"""How often Redis is asked whether it still has what was written, so that a loss is made good
within seconds also when no declaration comes."""


def aggregator(settings: Settings) -> faust.App:
    """Returns the whole aggregator, ready to be run by a Faust worker."""
    app = build_app(settings)
    topics = Topics(settings.namespace)
    outputs = Outputs(settings)
    client = redis.connect(settings)
    worker = Worker(Log(settings), outputs, Store(client, Keys(settings.namespace)))
    changed = asyncio.Event()
    add_agent(app, declarations_topic(app, settings), worker)

    @app.on_partitions_revoked.connect
    async def on_revoked(_app: Any, _partitions: Any, **_rest: Any) -> None:
        worker.forget()

    @app.on_partitions_assigned.connect
    async def on_assigned(_app: Any, partitions: Any, **_rest: Any) -> None:
        worker.forget()
        changed.set()
        log.info("partitions assigned", partitions=sorted(place.partition for place in partitions))

    @app.task
    async def watch() -> None:
        with or_leave():
            while not app.should_stop:
                if not app.rebalancing:
                    await worker.look_after(assigned(app, topics.declarations))
                try:
                    async with asyncio.timeout(WATCH_INTERVAL_S):
                        await changed.wait()
                    changed.clear()
                except TimeoutError:
                    continue

    @app.on_before_shutdown.connect
    async def on_shutdown(_app: Any, **_rest: Any) -> None:
        await outputs.stop()
        await client.aclose()

    return app


def assigned(app: faust.App, topic: str) -> set[int]:
    """Returns the partitions of a topic that the group has given to this worker."""
    return {place.partition for place in app.consumer.assignment() if place.topic == topic}


def run_aggregator(settings: Settings) -> None:
    """Counts until it is told to stop (SIGTERM, SIGINT), then ends the process with status 0.

    Ends the process with a status of `exits.Exit` where it cannot go on.
    """
    import uvloop  # noqa: PLC0415 - installed first of all, or Faust would not get it

    uvloop.install()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    worker = faust.Worker(
        aggregator(settings), loop=loop, override_logging=False, redirect_stdouts=False, quiet=True
    )
    # It would move the cursor about, on a terminal or not.
    worker.spinner = None
    worker.execute_from_commandline()
