"""The topic `sessions`: claims of invitations and ends of sessions, known to every process."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from schemas.envelope import Envelope, content_id, message_type
from schemas.session import SESSION_EVENT, InvitationClaimed, SessionEnded, SessionEvent
from services.entry.claims import Claims, Refusal
from services.entry.entry_audit import SOURCE
from services.entry.sessions import SESSION_S
from services.platform import kafka
from services.platform.errors import KafkaUnavailableError
from services.platform.names import Topics
from services.platform.one_message import WRITE_TIMEOUT_S, unwritable
from services.platform.settings import Settings
from services.platform.topic_fetch import Record
from services.platform.topic_reader import TopicReader

READ_TIMEOUT_S: Final = 10.0
"""How long it may take to read again what Kafka has acknowledged: some milliseconds, and a new
leader takes seconds."""

RETRY_S: Final = 5.0
"""The pause before the topic is read again after a failure."""

_log = structlog.get_logger(__name__)


class SessionLog:
    """Writes claims and ends of sessions, and reads those of all processes.

    A claim is answered once the topic was read up to it, so that two processes never both let a
    device in. `clock` returns the time. Call `start` first, and keep `run` running.
    """

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._topic = Topics(settings.namespace).sessions
        self._clock = clock
        self._reader = TopicReader(
            settings, [self._topic], self._hear, client_id="livecount-entry-sessions"
        )
        self._producer = kafka.producer(settings, "livecount-entry-sessions")
        self._claims = Claims()
        # Until the session would have ended by itself. The one ended last is last.
        self._ended: OrderedDict[str, datetime] = OrderedDict()
        self._read_to = 0
        self._moved = asyncio.Event()

    async def start(self) -> None:
        """Connects and reads the topic to its end. Raises KafkaUnavailableError."""
        try:
            await self._reader.start()
            await self._reader.catch_up()
            await self._producer.start()
        except KafkaError as error:
            await self.stop()
            raise unwritable(self._topic, error) from error
        except KafkaUnavailableError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Disconnects."""
        await self._producer.stop()
        await self._reader.stop()

    async def run(self) -> None:
        """Reads on until cancelled, whatever becomes of Kafka; an outage is logged once."""
        is_failing = False
        while True:
            try:
                if await self._reader.read() and is_failing:
                    is_failing = False
                    _log.info("the sessions are read again", topic=self._topic)
            except KafkaUnavailableError as error:
                if not is_failing:
                    _log.warning("what becomes of sessions elsewhere is unknown", error=str(error))
                is_failing = True
                await asyncio.sleep(RETRY_S)

    def is_ended(self, session: str) -> bool:
        """Returns whether somebody has signed out of a session, at any process."""
        return session in self._ended

    async def claim(self, claim: InvitationClaimed) -> Refusal | None:
        """Has a device use an invitation; returns None if it does, else what speaks against it.

        Raises KafkaUnavailableError if that is not known; the same may be claimed again.
        """
        refusal = self._claims.refusal(claim)
        if refusal is None and not self._claims.has(claim):
            await self._write(claim)
            refusal = self._claims.refusal(claim)
        return refusal

    async def end(self, session: str, key_id: str) -> None:
        """Ends a session: here at once, and at other processes as soon as they read it.

        Raises KafkaUnavailableError if the others may not hear of it.
        """
        event = SessionEnded(session=session, key=key_id, at=self._clock())
        self._end(event)
        await self._write(event)

    async def _write(self, event: SessionEvent) -> None:
        """Writes an event, and returns once it was read again. Raises KafkaUnavailableError."""
        value = event.model_dump_json().encode()
        envelope = Envelope(
            id=content_id(value), source=SOURCE, type=message_type(event.type), time=event.at
        )
        try:
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                sent = await self._producer.send_and_wait(
                    self._topic, value, key=event.key.encode(), headers=envelope.headers()
                )
        except (KafkaError, OSError, TimeoutError) as error:
            raise unwritable(self._topic, error) from error
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                while self._read_to <= sent.offset:
                    await self._moved.wait()
        except TimeoutError as error:
            raise KafkaUnavailableError(f"{self._topic} cannot be read; try again") from error

    def _hear(self, record: Record) -> None:
        try:
            event = SESSION_EVENT.validate_json(record.value or b"")
        except ValidationError:
            # Only entry writes here, so this is a bug or a newer version.
            _log.exception("message cannot be read", topic=record.topic, offset=record.offset)
        else:
            if isinstance(event, InvitationClaimed):
                self._claims.hear(event)
            else:
                self._end(event)
        self._read_to = record.offset + 1
        # Whoever waits goes on, and waits for the next one.
        self._moved.set()
        self._moved = asyncio.Event()

    def _end(self, event: SessionEnded) -> None:
        self._ended[event.session] = event.at
        over = self._clock() - timedelta(seconds=SESSION_S)
        while self._ended and next(iter(self._ended.values())) <= over:
            self._ended.popitem(last=False)
