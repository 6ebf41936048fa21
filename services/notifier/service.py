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
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from random import Random

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from aiokafka.structs import ConsumerRecord
from pydantic import ValidationError

from schemas.alert import Alert
from services.notifier.channels import Channel
from services.notifier.exchange import Exchange
from services.notifier.ledger import Ledger
from services.platform import kafka
from services.platform.crash import crash_point
from services.platform.health import Health, health_endpoint
from services.platform.names import Topics, group
from services.platform.settings import Settings

POLL_TIMEOUT_MS = 200
"""How long one look for alerts waits; what arrives meanwhile is returned at once."""

POLL_RECORDS_MAX = 100
"""Alerts taken in one look: small, so that a rebalance finds little in hand."""

COMMIT_INTERVAL_S = 1.0
"""How often offsets are committed. The ledger makes a late commit harmless."""

STALL_TIMEOUT_S = 90.0
"""A reader silent for longer is stuck: a full lane makes it wait for one message, 60 s at most."""

log = logging.getLogger(__name__)


async def run_notifier(settings: Settings, channels: Sequence[Channel]) -> None:
    """Notifies until SIGTERM or SIGINT; then messages under way are finished and recorded.

    Raises LedgerError or aiokafka's KafkaError where Kafka cannot be reached, and ValueError
    for a channel that cannot be used.
    """
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    health = Health(STALL_TIMEOUT_S)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(health_endpoint(settings.metrics_host, settings.metrics_port, health))
        ledger = Ledger(settings)
        stack.push_async_callback(ledger.stop)
        await ledger.start()
        exchange = Exchange(
            channels,
            ledger=ledger,
            stopping=stopping,
            now=lambda: datetime.now(UTC),
            random=Random(),  # noqa: S311 -- jitter is no secret
        )
        stack.push_async_callback(exchange.close)
        reader = _Reader(settings, ledger, exchange, stopping, health)
        stack.push_async_callback(reader.stop)
        await reader.start()
        log.info("notifier runs in %s with %d channels", settings.namespace, len(channels))
        async with asyncio.TaskGroup() as tasks:
            exchange.run(tasks)
            tasks.create_task(reader.run())
            tasks.create_task(reader.commit_regularly())


class _Reader(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka has no types
    """Reads alerts in a consumer group and commits what is done with."""

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        exchange: Exchange,
        stopping: asyncio.Event,
        health: Health,
    ) -> None:
        self._topic = Topics(settings.namespace).alerts
        self._consumer: AIOKafkaConsumer = kafka.consumer(
            settings,
            group_id=group(settings.namespace, "notifier"),
            client_id="livecount-notifier",
            instance_id=f"notifier-{settings.worker_id}",
        )
        self._ledger = ledger
        self._exchange = exchange
        self._stopping = stopping
        self._health = health
        self._rebalanced = False

    async def start(self) -> None:
        self._consumer.subscribe([self._topic], listener=self)
        await self._consumer.start()

    async def stop(self) -> None:
        await self._commit()
        await self._consumer.stop()

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        await self._exchange.drop(revoked)
        await self._commit()
        self._exchange.progress.forget(revoked)

    async def on_partitions_assigned(self, _: Collection[TopicPartition]) -> None:
        # The reader itself catches up: aiokafka swallows what is raised here.
        self._rebalanced = True

    async def run(self) -> None:
        while not self._stopping.is_set():
            self._health.beat()
            found = await self._consumer.getmany(
                timeout_ms=POLL_TIMEOUT_MS, max_records=POLL_RECORDS_MAX
            )
            if self._rebalanced:
                self._rebalanced = False
                await self._ledger.catch_up()
                self._health.ready()
            for partition, records in found.items():
                for record in records:
                    # Taken away while others were handed on: its new owner reads it again.
                    if partition in self._consumer.assignment():
                        await self._take(partition, record)

    async def commit_regularly(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), COMMIT_INTERVAL_S)
            await self._commit()

    async def _take(self, partition: TopicPartition, record: ConsumerRecord[bytes, bytes]) -> None:
        try:
            alert = Alert.model_validate_json(record.value or b"")
        except ValidationError:
            # Only the aggregator writes here, so this is a fault of ours; others must not wait.
            log.exception("offset %d of %s is no alert", record.offset, partition.topic)
            self._exchange.progress.begin(partition, record.offset, 0)
            return
        crash_point("notifier.received")
        self._health.beat()
        published_at = datetime.fromtimestamp(record.timestamp / 1_000, UTC)
        await self._exchange.take(alert, partition, record.offset, published_at)

    async def _commit(self) -> None:
        offsets = self._exchange.progress.committable()
        try:
            held = self._consumer.assignment()
            owned = {each: offset for each, offset in offsets.items() if each in held}
            if owned:
                await self._consumer.commit(owned)
        except (CommitFailedError, IllegalStateError, KafkaError) as error:
            # The ledger knows what was sent, so a lost commit costs a second reading alone.
            log.warning("offsets are not committed: %s", error)
