"""What a batch results in, published: alerts, totals, wards and rejects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from schemas.envelope import COUNCIL_VERSION, content_id
from schemas.reject import Reject
from services.aggregator.changes import CouncilAlerts, EncodedChange
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
        pending = await self._alerts.send_each(self._alert_messages(alerts))
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
            key = change.council.encode()
            totals = messages[self._others.place(self._topics.totals, change.council)]
            totals.append(
                (key, change.totals, headers(content_id(change.totals), "totals", SOURCE))
            )
            version = (COUNCIL_VERSION, str(change.version).encode())
            wards: list[Message] = [
                (key, ward, [*headers(content_id(ward), "ward", SOURCE), version])
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

    def _alert_messages(
        self, alerts: Iterable[CouncilAlerts]
    ) -> Iterable[tuple[tuple[str, int], Message]]:
        for council, encoded in alerts:
            place = self._alerts.place(self._topics.alerts, council)
            for alert_id, alert in encoded:
                yield place, (council.encode(), alert, headers(alert_id, "alert", SOURCE))
