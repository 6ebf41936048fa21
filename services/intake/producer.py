"""The only producer of declarations. What it returns as acknowledged is in the log."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, Self

from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError
from aiokafka.structs import RecordMetadata

from schemas.events import Event
from services.intake.message import SOURCE, Message, prepare
from services.platform import kafka
from services.platform.errors import KafkaUnavailableError
from services.platform.names import Topics
from services.platform.settings import Settings

DELIVERY_TIMEOUT_S = 15.0
"""How long Kafka may take to acknowledge an event: one request of ten seconds and a retry.

A failed broker is replaced in about five seconds, so this outlasts the change of leader.
"""

IN_FLIGHT_MAX = 1_000
"""The most events sent but not yet acknowledged: about 3 MB, as a ward has some 3 kB."""


class Acknowledgement(NamedTuple):
    """The position of an event in the log."""

    partition: int
    offset: int


class DeclarationProducer:
    """Sends events to the declarations topic of a namespace, in order for each council.

    The key is the id of the council's election, so that a council has one partition. The
    producer is idempotent and waits for all in-sync replicas. Use it as an async context
    manager, or call `start` and `stop`.
    """

    def __init__(self, settings: Settings, *, client_id: str = "livecount-intake") -> None:
        self.namespace = settings.namespace
        self._topic = Topics(settings.namespace).declarations
        self._producer = kafka.producer(settings, client_id)

    async def start(self) -> None:
        """Connects and checks that the topic exists.

        Raises KafkaUnavailableError if there is no broker or no topic.
        """
        try:
            await self._producer.start()
            await self._producer.partitions_for(self._topic)
        except UnknownTopicOrPartitionError as error:
            await self.stop()
            raise KafkaUnavailableError(
                f"topic {self._topic} does not exist; run `livecount topics create`"
            ) from error
        except KafkaError as error:
            await self.stop()
            raise KafkaUnavailableError(
                f"Kafka cannot be reached: {error}; check LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS"
            ) from error

    async def stop(self) -> None:
        """Sends what still waits to be sent, and disconnects."""
        await self._producer.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def reachable(self) -> bool:
        """Returns whether a broker answers now. Takes at most one request timeout."""
        try:
            await self._producer.client.fetch_all_metadata()
        except (KafkaError, OSError):
            return False
        return True

    async def publish(
        self,
        event: Event,
        *,
        id: str | None = None,  # noqa: A002 -- the CloudEvents attribute is called id
        time: datetime | None = None,
        source: str = SOURCE,
    ) -> Acknowledgement:
        """Sends an event and returns its position once every in-sync replica has it.

        Raises what `prepare` and `send_all` raise.
        """
        message = prepare(event, self.namespace, id=id, time=time, source=source)
        return (await self.send_all([message]))[0]

    async def publish_all(self, events: Iterable[Event]) -> list[Acknowledgement]:
        """Sends events in order, many at a time, and returns the position of each.

        Raises what `prepare` and `send_all` raise; events before the faulty one may then be in
        the log.
        """
        return await self.send_all(prepare(event, self.namespace) for event in events)

    async def send_all(self, messages: Iterable[Message]) -> list[Acknowledgement]:
        """Sends messages in order and returns the position of each once all are acknowledged.

        At most IN_FLIGHT_MAX are unacknowledged at any time. Raises KafkaUnavailableError if one
        of them is not acknowledged within DELIVERY_TIMEOUT_S. All of them may be in the log
        nevertheless; sending them again is safe, as events are absolute and versioned.
        """
        acknowledged: list[Acknowledgement] = []
        waiting: deque[asyncio.Future[RecordMetadata]] = deque()
        for message in messages:
            if len(waiting) == IN_FLIGHT_MAX:
                acknowledged.append(await _acknowledgement(waiting.popleft()))
            waiting.append(await self._send(message))
        while waiting:
            acknowledged.append(await _acknowledgement(waiting.popleft()))
        return acknowledged

    async def _send(self, message: Message) -> asyncio.Future[RecordMetadata]:
        try:
            async with asyncio.timeout(DELIVERY_TIMEOUT_S):
                future: asyncio.Future[RecordMetadata] = await self._producer.send(
                    self._topic, message.value, key=message.key, headers=message.headers
                )
        except (KafkaError, TimeoutError) as error:
            raise _not_acknowledged(error) from error
        # After an earlier error nobody waits for this outcome; without this, asyncio would log it.
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        return future


async def _acknowledgement(future: asyncio.Future[RecordMetadata]) -> Acknowledgement:
    try:
        # Shielded, so that giving up does not cancel a message that the client has sent already.
        record = await asyncio.wait_for(asyncio.shield(future), DELIVERY_TIMEOUT_S)
    except (KafkaError, TimeoutError) as error:
        raise _not_acknowledged(error) from error
    return Acknowledgement(record.partition, record.offset)


def _not_acknowledged(error: Exception) -> KafkaUnavailableError:
    return KafkaUnavailableError(
        f"Kafka did not acknowledge within {DELIVERY_TIMEOUT_S:g} s ({type(error).__name__});"
        " send the same again: a repeat changes nothing"
    )
