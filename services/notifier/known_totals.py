"""The latest totals of every council, for channels that ask how near a council is."""

from __future__ import annotations

import logging

from aiokafka.structs import ConsumerRecord
from pydantic import ValidationError

from schemas.totals import CouncilTotals
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topic_log import TopicReader

log = logging.getLogger(__name__)


class KnownTotals:
    """What the compacted totals topic holds. A UK night has some 400 councils of 10 kB."""

    def __init__(self, settings: Settings) -> None:
        self._reader = TopicReader(
            settings,
            [Topics(settings.namespace).totals],
            self._take,
            client_id="livecount-notifier-totals",
        )
        self._councils: dict[str, CouncilTotals] = {}

    async def start(self) -> None:
        """Connects and reads to the end. Raises KafkaUnavailableError."""
        await self._reader.start()
        await self._reader.catch_up()

    async def stop(self) -> None:
        """Disconnects."""
        await self._reader.stop()

    async def catch_up(self) -> None:
        """Reads what was published until now. Raises KafkaUnavailableError."""
        await self._reader.catch_up()

    def find(self, council: str) -> CouncilTotals | None:
        """Returns the latest totals of a council that were read, or None."""
        return self._councils.get(council)

    def _take(self, record: ConsumerRecord[bytes, bytes]) -> None:
        try:
            totals = CouncilTotals.model_validate_json(record.value or b"")
        except ValidationError:
            log.exception("offset %d of %s is no totals", record.offset, record.topic)
            return
        known = self._councils.get(totals.council)
        if known is None or totals.version >= known.version:
            self._councils[totals.council] = totals
