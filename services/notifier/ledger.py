"""The ledger: what each channel was given, kept in Kafka's compacted `deliveries` topic."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError
from pydantic import ValidationError

from schemas.delivery import Delivery
from schemas.envelope import Envelope, content_id, message_type
from services.platform import kafka
from services.platform.names import Topics
from services.platform.settings import Settings

RECORD_TIMEOUT_S = 120.0
"""How long a record may take. What was sent and not recorded is sent again after a restart, so
it waits out a minute without Kafka; no alerts come meanwhile anyway."""

RECORD_PAUSE_S = 0.5
"""The pause before a record is tried again."""

READ_TIMEOUT_S = 30.0
"""How long Kafka may stay silent while the ledger is read. Thousands of records take a second."""

POLL_TIMEOUT_MS = 500
"""How long one look for further records waits."""

SOURCE = "/livecount/notifier"

log = logging.getLogger(__name__)


class LedgerError(Exception):
    """The ledger cannot be read or written, so that nothing may be sent."""


class Ledger:
    """Every delivery there was, in memory, about 500 bytes each, and in Kafka.

    What `record` has returned for is never sent again, by this notifier or another one that
    has caught up since.
    """

    def __init__(self, settings: Settings) -> None:
        self._topic = Topics(settings.namespace).deliveries
        self._producer = kafka.producer(settings, "livecount-notifier")
        self._consumer: AIOKafkaConsumer = kafka.consumer(
            settings, group_id=None, client_id="livecount-ledger"
        )
        self._deliveries: dict[tuple[str, str], Delivery] = {}
        self._catching_up = asyncio.Lock()

    async def start(self) -> None:
        """Connects and reads the ledger to its end; raises LedgerError where it cannot."""
        try:
            await self._producer.start()
            await self._consumer.start()
            numbers = await self._producer.partitions_for(self._topic)
            self._consumer.assign([TopicPartition(self._topic, number) for number in numbers])
            await self._consumer.seek_to_beginning()
        except UnknownTopicOrPartitionError as error:
            raise LedgerError(
                f"topic {self._topic} does not exist; run `livecount topics create`"
            ) from error
        except KafkaError as error:
            raise LedgerError(
                f"Kafka cannot be reached: {error}; check LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS"
            ) from error
        await self.catch_up()

    async def stop(self) -> None:
        """Disconnects."""
        await self._consumer.stop()
        await self._producer.stop()

    def find(self, channel: str, alert_id: str) -> Delivery | None:
        """Returns the record of an alert at a channel, or None where there is none."""
        return self._deliveries.get((channel, alert_id))

    async def catch_up(self) -> None:
        """Reads what was recorded until now, by other notifiers too. Raises LedgerError.

        Called after a rebalance: another notifier may have served these partitions before.
        """
        async with self._catching_up:
            try:
                ends = await self._consumer.end_offsets(self._consumer.assignment())
                for partition, end in ends.items():
                    async with asyncio.timeout(READ_TIMEOUT_S):
                        while await self._consumer.position(partition) < end:
                            await self._read(partition)
            except (KafkaError, TimeoutError) as error:
                raise LedgerError(f"{self._topic} cannot be read: {error!r}") from error

    async def record(self, deliveries: Sequence[Delivery]) -> None:
        """Writes records and returns once Kafka has acknowledged them. Raises LedgerError."""
        try:
            async with asyncio.timeout(RECORD_TIMEOUT_S):
                await asyncio.gather(*[self._write(delivery) for delivery in deliveries])
        except TimeoutError as error:
            raise LedgerError(
                f"{self._topic} was not written within {RECORD_TIMEOUT_S:g} s; is Kafka there?"
            ) from error
        for delivery in deliveries:
            self._deliveries[delivery.channel, delivery.alert_id] = delivery

    async def _write(self, delivery: Delivery) -> None:
        value = delivery.model_dump_json().encode()
        envelope = Envelope(
            id=content_id(value),
            source=SOURCE,
            type=message_type(delivery.type),
            time=delivery.at,
        )
        key = f"{delivery.channel}/{delivery.alert_id}".encode()
        while True:
            try:
                await self._producer.send_and_wait(
                    self._topic, value, key=key, headers=envelope.headers()
                )
            except KafkaError as error:
                # To write the same record twice does no harm: the topic is compacted by key.
                log.warning("the ledger is not written: %r; trying again", error)
                await asyncio.sleep(RECORD_PAUSE_S)
            else:
                return

    async def _read(self, partition: TopicPartition) -> None:
        found = await self._consumer.getmany(partition, timeout_ms=POLL_TIMEOUT_MS)
        for record in found.get(partition, []):
            if record.value is None:
                continue
            try:
                delivery = Delivery.model_validate_json(record.value)
            except ValidationError:
                log.exception("offset %d of %s is no delivery", record.offset, self._topic)
                continue
            self._deliveries[delivery.channel, delivery.alert_id] = delivery
