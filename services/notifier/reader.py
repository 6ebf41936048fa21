"""Reads alerts, ward results and rejects, drops what no channel wants, and commits offsets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.structs import ConsumerRecord

from schemas.alert import Alert
from schemas.envelope import COUNCIL_VERSION
from schemas.reject import Reject
from schemas.ward_totals import WardTotals
from services.notifier.channels import Channel
from services.notifier.dispatcher import Dispatcher
from services.notifier.doubt import doubt_of_alert, doubt_of_reject, doubt_of_ward
from services.notifier.known_totals import KnownTotals
from services.notifier.ledger import Ledger
from services.notifier.notice import Notice, RejectKind, of_alert, of_ward
from services.notifier.reject_notice import of_reject
from services.notifier.reminders import Reminders
from services.platform import kafka
from services.platform.failpoints import failpoint
from services.platform.group_member import commit_owned, watch_kafka
from services.platform.health import Health
from services.platform.membership import RepeatedJoins, member_name
from services.platform.mode import namespace_mode
from services.platform.names import Topics, group
from services.platform.origin import of_message
from services.platform.settings import Settings

POLL_TIMEOUT_MS = 200
"""How long one poll waits for messages; it returns as soon as there are any. Also how long a
ward whose totals are not there yet waits until it is read again."""

TOTALS_WAIT_S = 0.05
"""How long the reader itself waits for a ward's totals, which are published some milliseconds
before or after it. Others wait behind it, so that is not long."""

POLL_RECORDS_MAX = 100
"""Messages read in one poll: few, so that a rebalance has little to wait for."""

COMMIT_INTERVAL_S = 1.0
"""How often offsets are committed. The ledger makes a late commit harmless."""


log = structlog.get_logger(__name__)


class TotalsBehindError(Exception):
    """The totals that were published with a ward have not been read yet."""


class Reader(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka has no types
    """A static member of the notifiers' consumer group: a restart keeps its partitions.

    It always subscribes to the same topics, and drops what no channel wants: Kafka gives a static
    member that returns its last partitions, whatever topics it asks for then (KAFKA-12759).
    """

    def __init__(  # noqa: PLR0913 -- all that it works with, named by the caller
        self,
        settings: Settings,
        channels: Sequence[Channel],
        *,
        ledger: Ledger,
        totals: KnownTotals | None,
        reminders: Reminders | None = None,
        dispatcher: Dispatcher,
        stopping: asyncio.Event,
        health: Health,
    ) -> None:
        names = Topics(settings.namespace)
        wanted = {kind for channel in channels for kind in channel.kinds}
        self._wards = names.wards
        self._rejects = names.rejects
        self._topics = [names.alerts, names.wards, names.rejects]
        self._dropped = {
            *([] if "declared" in wanted else [names.wards]),
            *([] if wanted.intersection(get_args(RejectKind)) else [names.rejects]),
        }
        self._namespace = settings.namespace
        self._consumer: AIOKafkaConsumer = kafka.consumer(
            settings,
            group_id=group(settings.namespace, "notifier"),
            client_id="livecount-notifier",
            # Under another id than earlier versions', which subscribed to fewer topics.
            instance_id=f"notifier-all-{member_name(settings)}",
        )
        self._ledger = ledger
        self._totals = totals
        self._reminders = reminders
        self._dispatcher = dispatcher
        self._stopping = stopping
        self._health = health
        self._joins = RepeatedJoins(member_name(settings))
        self._is_rebalanced = False

    async def start(self) -> None:
        """Joins the group; raises aiokafka's KafkaError if it cannot."""
        self._consumer.subscribe(self._topics, listener=self)
        await self._consumer.start()

    async def stop(self) -> None:
        """Commits the offsets of finished messages and disconnects."""
        await self._commit()
        await self._consumer.stop()

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Finishes the messages under way for these partitions, and leaves the rest to others."""
        reminders = self._reminders.forget(revoked) if self._reminders else []
        gone = [*revoked, *reminders]
        await self._dispatcher.drop(gone)
        await self._commit()
        self._dispatcher.offsets.forget(gone)

    async def on_partitions_assigned(self, _: Collection[TopicPartition]) -> None:
        """Makes `run` read the ledger first; here an error would be swallowed by aiokafka."""
        self._is_rebalanced = True

    async def run(self) -> None:
        """Reads until the notifier stops. Raises KafkaUnavailableError and SharedNameError."""
        while not self._stopping.is_set():
            self._health.beat()
            found = await self._consumer.getmany(
                timeout_ms=POLL_TIMEOUT_MS, max_records=POLL_RECORDS_MAX
            )
            if self._is_rebalanced:
                self._is_rebalanced = False
                self._joins.joined(self._consumer.assignment())
                await self._ledger.catch_up()
                self._health.ready()
            # After the poll, so that a ward whose totals are late is not polled without a pause.
            self._consumer.resume(*self._consumer.paused())
            for partition, records in found.items():
                await self._dispatch_all(partition, records)
            await self._remind()

    async def watch_kafka(self) -> None:
        """Reports to the health endpoint whether Kafka answers, until it is cancelled."""
        await watch_kafka(self._consumer, self._health)

    async def commit_regularly(self) -> None:
        """Commits every COMMIT_INTERVAL_S until the notifier stops."""
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), COMMIT_INTERVAL_S)
            await self._commit()

    async def _remind(self) -> None:
        """Dispatches the reminders that are due of councils that are this notifier's."""
        if self._reminders is None:
            return
        partitions = self._consumer.partitions_for_topic(self._topics[0]) or ()
        for due in self._reminders.due(self._consumer.assignment(), len(partitions)):
            await self._dispatcher.dispatch(*due)

    async def _dispatch_all(
        self, partition: TopicPartition, records: Sequence[ConsumerRecord[bytes, bytes]]
    ) -> None:
        """Dispatches a partition's records in order; the rest is read again if totals are late."""
        for record in records:
            if partition not in self._consumer.assignment():
                # Revoked while others were dispatched; the new owner reads it again.
                return
            try:
                notice = await self._notice(record)
            except TotalsBehindError:
                self._consumer.seek(partition, record.offset)
                self._consumer.pause(partition)
                return
            except ValueError:
                # Only our own services write here, so the fault is ours; others must not wait.
                log.exception("message cannot be read", topic=record.topic, offset=record.offset)
                notice = None
            await self._dispatch(partition, record, notice)

    async def _dispatch(
        self,
        partition: TopicPartition,
        record: ConsumerRecord[bytes, bytes],
        notice: Notice | None,
    ) -> None:
        """Hands on a record's notice; a record without one is finished at once."""
        if notice is None:
            self._dispatcher.offsets.begin(partition, record.offset, 0)
            return
        failpoint("notifier.received")
        self._health.beat()
        if notice.doubt:
            log.warning(
                "withheld from every channel: %s",
                notice.doubt,
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
            )
        # Kafka's own time: no writer to the topic can choose it.
        published_at = datetime.fromtimestamp(record.timestamp / 1_000, UTC)
        totals = self._totals.find(notice.council) if self._totals else None
        await self._dispatcher.dispatch(notice, partition, record.offset, published_at, totals)

    async def _notice(self, record: ConsumerRecord[bytes, bytes]) -> Notice | None:
        """Returns the notice of a record, or None for what no channel wants.

        Raises ValueError (pydantic.ValidationError included) if the record cannot be read, and
        TotalsBehindError.
        """
        if record.topic in self._dropped:
            return None
        value = record.value or b""
        if record.topic == self._rejects:
            reject = Reject.model_validate_json(value)
            notice = of_reject(reject, namespace_mode(self._namespace))
            return replace(notice, doubt=doubt_of_reject(reject, self._namespace))
        if record.topic == self._wards:
            return await self._ward_notice(record, WardTotals.model_validate_json(value))
        alert = Alert.model_validate_json(value)
        doubt = doubt_of_alert(alert, record.key, self._namespace)
        return replace(of_alert(alert), doubt=doubt, origin=of_message(record.headers))

    async def _ward_notice(
        self, record: ConsumerRecord[bytes, bytes], ward: WardTotals
    ) -> Notice | None:
        if ward.status != "declared":
            return None
        version = int(dict(record.headers).get(COUNCIL_VERSION, b"0"))
        totals = None
        if self._totals:
            totals = await self._totals.wait_for(ward.council, version, TOTALS_WAIT_S)
        if totals is None:
            raise TotalsBehindError
        doubt = doubt_of_ward(ward, totals, record.key, self._namespace)
        return replace(of_ward(ward, totals), doubt=doubt, origin=of_message(record.headers))

    async def _commit(self) -> None:
        # A commit that is lost is harmless: what is read a second time is in the ledger.
        await commit_owned(self._consumer, self._dispatcher.offsets.committable())
