"""Follows what the desk says about alerts on the topic `holds`, for a notifier that runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from pydantic import ValidationError

from schemas.hold import AlertsHeldBack, decode_hold
from services.notifier.holding.holds import Holds, scope_of
from services.platform.errors import KafkaUnavailableError
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topic_fetch import Record
from services.platform.topic_reader import TopicReader

SILENCE_S: Final = 10.0
"""After this time without a word it is asked whether there is an outage. Not sooner, because what
the desk says meanwhile waits for the answer, for up to half a second."""

RETRY_S: Final = 5.0
"""The pause before the topic is read again after a failure."""

log = structlog.get_logger(__name__)


class HoldsFollower:
    """Keeps `holds` as the topic has them. Commits no offsets: every notifier reads all of it."""

    def __init__(self, settings: Settings, holds: Holds) -> None:
        self._holds = holds
        self._reader = TopicReader(
            settings, [Topics(settings.namespace).holds], self._add, client_id="livecount-holds"
        )
        self._is_failing = False

    async def start(self) -> None:
        """Connects and reads the topic to its end. Raises KafkaUnavailableError."""
        await self._reader.start()
        await self._reader.catch_up()
        for rule, kinds in self._holds.in_force():
            log.warning(
                "alerts are held back",
                which=scope_of(rule.council, kinds),
                seconds=rule.seconds,
                by=rule.by,
                reason=rule.reason,
            )

    async def stop(self) -> None:
        """Disconnects."""
        await self._reader.stop()

    async def run(self, on_change: Callable[[], None]) -> None:
        """Reads on until cancelled, and calls `on_change` after whatever the desk has said.

        While the topic cannot be read, what was said before stays in force; that is logged.
        """
        loop = asyncio.get_running_loop()
        asked_s = loop.time()
        while True:
            try:
                if await self._reader.read():
                    on_change()
                elif self._is_failing or loop.time() - asked_s >= SILENCE_S:
                    at_end, asked_s = await self._reader.is_at_end(), loop.time()
                    if at_end and self._is_failing:
                        self._is_failing = False
                        log.info("what the desk holds back is read again")
            except KafkaUnavailableError as error:
                if not self._is_failing:
                    log.error("what the desk holds back cannot be read: %s", error)  # noqa: TRY400 -- no fault of ours
                self._is_failing = True
                await asyncio.sleep(RETRY_S)

    def _add(self, record: Record) -> None:
        try:
            event = decode_hold(record.value or b"")
        except ValidationError:
            # Only our own command writes here, so this is a bug or a newer version.
            log.exception("message cannot be read", topic=record.topic, offset=record.offset)
            return
        self._holds.apply(event)
        if isinstance(event, AlertsHeldBack):
            what = f"{scope_of(event.council, event.kinds)}: {event.seconds} s"
        else:
            what = f"{event.ruling} {', '.join(event.alerts)} of {event.council or 'the night'}"
        log.info("the desk on alerts", what=what, by=event.by, reason=event.reason)
