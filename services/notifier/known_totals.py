"""The latest totals of every council, as the compacted `totals` topic has them."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from aiokafka.structs import ConsumerRecord
from pydantic import ValidationError

from schemas.totals import CouncilTotals
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topic_reader import TopicReader

log = structlog.get_logger(__name__)


class KnownTotals:
    """The totals in memory: a UK election night has some 400 councils of 10 kB.

    Notices of wards take the council's name and mode from here, filters of input its name and GSS
    code, and `within_seats` how close the council is to a change.

    They are read as they come, and an alert does not wait for them: to ask where the topic ends
    takes up to half a second, as the broker answers a fetch that waits on the connection first.
    """

    def __init__(self, settings: Settings) -> None:
        self._reader = TopicReader(
            settings,
            [Topics(settings.namespace).totals],
            self._add,
            client_id="livecount-notifier-totals",
        )
        self._councils: dict[str, CouncilTotals] = {}
        self._read_more = asyncio.Event()

    async def start(self) -> None:
        """Connects and reads the topic to its end. Raises KafkaUnavailableError."""
        await self._reader.start()
        await self._reader.catch_up()

    async def stop(self) -> None:
        """Disconnects."""
        await self._reader.stop()

    async def run(self) -> None:
        """Reads on until cancelled. Raises KafkaUnavailableError."""
        while True:
            if await self._reader.read():
                self._read_more.set()

    def find(self, council: str, version: int = 0) -> CouncilTotals | None:
        """Returns the latest totals read of a council, or None if none of this version or later."""
        totals = self._councils.get(council)
        return totals if totals is not None and totals.version >= version else None

    def every(self) -> list[CouncilTotals]:
        """Returns the latest totals read of every council."""
        return list(self._councils.values())

    async def wait_for(self, council: str, version: int, timeout_s: float) -> CouncilTotals | None:
        """Returns what `find` does, once it has been read; None if that takes longer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self.find(council, version) is None:
                    self._read_more.clear()
                    await self._read_more.wait()
        return self.find(council, version)

    def _add(self, record: ConsumerRecord[bytes, bytes]) -> None:
        try:
            totals = CouncilTotals.model_validate_json(record.value or b"")
        except ValidationError:
            log.exception("totals cannot be read", topic=record.topic, offset=record.offset)
            return
        known = self._councils.get(totals.council)
        if known is None or totals.version >= known.version:
            self._councils[totals.council] = totals
