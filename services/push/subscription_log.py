"""The topic `subscriptions`: everybody who is subscribed, as every process of push knows them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import datetime
from types import TracebackType
from typing import Final, Self

import structlog
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from schemas.envelope import Envelope, content_id, message_type
from schemas.push_subscription import PushSubscription
from services.platform import kafka
from services.platform.errors import KafkaUnavailableError
from services.platform.metrics import PUSH_SUBSCRIPTIONS
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topic_fetch import Record
from services.platform.topic_reader import TopicReader
from services.push.subscriptions import Subscriptions, subscriber

WRITE_TIMEOUT_S: Final = 10.0
"""How long a reader waits until Kafka has a subscription and it was read again; it takes
milliseconds."""

RETRY_S: Final = 2.0
"""The pause before the topic is read again after a failure."""

CLIENT_ID: Final = "livecount-push"
SOURCE: Final = "/livecount/push"

log = structlog.get_logger(__name__)


class SubscriptionLog:
    """Keeps `subscriptions` as the topic has them, and writes to it. An async context manager.

    What was written counts once it was read again, so that every process sees one order.
    """

    def __init__(self, settings: Settings) -> None:
        self.subscriptions = Subscriptions()
        self._topic = Topics(settings.namespace).subscriptions
        self._producer = kafka.producer(settings, CLIENT_ID)
        self._reader = TopicReader(
            settings,
            [self._topic],
            self._take,
            client_id=f"{CLIENT_ID}-subscriptions",
            with_removals=True,
        )
        self._read_to = -1
        self._awaited: defaultdict[int, set[asyncio.Event]] = defaultdict(set)

    async def __aenter__(self) -> Self:
        """Connects and reads the topic to its end. Raises KafkaUnavailableError."""
        try:
            await self._reader.start()
            await self._reader.catch_up()
            await self._producer.start()
        except KafkaError as error:
            await self._stop()
            raise KafkaUnavailableError(f"Kafka cannot be reached: {error}") from error
        except KafkaUnavailableError:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stop()

    async def run(self) -> None:
        """Reads on until cancelled. While that fails, those known before stay known."""
        is_failing = False
        while True:
            try:
                await self._reader.read()
                is_failing = False
            except KafkaUnavailableError as error:
                if not is_failing:
                    log.error("subscriptions cannot be read: %s", error)  # noqa: TRY400 -- no fault of ours
                is_failing = True
                await asyncio.sleep(RETRY_S)

    async def put(self, subscription: PushSubscription) -> None:
        """Writes a subscription and returns once it counts. Raises KafkaUnavailableError."""
        value = subscription.model_dump_json().encode()
        envelope = Envelope(
            id=content_id(value),
            source=SOURCE,
            type=message_type(subscription.type),
            time=subscription.at,
        )
        await self._write(subscription.id, value, envelope)

    async def remove(self, identifier: str) -> None:
        """Removes a subscription and returns once that counts. Raises KafkaUnavailableError."""
        await self._write(identifier, None, None)

    async def remove_older(self, than: datetime) -> int:
        """Removes those of whom nothing was heard since; returns how many there were.

        Raises KafkaUnavailableError.
        """
        old = [each.id for each in self.subscriptions if each.at < than]
        for identifier in old:
            await self.remove(identifier)
        return len(old)

    async def _write(self, key: str, value: bytes | None, envelope: Envelope | None) -> None:
        headers = envelope.headers() if envelope is not None else []
        try:
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                written = await self._producer.send_and_wait(
                    self._topic, value, key=key.encode(), headers=headers
                )
                await self._until_read(written.offset)
        except (KafkaError, TimeoutError) as error:
            raise KafkaUnavailableError(f"{self._topic} was not written: {error!r}") from error

    async def _until_read(self, offset: int) -> None:
        if self._read_to >= offset:
            return
        event = asyncio.Event()
        self._awaited[offset].add(event)
        try:
            await event.wait()
        finally:
            self._awaited[offset].discard(event)
            if not self._awaited[offset]:
                del self._awaited[offset]

    def _take(self, record: Record) -> None:
        self._read_to = record.offset
        if record.value is None:
            self.subscriptions.remove((record.key or b"").decode("utf-8", "replace"))
        else:
            self._put(record)
        PUSH_SUBSCRIPTIONS.set(len(self.subscriptions))
        for event in self._awaited.get(record.offset, ()):
            event.set()

    def _put(self, record: Record) -> None:
        try:
            found = PushSubscription.model_validate_json(record.value or b"")
        except ValidationError:
            # Without the error, which would show the keys.
            log.error("subscription cannot be read", topic=self._topic, offset=record.offset)  # noqa: TRY400
            return
        self.subscriptions.put(subscriber(found))

    async def _stop(self) -> None:
        await self._reader.stop()
        await self._producer.stop()
