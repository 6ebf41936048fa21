"""A worker's own Kafka producer, which says what was not acknowledged.

Faust's producer is not used: it is not idempotent, and logs a message that it cannot send and
goes on.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from schemas.envelope import Envelope, Headers, content_id, message_type
from schemas.reject import Reject
from services.engine.errors import TopicLimitError
from services.platform import kafka
from services.platform.errors import KafkaUnavailableError, ServiceError
from services.platform.names import Topics
from services.platform.partitioner import partition_of
from services.platform.settings import Settings

PUBLISH_TIMEOUT_S = 15.0
"""How long Kafka may take to acknowledge an output. The producer itself retries for 10 s."""

PendingAcks = list[asyncio.Future[Any]]
"""Kafka's acknowledgements of what was sent, each done once it has arrived."""

Message = tuple[bytes | None, bytes | None, Headers]
"""Key, value and headers. Without a value it removes its key from a compacted topic."""

Outgoing = defaultdict[tuple[str, int], list[Message]]
"""Messages by topic and partition, in order."""


class Publisher:
    """One idempotent producer, to which brokers answer only once every in-sync replica has it."""

    def __init__(self, settings: Settings, client_id: str) -> None:
        self._settings = settings
        self._topics = Topics(settings.namespace)
        self._client_id = client_id
        self._producer: AIOKafkaProducer | None = None
        self._partitions: dict[str, int] = {}

    async def start(self, topics: Iterable[str]) -> None:
        """Connects, and reads how many partitions each topic has.

        Raises KafkaUnavailableError if no broker answers or a topic is missing.
        """
        self._producer = kafka.producer(self._settings, self._client_id)
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                await self._producer.start()
                for topic in topics:
                    self._partitions[topic] = len(await self._producer.partitions_for(topic))
        except (KafkaError, TimeoutError) as error:
            raise KafkaUnavailableError(
                f"cannot write to {self._topics.namespace}.*: {error!r};"
                " start Kafka and run `livecount topics create`"
            ) from error

    async def stop(self) -> None:
        """Sends what is still waiting, and disconnects."""
        if self._producer is not None:
            await self._producer.stop()

    def partitions(self, topic: str) -> int:
        """Returns the number of partitions of a topic. Known once started."""
        return self._partitions[topic]

    def place(self, topic: str, key: str) -> tuple[str, int]:
        """Returns a topic and the partition in it that any producer would choose for a key."""
        return topic, partition_of(key, self._partitions[topic])

    async def send_each(self, messages: Iterable[tuple[tuple[str, int], Message]]) -> PendingAcks:
        """Sends messages one by one, each to its place, so that they join the batch sent next.

        `send`, which is for many, may wait until the request under way is answered. Raises
        KafkaUnavailableError if they cannot be sent.
        """
        pending: PendingAcks = []
        with _failing("a message was not sent"):
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                for (topic, partition), (key, value, headers) in messages:
                    pending.append(
                        await self._started.send(
                            topic, value, key=key, partition=partition, headers=headers
                        )
                    )
        return pending

    async def send(self, messages: Outgoing) -> PendingAcks:
        """Sends messages, in as few batches as the producer's limit allows.

        Raises KafkaUnavailableError if they cannot be sent.
        """
        if not messages:
            return []
        with _failing("an output was not sent"):
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                return [
                    await self._started.send_batch(batch, topic, partition=partition)
                    for (topic, partition), outgoing in messages.items()
                    for batch in _batches(self._started, outgoing)
                ]

    def rejected(self, rejects: Iterable[Reject], source: str) -> Outgoing:
        """Returns rejects as messages. A reject keeps the partition of its message.

        Its id is derived from its content, so that a reject that is published again after a
        crash can be recognised.
        """
        messages: Outgoing = defaultdict(list)
        topic = self._topics.rejects
        for reject in rejects:
            payload = reject.model_dump_json().encode()
            messages[topic, reject.partition % self._partitions[topic]].append(
                (reject.key, payload, headers(content_id(payload), "reject", source))
            )
        return messages

    @property
    def _started(self) -> AIOKafkaProducer:
        assert self._producer is not None, "start the publisher first"  # noqa: S101 - an invariant
        return self._producer


async def acknowledged(pending: PendingAcks) -> None:
    """Returns once every in-sync replica has what was sent.

    Raises KafkaUnavailableError if an acknowledgement does not come, and TopicLimitError if a
    topic takes smaller messages than it should.
    """
    with _failing("an output was not acknowledged"):
        async with asyncio.timeout(PUBLISH_TIMEOUT_S):
            for acknowledgement in pending:
                await acknowledgement


def headers(identifier: str, kind: str, source: str) -> Headers:
    """Returns a message's envelope. Only the id differs between messages of a kind."""
    return [
        (name, identifier.encode() if name == "ce_id" else value)
        for name, value in _envelope(kind, source)
    ]


@contextmanager
def _failing(what: str) -> Iterator[None]:
    """Turns errors of the client into those of the service; `what` failed."""
    try:
        yield
    except (KafkaError, TimeoutError) as error:
        raise _failure(what, error) from error


def _failure(what: str, error: Exception) -> ServiceError:
    """Returns the error of an output that Kafka has not taken.

    Workers publish nothing that is larger than livecount's topics take, so if one is too large
    the topic is not as it should be.
    """
    if isinstance(error, MessageSizeTooLargeError | RecordListTooLargeError):
        return TopicLimitError(
            f"{what}: {error!r}; max.message.bytes of a topic is smaller than livecount needs;"
            " see `livecount topics list`"
        )
    return KafkaUnavailableError(f"{what}: {error!r}")


@cache
def _envelope(kind: str, source: str) -> Headers:
    return Envelope(id="-", source=source, type=message_type(kind)).headers()


def _batches(producer: AIOKafkaProducer, outgoing: Iterable[Message]) -> list[Any]:
    """Returns the messages packed into as few batches as the producer's limit allows."""
    batches = [producer.create_batch()]
    for key, value, envelope in outgoing:
        if batches[-1].append(timestamp=None, key=key, value=value, headers=envelope) is None:
            batches.append(producer.create_batch())
            batches[-1].append(timestamp=None, key=key, value=value, headers=envelope)
    return batches
