"""The aggregator's own Kafka producers, for alerts, totals, wards and rejects.

Faust's producer is not used: it is not idempotent, and logs a message that it cannot send and
goes on.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from schemas.envelope import COUNCIL_VERSION, Envelope, Headers, content_id, message_type
from schemas.reject import Reject
from services.aggregator.changes import CouncilAlerts, EncodedChange
from services.aggregator.errors import TopicLimitError
from services.aggregator.yielding import yield_to_alerts
from services.platform import kafka
from services.platform.errors import KafkaUnavailableError, ServiceError
from services.platform.names import Topics
from services.platform.partitioner import partition_of
from services.platform.settings import Settings

SOURCE = "/livecount/aggregator"

PUBLISH_TIMEOUT_S = 15.0
"""How long Kafka may take to acknowledge an output. The producer itself retries for 10 s."""

PendingAcks = list[asyncio.Future[Any]]
"""Kafka's acknowledgements of what was sent, each done once it has arrived."""


class Outputs:
    """Publishes what a batch results in.

    Alerts have a producer of their own. aiokafka has only one request to a broker under way at a
    time, so with a shared producer alerts would wait for totals.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._topics = Topics(settings.namespace)
        self._alerts: AIOKafkaProducer | None = None
        self._producer: AIOKafkaProducer | None = None
        self._partitions: dict[str, int] = {}

    async def start(self) -> None:
        """Connects, and reads how many partitions each topic has.

        Raises KafkaUnavailableError if no broker answers or a topic is missing.
        """
        self._alerts = kafka.producer(self._settings, "livecount-aggregator-alerts")
        self._producer = kafka.producer(self._settings, "livecount-aggregator-outputs")
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                await self._alerts.start()
                await self._producer.start()
                # Of what others alone write it may not even ask.
                for topic in set(self._topics.all()) - {
                    self._topics.deliveries,
                    self._topics.holds,
                    self._topics.audit,
                    self._topics.sessions,
                }:
                    self._partitions[topic] = len(await self._producer.partitions_for(topic))
        except (KafkaError, TimeoutError) as error:
            raise KafkaUnavailableError(
                f"cannot write to {self._topics.namespace}.*: {error!r};"
                " start Kafka and run `livecount topics create`"
            ) from error

    async def stop(self) -> None:
        """Sends what is still waiting, and disconnects."""
        for producer in (self._alerts, self._producer):
            if producer is not None:
                await producer.stop()

    @property
    def declarations_partitions(self) -> int:
        """The number of partitions of the declarations topic. Known once started."""
        return self._partitions[self._topics.declarations]

    async def send(self, alerts: Iterable[CouncilAlerts], rejects: Iterable[Reject]) -> PendingAcks:
        """Sends each council's alerts, in order, and then the rejects of the fold.

        Returns once the request with the alerts is written, so that no other work for the batch
        delays it. Does not wait until Kafka has them: `acknowledged` does. Raises
        KafkaUnavailableError if they cannot be sent.
        """
        pending = await self._send_alerts(alerts)
        if pending:
            await yield_to_alerts()
        return pending + await self._send(self._producer, self._rejected(rejects))

    async def publish_totals(self, changes: Iterable[EncodedChange]) -> None:
        """Publishes each council's totals and wards heard of, and waits until Kafka has them.

        A ward names the version of the totals that it goes with, as either may arrive first.
        Councils that are not opened yet have none. Raises KafkaUnavailableError if an
        acknowledgement does not come.
        """
        messages: _Outgoing = defaultdict(list)
        for change in changes:
            if change.totals is None:
                continue
            key = change.council.encode()
            totals = messages[self._partition(self._topics.totals, change.council)]
            totals.append((key, change.totals, _headers(content_id(change.totals), "totals")))
            version = (COUNCIL_VERSION, str(change.version).encode())
            wards: list[_Message] = [
                (key, ward, [*_headers(content_id(ward), "ward"), version])
                for ward in change.heard_of
            ]
            if wards:
                messages[self._partition(self._topics.wards, change.council)] += wards
        await self.acknowledged(await self._send(self._producer, messages))

    async def reject(self, rejects: Sequence[Reject]) -> None:
        """Publishes rejects, in order within a partition, and waits until Kafka has them.

        A reject keeps the partition of its message. Its id is derived from its content, so that a
        reject that is published again after a crash can be recognised. Raises
        KafkaUnavailableError if an acknowledgement does not come.
        """
        if rejects:
            await self.acknowledged(await self._send(self._producer, self._rejected(rejects)))

    async def acknowledged(self, pending: PendingAcks) -> None:
        """Returns once every in-sync replica has what was sent.

        Raises KafkaUnavailableError if an acknowledgement does not come, and TopicLimitError if a
        topic takes smaller messages than it should.
        """
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                for acknowledgement in pending:
                    await acknowledgement
        except (KafkaError, TimeoutError) as error:
            raise _failure("an output was not acknowledged", error) from error

    def _rejected(self, rejects: Iterable[Reject]) -> _Outgoing:
        messages: _Outgoing = defaultdict(list)
        for reject in rejects:
            payload = reject.model_dump_json().encode()
            topic = self._topics.rejects
            messages[topic, reject.partition % self._partitions[topic]].append(
                (reject.key, payload, _headers(content_id(payload), "reject"))
            )
        return messages

    def _partition(self, topic: str, council: str) -> tuple[str, int]:
        """Returns a topic and the partition in it that any producer would choose for a council."""
        return topic, partition_of(council, self._partitions[topic])

    async def _send_alerts(self, alerts: Iterable[CouncilAlerts]) -> PendingAcks:
        """Sends alerts one by one, so that they join the batch that aiokafka sends next.

        `send_batch`, which totals use, may wait until the request under way is answered, and the
        next fold would wait for that too.
        """
        pending: PendingAcks = []
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                for council, encoded in alerts:
                    assert self._alerts is not None, "start the outputs first"  # noqa: S101 - an invariant
                    topic, partition = self._partition(self._topics.alerts, council)
                    for alert_id, alert in encoded:
                        headers = _headers(alert_id, "alert")
                        key = council.encode()
                        pending.append(
                            await self._alerts.send(
                                topic, alert, key=key, partition=partition, headers=headers
                            )
                        )
        except (KafkaError, TimeoutError) as error:
            raise _failure("an alert was not sent", error) from error
        return pending

    async def _send(self, producer: AIOKafkaProducer | None, messages: _Outgoing) -> PendingAcks:
        if not messages:
            return []
        assert producer is not None, "start the outputs first"  # noqa: S101 - an invariant
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                return [
                    await producer.send_batch(batch, topic, partition=partition)
                    for (topic, partition), outgoing in messages.items()
                    for batch in _batches(producer, outgoing)
                ]
        except (KafkaError, TimeoutError) as error:
            raise _failure("an output was not sent", error) from error


def _failure(what: str, error: Exception) -> ServiceError:
    """Returns the error of an output that Kafka has not taken.

    Nothing larger than `steps.OUTPUT_BYTES_MAX` is published, so if one is too large the topic is
    not as it should be.
    """
    if isinstance(error, MessageSizeTooLargeError | RecordListTooLargeError):
        return TopicLimitError(
            f"{what}: {error!r}; max.message.bytes of a topic is smaller than livecount needs;"
            " see `livecount topics list`"
        )
    return KafkaUnavailableError(f"{what}: {error!r}")


_Message = tuple[bytes | None, bytes, Headers]
_Outgoing = defaultdict[tuple[str, int], list[_Message]]


def _headers(identifier: str, kind: str) -> Headers:
    """Returns a message's envelope. Only the id differs between messages of a kind."""
    return [
        (name, identifier.encode() if name == "ce_id" else value) for name, value in _envelope(kind)
    ]


@cache
def _envelope(kind: str) -> Headers:
    return Envelope(id="-", source=SOURCE, type=message_type(kind)).headers()


def _batches(producer: AIOKafkaProducer, outgoing: Iterable[_Message]) -> list[Any]:
    """Returns the messages packed into as few batches as the producer's limit allows."""
    batches = [producer.create_batch()]
    for key, value, headers in outgoing:
        if batches[-1].append(timestamp=None, key=key, value=value, headers=headers) is None:
            batches.append(producer.create_batch())
            batches[-1].append(timestamp=None, key=key, value=value, headers=headers)
    return batches
