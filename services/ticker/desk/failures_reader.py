"""Reads the ledger and the rejects from Kafka for the desk page, and commits nothing."""

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
from services.ticker.desk.failures import READING, SHOWN_MAX, Troubles

RETRY_S: Final = 5.0
"""How long until Kafka is tried again; the page says meanwhile that it is away."""

POLL_TIMEOUT_MS: Final = 2_000
"""How long one look for records waits; what arrives meanwhile is returned at once."""

POLL_RECORDS_MAX: Final = 500
"""Records taken in one look, some 10 ms of work, so that readers of the count do not wait."""

END_TIMEOUT_S: Final = 10.0
"""How long Kafka may take to say where a topic ends; a client that lost it waits silently."""

_log = structlog.get_logger()


class TroubleReader:
    """Follows both topics into `Troubles`, and calls `changed` after each change.

    The ledger is read whole, as a failure may be its first record and a later record may
    settle it; of the rejects no more than are shown.
    """

    def __init__(self, settings: Settings, troubles: Troubles, changed: Callable[[], None]) -> None:
        self._settings = settings
        self._topics = Topics(settings.namespace)
        self._troubles = troubles
        self._changed = changed

    async def run(self) -> None:
        """Follows until cancelled; outlasts a Kafka that is away."""
        while True:
            try:
                await self._follow()
            except (KafkaError, OSError, TimeoutError) as error:
                _log.warning("kafka away from the desk", error=str(error))
                if self._troubles.away in {"", READING}:
                    self._say("Kafka cannot be reached, so this may be out of date.")
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
                found = await consumer.getmany(
                    timeout_ms=POLL_TIMEOUT_MS, max_records=POLL_RECORDS_MAX
                )
                for records in found.values():
                    for record in records:
                        self._take(record)
                if found:
                    self._changed()
                # In a quiet moment this also finds a Kafka that is away.
                if (not found or self._troubles.away) and await self._is_at_end(consumer):
                    self._say("")
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
            places = {each: await consumer.position(each) for each in ends}
        return all(places[partition] >= end for partition, end in ends.items())

    def _take(self, record: ConsumerRecord[bytes, bytes]) -> None:
        if record.value is None:
            return
        try:
            if record.topic == self._topics.deliveries:
                self._troubles.take_delivery(Delivery.model_validate_json(record.value))
            else:
                at = datetime.fromtimestamp(record.timestamp / 1_000, UTC)
                self._troubles.take_reject(Reject.model_validate_json(record.value), at)
        except ValidationError:
            # Only our own services write here, so the fault is ours; others must not wait.
            _log.exception("unreadable record", topic=record.topic, offset=record.offset)

    def _say(self, away: str) -> None:
        if self._troubles.away != away:
            self._troubles.away = away
            self._changed()
