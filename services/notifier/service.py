"""The notifier: sends alerts from Kafka to people, and records each delivery in the ledger.

1. Read alerts; after a rebalance, read the ledger to its end first.
2. Hand each alert to the channels that it may concern; what is in the ledger is not sent again.
   There it waits as long as the desk holds it back.
3. Send it; retry while the receiver is unavailable.
4. Record the outcome in the ledger and wait until Kafka has it.
5. Only now is the channel done with the alert. Commit up to the first alert that a channel is not
   done with.

A crash between 3 and 4 sends the same alert again, under the same id; a crash between any other
two steps sends nothing twice. Ward results and rejects go the same way, if a channel names them.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import structlog

from services.notifier.channels import Channel
from services.notifier.dispatcher import Dispatcher
from services.notifier.holding.follower import HoldsFollower
from services.notifier.holding.holds import Holds
from services.notifier.known_totals import KnownTotals
from services.notifier.ledger import Ledger
from services.notifier.reader import Reader
from services.notifier.reminders import Reminders
from services.platform.health import Health, health_endpoint
from services.platform.names import Topics
from services.platform.settings import Settings

STALL_TIMEOUT_S = 90.0
"""A reader without a sign of life for so long is stuck: a full delivery queue keeps it waiting
for one message, which takes 60 s at most."""

FINISH_TIMEOUT_S = 10.0
"""How long messages under way may take once the notifier is to stop. Together with two commits
and disconnecting this is less than the 30 s that compose grants."""

log = structlog.get_logger(__name__)


class UnfinishedError(Exception):
    """The notifier stopped before all messages under way were recorded."""


def steady_clock() -> Callable[[], datetime]:
    """Returns a clock that is right now, and that later changes of the system's clock do not move.

    Otherwise, setting the system's clock forward would give up alerts that wait for a receiver,
    and setting it back would hold others. Quiet hours follow a new time after a restart.
    """
    began_at, began_s = datetime.now(UTC), time.monotonic()
    return lambda: began_at + timedelta(seconds=time.monotonic() - began_s)


async def run_notifier(settings: Settings, channels: Sequence[Channel]) -> None:
    """Runs until SIGTERM or SIGINT; then messages under way are finished and recorded.

    Raises KafkaUnavailableError or aiokafka's KafkaError if Kafka cannot be reached,
    SharedNameError if another notifier has this one's name, UnfinishedError if messages under way
    were not recorded in time, and ValueError if a channel cannot be used.
    """
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        if not stopping.is_set():
            stopping.set()
            limit.reschedule(loop.time() + FINISH_TIMEOUT_S)

    try:
        async with asyncio.timeout(None) as limit:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, stop)
            await _notify(settings, channels, stopping)
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise UnfinishedError(
            f"told to stop, it has not ended within {FINISH_TIMEOUT_S:.0f} s; messages not"
            " recorded by then are sent again after the next start, under the same ids"
        ) from error


async def _notify(settings: Settings, channels: Sequence[Channel], stopping: asyncio.Event) -> None:
    """Runs until `stopping` is set; raises as `run_notifier` does."""
    health = Health(STALL_TIMEOUT_S)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(health_endpoint(settings.metrics_host, settings.metrics_port, health))
        ledger = Ledger(settings)
        stack.push_async_callback(ledger.stop)
        await ledger.start()
        holds = Holds()
        following = HoldsFollower(settings, holds)
        stack.push_async_callback(following.stop)
        await following.start()
        totals: KnownTotals | None = None
        if any(channel.needs_totals for channel in channels):
            totals = KnownTotals(settings)
            stack.push_async_callback(totals.stop)
            await totals.start()
        dispatcher = Dispatcher(
            channels,
            ledger=ledger,
            holds=holds,
            stopping=stopping,
            now=steady_clock(),
            random=Random(),  # noqa: S311 -- jitter is no secret
        )
        stack.push_async_callback(dispatcher.close)
        reader = Reader(
            settings,
            channels,
            ledger=ledger,
            totals=totals,
            reminders=_reminders(settings, channels, totals),
            dispatcher=dispatcher,
            stopping=stopping,
            health=health,
        )
        stack.push_async_callback(reader.stop)
        await reader.start()
        log.info("notifier runs in %s with %d channels", settings.namespace, len(channels))
        async with asyncio.TaskGroup() as tasks:
            dispatcher.run(tasks)
            tasks.create_task(reader.run())
            tasks.create_task(reader.commit_regularly())
            known = [totals.run()] if totals is not None else []
            endless = [reader.watch_kafka(), following.run(dispatcher.wake), *known]
            waiting = [tasks.create_task(each) for each in endless]
            await stopping.wait()
            # A Kafka that hangs must not keep the notifier from its end.
            for each in waiting:
                each.cancel()


def _reminders(
    settings: Settings, channels: Sequence[Channel], totals: KnownTotals | None
) -> Reminders | None:
    """Returns the reminders of this notifier; None if no channel asks for any."""
    if totals is None or all("reminder" not in channel.kinds for channel in channels):
        return None
    topic = Topics(settings.namespace).alerts
    return Reminders(totals.every, namespace=settings.namespace, topic=topic, now=steady_clock())
