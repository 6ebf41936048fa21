"""Reads alerts, and rejects where a desk wants them, and commits what is done with."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError
from aiokafka.structs import ConsumerRecord
from pydantic import ValidationError

from schemas.alert import Alert
from schemas.base import Mode
from schemas.reject import Reject
from services.notifier.channels import Channel
from services.notifier.dispatcher import Exchange
from services.notifier.known_totals import KnownTotals
from services.notifier.ledger import Ledger
from services.notifier.notice import Notice, of_alert, of_reject
from services.platform import kafka
from services.platform.failpoints import failpoint
from services.platform.health import Health
from services.platform.names import LIVE_NAMESPACE, Topics, group
from services.platform.settings import Settings

POLL_TIMEOUT_MS = 200
"""How long one look for alerts waits; what arrives meanwhile is returned at once."""

POLL_RECORDS_MAX = 100
"""Alerts taken in one look: small, so that a rebalance finds little in hand."""

COMMIT_INTERVAL_S = 1.0
"""How often offsets are committed. The ledger makes a late commit harmless."""

COMMIT_TIMEOUT_S = 5.0
"""How long a commit is tried. aiokafka itself would try for as long as Kafka is away, and the
notifier could not stop; two of them fit into what compose grants."""

log = logging.getLogger(__name__)


class Reader(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka has no types
    """A static member of the notifiers' consumer group: after a restart it goes on at once."""

    def __init__(  # noqa: PLR0913 -- all that it works with, named by the caller
        self,
        settings: Settings,
        channels: Sequence[Channel],
        *,
        ledger: Ledger,
        totals: KnownTotals | None,
        exchange: Exchange,
        stopping: asyncio.Event,
        health: Health,
    ) -> None:
        names = Topics(settings.namespace)
        self._rejects = names.rejects
        desk = any("rejected" in channel.kinds for channel in channels)
        self._topics = [names.alerts, *([names.rejects] if desk else [])]
        self._mode: Mode = "live" if settings.namespace == LIVE_NAMESPACE else "rehearsal"
        self._consumer: AIOKafkaConsumer = kafka.consumer(
            settings,
            group_id=group(settings.namespace, "notifier"),
            client_id="livecount-notifier",
            instance_id=f"notifier-{settings.worker_id}",
        )
        self._ledger = ledger
        self._totals = totals
        self._exchange = exchange
        self._stopping = stopping
        self._health = health
        self._rebalanced = False
        self.rebalances = 0
        """How often this notifier was given partitions and has caught up since; 0: not yet."""

    async def start(self) -> None:
        """Joins the group; raises aiokafka's KafkaError where it cannot."""
        self._consumer.subscribe(self._topics, listener=self)
        await self._consumer.start()

    async def stop(self) -> None:
        """Commits what is done with and disconnects."""
        await self._commit()
        await self._consumer.stop()

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Finishes what is under way for these partitions, and leaves the rest to others."""
        await self._exchange.drop(revoked)
        await self._commit()
        self._exchange.progress.forget(revoked)

    async def on_partitions_assigned(self, _: Collection[TopicPartition]) -> None:
        """Makes `run` catch up with the ledger first; aiokafka swallows what is raised here."""
        self._rebalanced = True

    async def run(self) -> None:
        """Reads until the notifier stops. Raises KafkaUnavailableError."""
        while not self._stopping.is_set():
            self._health.beat()
            found = await self._consumer.getmany(
                timeout_ms=POLL_TIMEOUT_MS, max_records=POLL_RECORDS_MAX
            )
            if self._rebalanced:
                self._rebalanced = False
                await self._ledger.catch_up()
                self.rebalances += 1
                self._health.ready()
            if self._totals and found:
                await self._totals.catch_up()
            for partition, records in found.items():
                for record in records:
                    # Taken away while others were handed on: its new owner reads it again.
                    if partition in self._consumer.assignment():
                        await self._take(partition, record)

    async def commit_regularly(self) -> None:
        """Commits every COMMIT_INTERVAL_S until the notifier stops."""
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), COMMIT_INTERVAL_S)
            await self._commit()

    def holds(self, partition: int) -> bool:
        """Tells whether the alerts of a partition are this notifier's to send."""
        return TopicPartition(self._topics[0], partition) in self._consumer.assignment()

    async def _take(self, partition: TopicPartition, record: ConsumerRecord[bytes, bytes]) -> None:
        try:
            notice = self._notice(record)
        except ValidationError:
            # Only our own services write here, so the fault is ours; others must not wait.
            log.exception("offset %d of %s cannot be read", record.offset, partition.topic)
            self._exchange.progress.begin(partition, record.offset, 0)
            return
        failpoint("notifier.received")
        self._health.beat()
        published_at = datetime.fromtimestamp(record.timestamp / 1_000, UTC)
        totals = self._totals.find(notice.council) if self._totals else None
        await self._exchange.take(notice, partition, record.offset, published_at, totals)

    def _notice(self, record: ConsumerRecord[bytes, bytes]) -> Notice:
        value = record.value or b""
        if record.topic == self._rejects:
            return of_reject(Reject.model_validate_json(value), self._mode)
        return of_alert(Alert.model_validate_json(value))

    async def _commit(self) -> None:
        offsets = self._exchange.progress.committable()
        try:
            held = self._consumer.assignment()
            owned = {each: offset for each, offset in offsets.items() if each in held}
            if owned:
                async with asyncio.timeout(COMMIT_TIMEOUT_S):
                    await self._consumer.commit(owned)
        except (IllegalStateError, KafkaError, TimeoutError) as error:
            # The ledger knows what was sent, so a lost commit costs a second reading alone.
            log.warning("offsets are not committed: %r", error)
