"""The aggregator's own producer: alerts, totals, wards and rejects, acknowledged before going on.

Faust's own producer is not idempotent, and what fails there is logged and forgotten.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.envelope import COUNCIL_VERSION, Envelope, Headers, content_id, message_type
from schemas.reject import Reject
from services.aggregator.changes import Entry, Written
from services.aggregator.yielding import let_alerts_go
from services.platform import kafka
from services.platform.errors import KafkaUnavailableError
from services.platform.names import Topics
from services.platform.partitioner import partition_of
from services.platform.settings import Settings

SOURCE = "/livecount/aggregator"

PUBLISH_TIMEOUT_S = 15.0
"""An output not acknowledged by then is given up. The producer itself tries for ten seconds."""


Sent = list[asyncio.Future[Any]]
"""What was sent and is not yet acknowledged."""


class Outputs:
    """What a batch publishes.

    Alerts have a producer of their own: aiokafka has one request to a broker under way at a
    time, and an alert does not wait for totals.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._topics = Topics(settings.namespace)
        self._alerts: AIOKafkaProducer | None = None
        self._producer: AIOKafkaProducer | None = None
        self._partitions: dict[str, int] = {}

    async def start(self) -> None:
        """Connects, and learns how many partitions each topic has.

        Raises KafkaUnavailableError where no broker answers, or where a topic is missing.
        """
        self._alerts = kafka.producer(self._settings, "livecount-aggregator-alerts")
        self._producer = kafka.producer(self._settings, "livecount-aggregator-outputs")
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                await self._alerts.start()
                await self._producer.start()
                for topic in self._topics.all():
                    self._partitions[topic] = len(await self._producer.partitions_for(topic))
        except (KafkaError, TimeoutError) as error:
            raise KafkaUnavailableError(
                f"cannot write to {self._topics.namespace}.*: {error!r};"
                " start Kafka and run `livecount topics create`"
            ) from error

    async def stop(self) -> None:
        """Sends what is waiting and disconnects."""
        for producer in (self._alerts, self._producer):
            if producer is not None:
                await producer.stop()

    @property
    def declarations_partitions(self) -> int:
        """How many partitions the declarations topic has, once started."""
        return self._partitions[self._topics.declarations]

    async def send(self, alerts: Iterable[Written], conflicts: Iterable[Reject]) -> Sent:
        """Sends each council's alerts, in order, and what could not be applied.

        Returns once the alerts have gone out, so that nothing else that follows from the batch
        goes before them. Does not wait until Kafka has them: `acknowledged` does. Raises
        KafkaUnavailableError where Kafka takes nothing.
        """
        sent = await self._send_alerts(alerts)
        if sent:
            await let_alerts_go()
        return sent + await self._send(self._producer, self._rejected(conflicts))

    async def publish_totals(self, entries: Iterable[Entry]) -> None:
        """Publishes each council's latest totals, and each of its wards that changed.

        A ward names the version of the totals that it goes with, as either may arrive first.
        Raises KafkaUnavailableError if an acknowledgement does not come.
        """
        messages: _Outgoing = defaultdict(list)
        for entry in entries:
            if entry.totals is None:
                continue
            key = entry.council.encode()
            totals = messages[self._place(self._topics.totals, entry.council)]
            totals.append((key, entry.totals, _headers(content_id(entry.totals), "totals")))
            version = (COUNCIL_VERSION, str(entry.version).encode())
            # A ward that the council no longer has is without bytes, and not published.
            wards: list[_Message] = [
                (key, ward, [*_headers(content_id(ward), "ward"), version])
                for _, ward in entry.wards
                if ward
            ]
            if wards:
                messages[self._place(self._topics.wards, entry.council)] += wards
        await self.acknowledged(await self._send(self._producer, messages))

    async def reject(self, rejects: Sequence[Reject]) -> None:
        """Publishes rejects, in order within a partition, and waits until Kafka has them.

        Raises KafkaUnavailableError if an acknowledgement does not come.

        A reject keeps the partition of its message. Its id is its content's, so that one that
        is published again after a crash can be told.
        """
        if rejects:
            await self.acknowledged(await self._send(self._producer, self._rejected(rejects)))

    async def acknowledged(self, sent: Sent) -> None:
        """Returns once every in-sync replica has what was sent.

        Raises KafkaUnavailableError if an acknowledgement does not come.
        """
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                for acknowledgement in sent:
                    await acknowledgement
        except (KafkaError, TimeoutError) as error:
            raise KafkaUnavailableError(f"an output was not acknowledged: {error!r}") from error

    def _rejected(self, rejects: Iterable[Reject]) -> _Outgoing:
        messages: _Outgoing = defaultdict(list)
        for reject in rejects:
            payload = reject.model_dump_json().encode()
            topic = self._topics.rejects
            messages[topic, reject.partition % self._partitions[topic]].append(
                (reject.key, payload, _headers(content_id(payload), "reject"))
            )
        return messages

    def _place(self, topic: str, council: str) -> tuple[str, int]:
        """Returns the topic and partition of a council's outputs: as any producer would choose."""
        return topic, partition_of(council, self._partitions[topic])

    async def _send_alerts(self, alerts: Iterable[Written]) -> Sent:
        """Sends alerts one by one: they join what waits for the request under way to return.

        A batch of our own, as of totals, would itself wait for it, and the next fold with it.
        """
        sent: Sent = []
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                for council, written in alerts:
                    assert self._alerts is not None, "start the outputs first"  # noqa: S101 - an invariant
                    topic, partition = self._place(self._topics.alerts, council)
                    for name, alert in written:
                        headers = _headers(name, "alert")
                        key = council.encode()
                        sent.append(
                            await self._alerts.send(
                                topic, alert, key=key, partition=partition, headers=headers
                            )
                        )
        except (KafkaError, TimeoutError) as error:
            raise KafkaUnavailableError(f"an alert was not sent: {error!r}") from error
        return sent

    async def _send(self, producer: AIOKafkaProducer | None, messages: _Outgoing) -> Sent:
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
            raise KafkaUnavailableError(f"an output was not sent: {error!r}") from error


_Message = tuple[bytes | None, bytes, Headers]
_Outgoing = defaultdict[tuple[str, int], list[_Message]]


def _headers(identifier: str, kind: str) -> Headers:
    """Returns a message's envelope. All but the id is the same for all of a kind."""
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
