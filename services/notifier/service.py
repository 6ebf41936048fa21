"""The notifier: alerts from Kafka to people, each recorded in the ledger.

1. Read alerts; after a rebalance, first read the ledger to its end.
2. Hand each to the channels it may concern; what the ledger holds is never sent again.
3. Send it; retry while the receiver is away.
4. Record the outcome in the ledger and wait until Kafka has it.
5. Only now count it as done; commit up to the first alert that is still owed to a channel.

A crash between 3 and 4 sends the same alert again, under the same id; between any other two
steps nothing is sent twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from services.notifier.channels import Channel
from services.notifier.dispatcher import Exchange
from services.notifier.known_totals import KnownTotals
from services.notifier.ledger import Ledger
from services.notifier.reader import Reader
from services.platform.health import Health, health_endpoint
from services.platform.settings import Settings

STALL_TIMEOUT_S = 90.0
"""A reader silent for longer is stuck: a full lane makes it wait for one message, 60 s at most."""

FINISH_TIMEOUT_S = 10.0
"""How long messages under way may take once the notifier is told to stop. With two commits and
what is left to disconnect this is less than compose grants, 30 s."""

log = logging.getLogger(__name__)


class UnfinishedError(Exception):
    """The notifier stopped before what was under way was recorded."""


def steady_clock() -> Callable[[], datetime]:
    """Returns a clock that was right when it was made, and goes on whatever the system's does.

    Somebody who sets the system's clock forward would else have alerts given up that wait for a
    receiver, and backward have others held. Quiet hours follow the new time after a restart.
    """
    began_at, began_s = datetime.now(UTC), time.monotonic()
    return lambda: began_at + timedelta(seconds=time.monotonic() - began_s)


async def run_notifier(settings: Settings, channels: Sequence[Channel]) -> None:
    """Notifies until SIGTERM or SIGINT; then messages under way are finished and recorded.

    Raises KafkaUnavailableError or aiokafka's KafkaError where Kafka cannot be reached,
    UnfinishedError where messages under way were not recorded in time, and ValueError for a channel
    that cannot be used.
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
    """Notifies until it is to stop; raises as `run_notifier` does."""
    health = Health(STALL_TIMEOUT_S)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(health_endpoint(settings.metrics_host, settings.metrics_port, health))
        ledger = Ledger(settings)
        stack.push_async_callback(ledger.stop)
        await ledger.start()
        totals: KnownTotals | None = None
        if any(channel.within_seats for channel in channels):
            totals = KnownTotals(settings)
            stack.push_async_callback(totals.stop)
            await totals.start()
        exchange = Exchange(
            channels,
            ledger=ledger,
            stopping=stopping,
            now=steady_clock(),
            random=Random(),  # noqa: S311 -- jitter is no secret
        )
        stack.push_async_callback(exchange.close)
        reader = Reader(
            settings,
            channels,
            ledger=ledger,
            totals=totals,
            exchange=exchange,
            stopping=stopping,
            health=health,
        )
        stack.push_async_callback(reader.stop)
        await reader.start()
        log.info("notifier runs in %s with %d channels", settings.namespace, len(channels))
        async with asyncio.TaskGroup() as tasks:
            exchange.run(tasks)
            tasks.create_task(reader.run())
            tasks.create_task(reader.commit_regularly())
            if any("declared" in channel.kinds for channel in channels):
                # Imported where it is wanted: redis-py takes 0.1 s.
                from services.notifier.ward_feed import WardFeed  # noqa: PLC0415

                feed = WardFeed(settings, exchange, reader, stopping)
                tasks.create_task(feed.run())
