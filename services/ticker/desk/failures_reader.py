"""Reads deliveries and rejects from Kafka for the desk page. Commits no offsets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import structlog

from schemas.delivery import Delivery
from schemas.reject import Reject
from services.platform.errors import KafkaUnavailableError
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topic_fetch import Record
from services.platform.topic_reader import TopicReader
from services.ticker.broken import report
from services.ticker.desk.failures import LOADING, SHOWN_MAX, Failures
from services.ticker.desk.undecided import Undecided

RETRY_S: Final = 5.0
"""Pause before Kafka is tried again; meanwhile the page says that Kafka cannot be reached."""

_log = structlog.get_logger()


class FailuresReader:
    """Reads both topics into `Failures` and `Undecided`; calls `on_change` after each change.

    Deliveries are read from the beginning, because any record may be a failure that a later
    record settles; of the rejects, only as many of the last as the page shows.
    """

    def __init__(
        self,
        settings: Settings,
        failures: Failures,
        undecided: Undecided,
        on_change: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._topics = Topics(settings.namespace)
        self._failures = failures
        self._undecided = undecided
        self._on_change = on_change

    async def run(self) -> None:
        """Reads until cancelled; tries again after RETRY_S if Kafka cannot be reached."""
        while True:
            try:
                await self._follow()
            except KafkaUnavailableError as error:
                _log.warning("kafka away from the desk", error=str(error))
                if self._failures.notice in {"", LOADING}:
                    self._set_notice("Kafka cannot be reached, so this may be out of date.")
                await asyncio.sleep(RETRY_S)

    async def _follow(self) -> None:
        reader = TopicReader(
            self._settings,
            [self._topics.deliveries, self._topics.rejects],
            self._add,
            client_id="livecount-ticker-desk",
        )
        try:
            await reader.start()
            await reader.skip_to_last(self._topics.rejects, SHOWN_MAX)
            while True:
                has_read = await reader.read()
                if has_read:
                    self._on_change()
                # If nothing was read, this also detects that Kafka cannot be reached.
                if (not has_read or self._failures.notice) and await reader.is_at_end():
                    self._set_notice("")
        finally:
            await reader.stop()

    def _add(self, record: Record) -> None:
        try:
            if record.topic == self._topics.deliveries:
                self._failures.add_delivery(Delivery.model_validate_json(record.value))
            else:
                at = datetime.fromtimestamp(record.timestamp / 1_000, UTC)
                reject = Reject.model_validate_json(record.value)
                self._failures.add_reject(reject, at)
                self._undecided.add_reject(reject, at)
        except (ValueError, OverflowError, OSError) as error:
            # Only livecount writes to these topics, so this is a bug or a newer version; the
            # records after it are still shown. A time of Kafka may be one that no clock shows.
            report("desk", f"{record.topic} {record.partition}/{record.offset}", error)

    def _set_notice(self, notice: str) -> None:
        if self._failures.notice != notice:
            self._failures.notice = notice
            self._on_change()
