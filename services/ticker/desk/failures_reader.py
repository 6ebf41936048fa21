"""Reads the ledger and the rejects from Kafka for the desk page, and commits nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import structlog
from pydantic import ValidationError

from schemas.delivery import Delivery
from schemas.reject import Reject
from services.platform.errors import KafkaUnavailableError
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topic_fetch import Record
from services.platform.topic_log import TopicReader
from services.ticker.desk.failures import READING, SHOWN_MAX, Troubles

RETRY_S: Final = 5.0
"""How long until Kafka is tried again; the page says meanwhile that it is away."""

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
            except KafkaUnavailableError as error:
                _log.warning("kafka away from the desk", error=str(error))
                if self._troubles.away in {"", READING}:
                    self._say("Kafka cannot be reached, so this may be out of date.")
                await asyncio.sleep(RETRY_S)

    async def _follow(self) -> None:
        reader = TopicReader(
            self._settings,
            [self._topics.deliveries, self._topics.rejects],
            self._take,
            client_id="livecount-ticker-desk",
        )
        try:
            await reader.start()
            await reader.skip_to_last(self._topics.rejects, SHOWN_MAX)
            while True:
                found = await reader.read()
                if found:
                    self._changed()
                # While nothing comes this also finds out whether Kafka is away.
                if (not found or self._troubles.away) and await reader.is_at_end():
                    self._say("")
        finally:
            await reader.stop()

    def _take(self, record: Record) -> None:
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
