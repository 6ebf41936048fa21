"""The ledger: what was sent to each channel, in Kafka's compacted topic `deliveries`."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

import structlog
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord
from pydantic import ValidationError

from schemas.delivery import Delivery
from schemas.envelope import Envelope, content_id, message_type
from services.platform import kafka
from services.platform.errors import KafkaUnavailableError
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topic_reader import TopicReader

RECORD_TIMEOUT_S = 120.0
"""How long a record may take, so that a minute without Kafka ends nothing: what was sent and not
recorded would be sent again after a restart. Without Kafka no alerts arrive anyway."""

RECORD_PAUSE_S = 0.5
"""The pause before a record is written again after a failure."""

SOURCE = "/livecount/notifier"

Status = Literal["sent", "withheld", "failed", "dropped"]
"""As in `schemas.delivery`: the status of a notice at a channel."""

log = structlog.get_logger(__name__)


class Ledger:
    """The status of every delivery in memory, and its record in Kafka.

    Once `record` has returned, neither this notifier sends the same notice again, nor another
    one that has caught up since.
    """

    def __init__(self, settings: Settings) -> None:
        self._topic = Topics(settings.namespace).deliveries
        self._producer = kafka.producer(settings, "livecount-notifier")
        self._reader = TopicReader(
            settings, [self._topic], self._add, client_id="livecount-notifier-deliveries"
        )
        # By channel, then by the notice's id as bytes, which are smaller than text.
        self._statuses: defaultdict[str, dict[bytes, Status]] = defaultdict(dict)

    async def start(self) -> None:
        """Connects and reads the ledger to its end. Raises KafkaUnavailableError."""
        await self._reader.start()
        await self._reader.catch_up()
        try:
            await self._producer.start()
        except KafkaError as error:
            raise KafkaUnavailableError(f"Kafka cannot be reached: {error}") from error

    async def stop(self) -> None:
        """Disconnects."""
        await self._reader.stop()
        await self._producer.stop()

    def status(self, channel: str, alert_id: str) -> Status | None:
        """Returns the status of a notice at a channel, or None if there is no record of it."""
        return self._statuses[channel].get(bytes.fromhex(alert_id))

    def is_done(self, channel: str, alert_id: str) -> bool:
        """Returns whether a channel is never sent a notice again.

        What was withheld was not sent, so it is decided again: a message that gives itself
        another alert's id and is withheld must not keep that alert from being told.
        """
        return self.status(channel, alert_id) in {"sent", "failed", "dropped"}

    async def catch_up(self) -> None:
        """Reads what other notifiers have recorded until now. Raises KafkaUnavailableError.

        Call it after a rebalance: another notifier may have had these partitions before.
        """
        await self._reader.catch_up()

    async def record(self, deliveries: Sequence[Delivery]) -> None:
        """Writes records and returns once Kafka has them. Raises KafkaUnavailableError."""
        try:
            async with asyncio.timeout(RECORD_TIMEOUT_S):
                await asyncio.gather(*[self._write(delivery) for delivery in deliveries])
        except TimeoutError as error:
            raise KafkaUnavailableError(
                f"{self._topic} was not written within {RECORD_TIMEOUT_S:g} s; is Kafka there?"
            ) from error
        for delivery in deliveries:
            self._remember(delivery)

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
                # A record that is written twice does no harm: the topic is compacted by key.
                log.warning("the ledger is not written: %r; trying again", error)
                await asyncio.sleep(RECORD_PAUSE_S)
            else:
                return

    def _add(self, record: ConsumerRecord[bytes, bytes]) -> None:
        try:
            delivery = Delivery.model_validate_json(record.value or b"")
        except ValidationError:
            log.exception("delivery cannot be read", topic=self._topic, offset=record.offset)
            return
        self._remember(delivery)

    def _remember(self, delivery: Delivery) -> None:
        self._statuses[delivery.channel][bytes.fromhex(delivery.alert_id)] = delivery.status
