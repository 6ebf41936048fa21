"""What a batch results in, published: alerts, totals, wards and rejects."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from schemas.envelope import COUNCIL_VERSION, Headers, content_id
from schemas.reject import Reject
from services.aggregator.changes import CouncilAlerts, EncodedAlert, EncodedChange
from services.engine.publisher import (
    Message,
    Outgoing,
    PendingAcks,
    Publisher,
    acknowledged,
    headers,
)
from services.engine.yielding import yield_to_alerts
from services.platform.names import Topics
from services.platform.origin import Origin, arrived
from services.platform.settings import Settings

SOURCE = "/livecount/aggregator"


class Outputs:
    """Publishes what a batch results in.

    Alerts have a producer of their own. aiokafka has only one request to a broker under way at a
    time, so with a shared producer alerts would wait for totals.
    """

    def __init__(self, settings: Settings) -> None:
        self._topics = Topics(settings.namespace)
        self._alerts = Publisher(settings, "livecount-aggregator-alerts")
        self._others = Publisher(settings, "livecount-aggregator-outputs")

    async def start(self) -> None:
        """Connects, and reads how many partitions each topic has.

        Raises KafkaUnavailableError if no broker answers or a topic is missing.
        """
        topics = self._topics
        await self._alerts.start([topics.alerts])
        # What it reads is among them, for the number of its partitions.
        await self._others.start([topics.declarations, topics.totals, topics.wards, topics.rejects])

    async def stop(self) -> None:
        """Sends what is still waiting, and disconnects."""
        await self._alerts.stop()
        await self._others.stop()

    @property
    def declarations_partitions(self) -> int:
        """The number of partitions of the declarations topic. Known once started."""
        return self._others.partitions(self._topics.declarations)

    async def send(self, alerts: Iterable[CouncilAlerts], rejects: Iterable[Reject]) -> PendingAcks:
        """Sends each council's alerts, in order, and then the rejects of the fold.

        Returns once the request with the alerts is written, so that no other work for the batch
        delays it. Does not wait until Kafka has them: `acknowledged` does. Raises
        KafkaUnavailableError if they cannot be sent.
        """
        placed = list(self._placed(alerts))
        pending = await self._alerts.send_each(
            (place, (council, each.json, [*headers(each.id, "alert", SOURCE), *_of(each.origin)]))
            for place, council, each in placed
        )
        for sent, (_, _, each) in zip(pending, placed, strict=True):
            sent.add_done_callback(partial(_published, each.origin))
        if pending:
            await yield_to_alerts()
        return pending + await self._others.send(self._others.rejected(rejects, SOURCE))

    async def publish_totals(self, changes: Iterable[EncodedChange]) -> None:
        """Publishes each council's totals and wards heard of, and waits until Kafka has them.

        A ward names the version of the totals that it goes with, as either may arrive first.
        Councils that are not opened yet have none. Raises KafkaUnavailableError if an
        acknowledgement does not come.
        """
        messages: Outgoing = defaultdict(list)
        for change in changes:
            if change.totals is None:
                continue
            key, of = change.council.encode(), _of(change.origin)
            totals = messages[self._others.place(self._topics.totals, change.council)]
            totals.append(
                (key, change.totals, [*headers(content_id(change.totals), "totals", SOURCE), *of])
            )
            version = (COUNCIL_VERSION, str(change.version).encode())
            wards: list[Message] = [
                (key, ward, [*headers(content_id(ward), "ward", SOURCE), version, *of])
                for ward in change.heard_of
            ]
            if wards:
                messages[self._others.place(self._topics.wards, change.council)] += wards
        await self.acknowledged(await self._others.send(messages))

    async def reject(self, rejects: Sequence[Reject]) -> None:
        """Publishes rejects, in order within a partition, and waits until Kafka has them.

        Raises KafkaUnavailableError if an acknowledgement does not come.
        """
        if rejects:
            sent = await self._others.send(self._others.rejected(rejects, SOURCE))
            await self.acknowledged(sent)

    async def acknowledged(self, pending: PendingAcks) -> None:
        """Returns once every in-sync replica has what was sent.

        Raises KafkaUnavailableError if an acknowledgement does not come, and TopicLimitError if a
        topic takes smaller messages than it should.
        """
        await acknowledged(pending)

    def _placed(
        self, alerts: Iterable[CouncilAlerts]
    ) -> Iterable[tuple[tuple[str, int], bytes, EncodedAlert]]:
        """Yields each alert with its place and its key."""
        for council, encoded in alerts:
            place = self._alerts.place(self._topics.alerts, council)
            for alert in encoded:
                yield place, council.encode(), alert


def _of(origin: Origin | None) -> Headers:
    return origin.headers() if origin is not None else []


def _published(origin: Origin | None, sent: asyncio.Future[Any]) -> None:
    """Measures an alert that Kafka has acknowledged, by the broker's clock at both ends."""
    if sent.cancelled() or sent.exception() is not None:
        return
    # Kafka gives none for a repeat that it recognises.
    if (timestamp_ms := sent.result().timestamp or 0) > 0:
        arrived("alert", origin, timestamp_ms / 1_000)
