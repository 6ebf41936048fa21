"""The aggregator as a process: the Faust worker with everything that counts in it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Any

import faust
import structlog

from services.aggregator.engine.agent import add_agent
from services.aggregator.engine.app import REBALANCE_TIMEOUT_S, build_app, declarations_topic
from services.aggregator.exits import or_exit
from services.aggregator.garbage import collect_less_often
from services.aggregator.outputs import Outputs
from services.aggregator.processor import BatchProcessor
from services.aggregator.steps import STEPS, Steps
from services.aggregator.store import Store
from services.aggregator.watchdog import STALL_TIMEOUT_S, Watchdog
from services.platform import redis
from services.platform.health import Health, health_endpoint
from services.platform.membership import RepeatedJoins, member_name
from services.platform.names import Keys
from services.platform.settings import Settings
from services.platform.topic_log import DeclarationsLog

FINISH_TIMEOUT_S = 5.0
"""Time that an orderly stop gives to batches in hand. The next worker counts the rest."""

log = structlog.get_logger(__name__)


def aggregator(settings: Settings, health: Health, steps: Steps = STEPS) -> faust.App:
    """Returns the whole aggregator, ready to be run by a Faust worker."""
    app = build_app(settings)
    outputs = Outputs(settings)
    client = redis.connect(settings)
    store = Store(client, Keys(settings.namespace))
    declarations = DeclarationsLog(settings, health.beat)
    processor = BatchProcessor(declarations, outputs, store, time.monotonic, steps)
    add_agent(app, declarations_topic(app, settings), processor)
    watchdog = Watchdog(_Group(app), processor, declarations, health, REBALANCE_TIMEOUT_S)

    joins = RepeatedJoins(member_name(settings))

    @app.on_partitions_revoked.connect
    async def on_revoked(_app: Any, /, *_partitions: Any, **_rest: Any) -> None:
        processor.forget()
        health.not_ready("its partitions")

    @app.on_partitions_assigned.connect
    async def on_assigned(_app: Any, /, *given: Any, **_rest: Any) -> None:
        (partitions,) = given
        with or_exit():
            joins.joined(partitions)
        processor.forget()
        watchdog.check_now()
        log.info("partitions assigned", partitions=sorted(each.partition for each in partitions))

    @app.task  # type: ignore[untyped-decorator] # Faust's own types stop here
    async def watch() -> None:
        with or_exit():
            await store.check_keeps()
            await watchdog.run()

    @app.on_before_shutdown.connect
    async def on_shutdown(_app: Any, /, *_nothing: Any, **_rest: Any) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_TIMEOUT_S):
                await processor.finished()
        await outputs.stop()
        await client.aclose()

    return app


class _Group:
    """The app's membership of its group, as the watchdog sees it."""

    def __init__(self, app: faust.App) -> None:
        self._app = app

    @property
    def should_stop(self) -> bool:
        return bool(self._app.should_stop)

    @property
    def rebalance(self) -> int | None:
        return self._app.rebalancing_count if self._app.rebalancing else None

    def partitions(self) -> set[int]:
        return {each.partition for each in self._app.consumer.assignment()}


def run_aggregator(settings: Settings, steps: Steps = STEPS) -> None:
    """Counts until it is told to stop (SIGTERM, SIGINT), then ends the process with status 0.

    Ends the process with the status that says why if it cannot go on.
    """
    import uvloop  # noqa: PLC0415 - installed first of all, or Faust would not get it

    uvloop.install()
    collect_less_often()
    # Faust logs that each of its twenty parts starts and stops.
    for name in ("faust", "mode", "services.aggregator.engine.app"):
        logging.getLogger(name).setLevel(logging.WARNING)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    health = Health(STALL_TIMEOUT_S)
    worker = faust.Worker(
        aggregator(settings, health, steps),
        loop=loop,
        override_logging=False,
        redirect_stdouts=False,
        quiet=True,
    )
    # It would move the cursor about, on a terminal or not.
    worker.spinner = None
    with health_endpoint(settings.metrics_host, settings.metrics_port, health):
        worker.execute_from_commandline()
