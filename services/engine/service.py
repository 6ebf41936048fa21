"""A stage of the count as a process: the Faust worker with everything that counts in it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import faust
import structlog

from services.engine.app import REBALANCE_TIMEOUT_S, App, build_app
from services.engine.batches import Begin, add_agent
from services.engine.exits import or_exit
from services.engine.watchdog import Watchdog, Watched
from services.platform.garbage import collect_less_often
from services.platform.health import Health, health_endpoint
from services.platform.membership import RepeatedJoins, member_name
from services.platform.settings import Settings

FINISH_TIMEOUT_S = 5.0
"""Time that an orderly stop gives to batches in hand. The next worker counts the rest."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CountedTopic:
    """A topic of a stage: what counts its batches, and what the watchdog watches of that."""

    begin: Begin
    watched: Watched


@dataclass(frozen=True, slots=True)
class Stage:
    """What the workers of a service count.

    `service` names their group. `check` is awaited before anything is verified. `tasks` run
    beside the count, and end with the worker. `forget` is called in a rebalance, when partitions
    change hands. `finished` returns once what was begun is stored; `close` disconnects.
    """

    service: str
    topics: tuple[CountedTopic, ...]
    check: Callable[[], Awaitable[None]]
    tasks: tuple[Callable[[], Awaitable[None]], ...]
    forget: Callable[[], None]
    finished: Callable[[], Awaitable[None]]
    close: Callable[[], Awaitable[None]]


def stage_app(settings: Settings, health: Health, stage: Stage) -> App:
    """Returns the whole of a stage, ready to be run by a Faust worker.

    What one of its parts raises ends the process, with the error's exit status.
    """
    app = build_app(settings, stage.service)
    watched = [each.watched for each in stage.topics]
    for each in stage.topics:
        add_agent(app, each.watched.topic, each.begin)
    watchdog = Watchdog(_Group(app), watched, health, REBALANCE_TIMEOUT_S)
    joins = RepeatedJoins(member_name(settings))

    @app.on_partitions_revoked.connect
    async def on_revoked(_app: Any, /, *_partitions: Any, **_rest: Any) -> None:
        stage.forget()
        health.not_ready("its partitions")

    @app.on_partitions_assigned.connect
    async def on_assigned(_app: Any, /, *given: Any, **_rest: Any) -> None:
        (partitions,) = given
        with or_exit():
            joins.joined(partitions)
        stage.forget()
        watchdog.check_now()
        log.info("partitions assigned", partitions=_by_topic(partitions))

    async def watch() -> None:
        await stage.check()
        await watchdog.run()

    for task in (*stage.tasks, watch):
        _add_task(app, task)

    @app.on_before_shutdown.connect
    async def on_shutdown(_app: Any, /, *_nothing: Any, **_rest: Any) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_TIMEOUT_S):
                await stage.finished()
        await stage.close()

    return app


def run_app(settings: Settings, health: Health, app: App) -> None:
    """Counts until it is told to stop (SIGTERM, SIGINT), then ends the process with status 0.

    Ends the process with the status that says why if it cannot go on. Call `prepare_process`
    before the app is built.
    """
    worker = faust.Worker(
        app,
        loop=asyncio.get_event_loop(),
        override_logging=False,
        redirect_stdouts=False,
        quiet=True,
    )
    # It would move the cursor about, on a terminal or not.
    worker.spinner = None
    with health_endpoint(settings.metrics_host, settings.metrics_port, health):
        worker.execute_from_commandline()


def prepare_process() -> None:
    """Gives this process the event loop, the garbage collection and the log that a count needs."""
    import uvloop  # noqa: PLC0415 - installed first of all, or Faust would not get it

    uvloop.install()
    collect_less_often()
    # Faust logs that each of its twenty parts starts and stops.
    for name in (
        "faust",
        "mode",
        *(f"services.engine.{each}" for each in ("app", "driver", "fetch")),
    ):
        logging.getLogger(name).setLevel(logging.WARNING)
    asyncio.set_event_loop(asyncio.new_event_loop())


def _add_task(app: App, task: Callable[[], Awaitable[None]]) -> None:
    @app.task  # type: ignore[untyped-decorator] # Faust's own types stop here
    async def run() -> None:
        with or_exit():
            await task()


def _by_topic(partitions: Any) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for each in sorted(partitions):
        found.setdefault(each.topic, []).append(each.partition)
    return found


class _Group:
    """The app's membership of its group, as the watchdog sees it."""

    def __init__(self, app: App) -> None:
        self._app = app

    @property
    def should_stop(self) -> bool:
        return bool(self._app.should_stop)

    @property
    def rebalance(self) -> int | None:
        return self._app.rebalancing_count if self._app.rebalancing else None

    def partitions(self, topic: str) -> set[int]:
        assigned = self._app.consumer.assignment()
        return {each.partition for each in assigned if each.topic == topic}
