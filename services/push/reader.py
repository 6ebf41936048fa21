"""Reads alerts for readers' notifications, and commits how far they were told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from pydantic import ValidationError

from schemas.alert import Alert
from services.notifier.doubt import doubt_of_alert
from services.notifier.notice import of_alert
from services.notifier.pending_notice import PendingNotice
from services.platform import kafka
from services.platform.failpoints import failpoint
from services.platform.group_member import commit_owned, watch_kafka
from services.platform.health import Health
from services.platform.membership import RepeatedJoins, member_name
from services.platform.names import Topics, group
from services.platform.origin import of_message
from services.platform.settings import Settings
from services.platform.topic_fetch import Record, end_offsets, fetches, reading
from services.push.teller import Teller

POLL_TIMEOUT_MS: Final = 200
"""How long one poll waits for alerts; it returns as soon as there are any."""

POLL_RECORDS_MAX: Final = 100
"""Alerts read in one poll: few, so that a rebalance has little to wait for."""

COMMIT_INTERVAL_S: Final = 1.0
"""How often offsets are committed. What is told twice replaces itself on the reader's screen."""


BACKLOG_STALL_S: Final = 30.0
"""How long reading what is there at a start may get nothing; a fetch takes milliseconds."""


log = structlog.get_logger(__name__)


class Reader(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka has no types
    """A static member of push's consumer group: a restart keeps its partitions.

    A group that is new begins with the alerts that come: nobody who subscribes is told what was
    before. After a restart what was withdrawn meanwhile is told as withdrawn, and not anew.
    """

    def __init__(
        self,
        settings: Settings,
        teller: Teller,
        health: Health,
        now: Callable[[], datetime],
    ) -> None:
        self._namespace = settings.namespace
        self._topic = Topics(settings.namespace).alerts
        self._consumer: AIOKafkaConsumer = kafka.consumer(
            settings,
            group_id=group(settings.namespace, "push"),
            client_id="livecount-push",
            instance_id=f"push-{member_name(settings)}",
        )
        self._teller = teller
        self._health = health
        self._now = now
        self._joins = RepeatedJoins(member_name(settings))
        self._is_rebalanced = False

    async def start(self) -> None:
        """Joins the group; raises aiokafka's KafkaError if it cannot."""
        self._consumer.subscribe([self._topic], listener=self)
        await self._consumer.start()

    async def stop(self) -> None:
        """Commits how far alerts were told and disconnects."""
        await self._commit()
        await self._consumer.stop()

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Leaves to another process what waits of these partitions."""
        await self._commit()
        self._teller.forget(revoked)

    async def on_partitions_assigned(self, _: Collection[TopicPartition]) -> None:
        """Makes `run` read what is there first; here an error would be swallowed by aiokafka."""
        self._is_rebalanced = True

    async def run(self) -> None:
        """Reads until it is cancelled. Raises SharedNameError, and KafkaUnavailableError."""
        while True:
            self._health.beat()
            found = await self._consumer.getmany(
                timeout_ms=POLL_TIMEOUT_MS, max_records=POLL_RECORDS_MAX
            )
            records = [record for of_one in found.values() for record in of_one]
            if self._is_rebalanced:
                self._is_rebalanced = False
                self._joins.joined(self._consumer.assignment())
                with reading(self._topic):
                    await self._begin_new_partitions()
                    records = await self._backlog()
                self._health.ready()
            self._take(records)

    async def watch_kafka(self) -> None:
        """Reports to the health endpoint whether Kafka answers, until it is cancelled."""
        await watch_kafka(self._consumer, self._health)

    async def commit_regularly(self) -> None:
        """Commits every COMMIT_INTERVAL_S until it is cancelled."""
        while True:
            await asyncio.sleep(COMMIT_INTERVAL_S)
            await self._commit()

    async def _begin_new_partitions(self) -> None:
        """Puts the group at the end of partitions of which it has read nothing, and says so.

        Those of a group that has read before are put back to what is not told yet: records that
        came with the poll in which they were assigned are read again.
        """
        ends = await end_offsets(self._consumer, self._consumer.assignment())
        begin: dict[TopicPartition, int] = {}
        for place, end in ends.items():
            committed = await self._consumer.committed(place)
            if committed is None:
                begin[place] = end
            self._consumer.seek(place, end if committed is None else committed)
        if begin:
            await self._consumer.commit(begin)

    async def _backlog(self) -> list[Record]:
        """Returns what was published while nobody told it, in the order of each partition."""
        ends = await end_offsets(self._consumer, self._consumer.assignment())
        records: list[Record] = []
        async for more in fetches(self._consumer, ends, BACKLOG_STALL_S):
            self._health.beat()
            records += more
        return records

    def _take(self, records: Sequence[Record]) -> None:
        """Hands alerts to the teller; those that are withdrawn further on are not told."""
        alerts = [(record, self._alert(record)) for record in records]
        withdrawn = {alert.retracts for _, alert in alerts if alert is not None}
        for record, alert in alerts:
            place = TopicPartition(record.topic, record.partition)
            if alert is None or alert.id in withdrawn:
                self._teller.skip(place, record.offset)
                continue
            failpoint("push.received")
            notice = replace(
                of_alert(alert),
                doubt=doubt_of_alert(alert, record.key, self._namespace),
                origin=of_message(record.headers),
            )
            # Kafka's own time: no writer to the topic can choose it.
            published_at = datetime.fromtimestamp(record.timestamp / 1_000, UTC)
            self._teller.add(
                alert, PendingNotice(notice, place, record.offset, published_at, self._now())
            )

    def _alert(self, record: Record) -> Alert | None:
        try:
            return Alert.model_validate_json(record.value or b"")
        except ValidationError:
            # Only our own services write here, so the fault is ours; others must not wait.
            log.exception("message cannot be read", topic=record.topic, offset=record.offset)
            return None

    async def _commit(self) -> None:
        # A commit that is lost is harmless: what is told a second time has the same tag.
        await commit_owned(self._consumer, self._teller.offsets.committable())
