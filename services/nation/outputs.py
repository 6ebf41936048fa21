"""What the second stage publishes: totals on `night`, national totals, alerts and rejects."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from schemas.envelope import content_id
from schemas.night import DigestDue
from schemas.reject import Reject
from services.engine.publisher import Outgoing, PendingAcks, Publisher, acknowledged, headers
from services.platform.names import Topics
from services.platform.settings import Settings

SOURCE = "/livecount/nation"


class Outputs:
    """Publishes, each thing under the key of its election.

    The relay has a producer of its own, and so have alerts: aiokafka has only one request to a
    broker under way at a time, so with a shared one they would wait for national totals.
    """

    def __init__(self, settings: Settings) -> None:
        self._topics = Topics(settings.namespace)
        self._relay = Publisher(settings, "livecount-nation-relay")
        self._alerts = Publisher(settings, "livecount-nation-alerts")
        self._others = Publisher(settings, "livecount-nation-outputs")
        self._starting = asyncio.Lock()
        self._started = False

    async def start(self) -> None:
        """Connects, the first time that it is called.

        Raises KafkaUnavailableError if no broker answers or a topic is missing.
        """
        async with self._starting:
            if not self._started:
                await self._relay.start([self._topics.night])
                await self._alerts.start([self._topics.alerts])
                await self._others.start([self._topics.national, self._topics.rejects])
                self._started = True

    async def stop(self) -> None:
        """Sends what is still waiting, and disconnects."""
        for publisher in (self._relay, self._alerts, self._others):
            await publisher.stop()

    @property
    def night_partitions(self) -> int:
        """The number of partitions of the topic `night`. Known once started."""
        return self._relay.partitions(self._topics.night)

    async def relay(self, totals: Iterable[tuple[str, Any]]) -> None:
        """Puts records of `totals` into `night` as they are, each with its election.

        Returns once every in-sync replica has them. Raises KafkaUnavailableError.
        """
        sent = await self._relay.send_each(
            (
                self._relay.place(self._topics.night, election),
                (election.encode(), record.value, list(record.headers)),
            )
            for election, record in totals
        )
        await acknowledged(sent)

    async def remind(self, due: DigestDue) -> None:
        """Puts into `night` that a digest is due, and returns once every in-sync replica has it.

        Raises KafkaUnavailableError.
        """
        value = due.model_dump_json().encode()
        place = self._relay.place(self._topics.night, due.election)
        envelope = headers(content_id(value), due.type, SOURCE)
        await acknowledged(
            await self._relay.send_each([(place, (due.election.encode(), value, envelope))])
        )

    async def send_alerts(self, election: str, alerts: Iterable[tuple[str, bytes]]) -> PendingAcks:
        """Sends an election's alerts, in order; `acknowledged` waits until Kafka has them.

        Each is an id and the JSON. Raises KafkaUnavailableError if they cannot be sent.
        """
        place = self._alerts.place(self._topics.alerts, election)
        return await self._alerts.send_each(
            (place, (election.encode(), alert, headers(alert_id, "alert", SOURCE)))
            for alert_id, alert in alerts
        )

    async def send_totals(
        self, election: str, night: bytes, parts: Iterable[tuple[str, bytes]]
    ) -> PendingAcks:
        """Sends the totals of a night, and those of parts of it under their names.

        A part without any is removed: its message has no value, which Kafka's compaction goes by.
        Raises KafkaUnavailableError if they cannot be sent.
        """
        messages: Outgoing = defaultdict(list)
        topic = self._topics.national
        keyed = [(election, night), *((f"{election} {name}", part) for name, part in parts)]
        for key, totals in keyed:
            envelope = headers(content_id(totals), "national", SOURCE)
            messages[self._others.place(topic, key)].append(
                (key.encode(), totals or None, envelope)
            )
        return await self._others.send(messages)

    async def reject(self, rejects: Sequence[Reject]) -> None:
        """Publishes rejects, and returns once every in-sync replica has them.

        Raises KafkaUnavailableError.
        """
        if rejects:
            await acknowledged(await self._others.send(self._others.rejected(rejects, SOURCE)))
