"""Reads deliveries and rejects from Kafka for the desk page. Commits no offsets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord
from pydantic import ValidationError

from schemas.delivery import Delivery
from schemas.reject import Reject
from services.platform import kafka
from services.platform.names import Topics
from services.platform.settings import Settings
from services.ticker.desk.failures import LOADING, SHOWN_MAX, Failures

RETRY_S: Final = 5.0
"""Pause before Kafka is tried again; meanwhile the page says that Kafka cannot be reached."""

POLL_TIMEOUT_MS: Final = 2_000
"""How long one poll waits if there are no records; records end the wait at once."""

POLL_RECORDS_MAX: Final = 500
"""Records taken in one poll, some 10 ms of work, so that other requests do not have to wait."""

END_TIMEOUT_S: Final = 10.0
"""How long Kafka may take to return the end offsets; a disconnected client waits silently."""

_log = structlog.get_logger()


class FailuresReader:
    """Reads both topics into `Failures`, and calls `on_change` after each change.

    Deliveries are read from the beginning, because any record may be a failure that a later
    record settles; of the rejects, only as many of the last as the page shows.
    """

    def __init__(
        self, settings: Settings, failures: Failures, on_change: Callable[[], None]
    ) -> None:
        self._settings = settings
        self._topics = Topics(settings.namespace)
        self._failures = failures
        self._on_change = on_change

    async def run(self) -> None:
        """Reads until cancelled; tries again after RETRY_S if Kafka cannot be reached."""
        while True:
            try:
                await self._follow()
            except (KafkaError, OSError, TimeoutError) as error:
                _log.warning("kafka away from the desk", error=str(error))
                if self._failures.notice in {"", LOADING}:
                    self._set_notice("Kafka cannot be reached, so this may be out of date.")
                await asyncio.sleep(RETRY_S)

    async def _follow(self) -> None:
        topics = (self._topics.deliveries, self._topics.rejects)
        consumer = kafka.consumer(
            self._settings, *topics, group_id=None, client_id="livecount-ticker-desk"
        )
        try:
            await consumer.start()
            await self._skip_older_rejects(consumer)
            while True:
                polled = await consumer.getmany(
                    timeout_ms=POLL_TIMEOUT_MS, max_records=POLL_RECORDS_MAX
                )
                for records in polled.values():
                    for record in records:
                        self._add(record)
                if polled:
                    self._on_change()
                # With nothing polled, this also detects that Kafka cannot be reached.
                if (not polled or self._failures.notice) and await self._is_at_end(consumer):
                    self._set_notice("")
        finally:
            await consumer.stop()

    async def _skip_older_rejects(self, consumer: AIOKafkaConsumer) -> None:
        rejects = [each for each in consumer.assignment() if each.topic == self._topics.rejects]
        begins = await consumer.beginning_offsets(rejects)
        for partition, end in (await consumer.end_offsets(rejects)).items():
            consumer.seek(partition, max(begins[partition], end - SHOWN_MAX))

    async def _is_at_end(self, consumer: AIOKafkaConsumer) -> bool:
        async with asyncio.timeout(END_TIMEOUT_S):
            ends = await consumer.end_offsets(consumer.assignment())
            positions = {each: await consumer.position(each) for each in ends}
        return all(positions[partition] >= end for partition, end in ends.items())

    def _add(self, record: ConsumerRecord[bytes, bytes]) -> None:
        if record.value is None:
            return
        try:
            if record.topic == self._topics.deliveries:
                self._failures.add_delivery(Delivery.model_validate_json(record.value))
            else:
                at = datetime.fromtimestamp(record.timestamp / 1_000, UTC)
                self._failures.add_reject(Reject.model_validate_json(record.value), at)
        except ValidationError:
            # Only livecount writes to these topics, so this is a bug or a newer version; the
            # records after it are still shown.
            _log.exception("unreadable record", topic=record.topic, offset=record.offset)

    def _set_notice(self, notice: str) -> None:
        if self._failures.notice != notice:
            self._failures.notice = notice
            self._on_change()
