"""Livecount's driver for Faust: one aiokafka consumer in the loop that counts.

Faust lets a transport bring a consumer and a fetcher of its own (`Transport.Consumer`,
`Transport.Fetcher`) and says in `faust.types.transports.ConsumerT` what it asks of a consumer.
This driver is written to that interface, on aiokafka's public methods only. Why Faust's own
driver is not used: docs/decisions/0008-a-faust-driver.md.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, ConsumerStoppedError, IllegalStateError, KafkaError
from faust.transport.drivers import aiokafka
from faust.types import TP
from mode.services import Service

from services.engine.consumer_interface import ConsumerInterface
from services.engine.exits import or_exit
from services.engine.fetch import Fetch, Fetcher
from services.platform.errors import KafkaUnavailableError

log = structlog.get_logger(__name__)

COMMIT_INTERVAL_S = 0.5
"""Time between two commits of offsets. What a crash repeats is recognised, so this bounds the work
repeated, not what is right."""

COMMIT_TIMEOUT_S = 8.0
"""Time for one commit. aiokafka sets no limit: while Kafka is away it would try for ever. Two of
them, as at a stop, fit into the time that a stop may take."""

FETCH_RECORDS_MAX = 1_000
"""Records taken at once; they travel to the agent as one fetch for each partition."""

MEMBERSHIP_INTERVAL_S = 1.0
"""Time between two questions whether the membership of the group has ended by itself."""

_NO_PARTITION = TopicPartition("", 0)


class _RebalanceListener(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka has no types
    """Passes what aiokafka says of a rebalance to the consumer."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Returns once everything that was fetched is stored and its offsets are committed."""
        await self._consumer.revoke({TP(*each) for each in revoked})

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Returns once Faust has been told of the partitions."""
        await self._consumer.assign({TP(*each) for each in assigned})


class Consumer(ConsumerInterface):
    """The consumer of an app with one agent for each of its topics, and no table.

    An agent takes fetches with `track_message` and gives them back with `ack`, in the order of
    the log, once everything in them is stored. `commit` commits the offset after the last fetch
    that was given back; `wait_empty` waits until all have been. All of it runs in one event loop.
    """

    def __init__(
        self,
        transport: Transport,
        callback: Callable[..., Any],  # noqa: ARG002 - Faust's; fetches go to the agent's queue
        on_partitions_revoked: Callable[..., Any],
        on_partitions_assigned: Callable[..., Any],
        *,
        commit_interval: float | None = None,
        **service: Any,
    ) -> None:
        self.transport = transport
        self._connect = transport.connect
        self.app = transport.app
        self.commit_interval = commit_interval or COMMIT_INTERVAL_S
        self.randomly_assigned_topics: set[str] = set()
        self._on_revoked = on_partitions_revoked
        self._on_assigned = on_partitions_assigned
        self._flowing = asyncio.Event()
        self._suspended = asyncio.Event()
        self._unfinished: set[Any] = set()
        self._all_finished = asyncio.Event()
        self._committing = asyncio.Lock()
        # The offset after the last record that is stored, and the offset committed, by partition.
        self._stored: dict[TopicPartition, int] = {}
        self._committed: dict[TopicPartition, int] = {}
        super().__init__(**service)

    async def on_start(self) -> None:
        """Connects. Ends the process with KAFKA_UNAVAILABLE if no broker answers."""
        self.kafka = self._connect()
        with or_exit():
            try:
                await self.kafka.start()
            except KafkaError as error:
                raise KafkaUnavailableError(f"Kafka cannot be reached: {error!r}") from error

    async def on_stop(self) -> None:
        """Commits what is stored, leaves the group and disconnects."""
        if self.kafka is not None:
            await self.commit()
            await self.kafka.stop()

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Joins the group for the given topics."""
        self.client.subscribe(topics=list(topics), listener=_RebalanceListener(self))

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Fetch]]:  # noqa: ASYNC109 - Faust's signature
        """Yields what has been fetched, one fetch for each partition; waits while flow is stopped.

        If nothing has been fetched, waits up to `timeout` seconds for the first record. Once all
        of a fetch is taken, aiokafka asks Kafka for the next, and writing that request takes as
        long as half a fold. So the first record goes ahead on its own, is counted and its alerts
        are sent; the others are taken together by the next call, however many they are.

        Raises KafkaUnavailableError if the membership of the group has ended.
        """
        if not self._flowing.is_set():
            await self.wait(self._flowing.wait())
        found = await self._fetch(timeout_ms=0, max_records=FETCH_RECORDS_MAX)
        if not found:
            found = await self._fetch(timeout_ms=int(timeout * 1_000), max_records=1)
        if not self._flowing.is_set():
            self._give_back(found)
            return
        for tp, records in found.items():
            yield tp, Fetch(tp, records, self.app.consumer_generation_id)

    async def put(self, fetch: Fetch) -> None:
        """Puts a fetch into the queue of its topic's agent.

        Waits for room until a rebalance begins.
        """
        topic = next(each for each in self.app.topics if fetch.tp.topic in each.topics)
        if self.app.flow_control.is_active() and not topic.queue.full():
            topic.queue.put_nowait(fetch)
        else:
            await self.wait_first(topic.queue.put(fetch), self._suspended.wait())

    def track_message(self, message: Any) -> None:
        """Holds a rebalance up until the fetch has been given back with `ack`."""
        self._unfinished.add(message)
        self._all_finished.clear()

    def ack(self, message: Any) -> bool:
        """Takes a fetch back: everything in it, and before it in its partition, is stored.

        Returns whether the fetch was tracked.
        """
        if message not in self._unfinished:
            return False
        self._unfinished.remove(message)
        if message.generation == self.app.consumer_generation_id:
            self._stored[message.tp] = message.end
        if not self._unfinished:
            self._all_finished.set()
        return True

    @property
    def unacked(self) -> set[Any]:
        """The fetches that are being counted."""
        return self._unfinished

    async def commit(
        self,
        topics: Collection[Any] | None = None,  # noqa: ARG002 - Faust's; all are committed
        start_new_transaction: bool = True,  # noqa: ARG002, FBT001, FBT002 - Faust's signature
    ) -> bool:
        """Commits the offsets of what is stored. Returns whether Kafka has taken them.

        Raises nothing: an offset that is not committed is read again, and recognised.
        """
        async with self._committing:
            assigned = self.client.assignment()
            offsets = {
                tp: end
                for tp, end in self._stored.items()
                if tp in assigned and end > self._committed.get(tp, 0)
            }
            if not offsets:
                return False
            try:
                async with asyncio.timeout(COMMIT_TIMEOUT_S):
                    await self.client.commit(offsets)
            except (CommitFailedError, IllegalStateError):
                # A rebalance was faster; whoever has the partitions now reads them again.
                return False
            except (KafkaError, TimeoutError) as error:
                log.warning("offsets not committed", error=repr(error))
                return False
            self._committed.update(offsets)
            return True

    async def wait_empty(self) -> None:
        """Returns once everything that was tracked is stored, and its offsets are committed."""
        if self._unfinished:
            await self.wait(self._all_finished.wait())
        await self.commit()

    async def revoke(self, revoked: set[TP]) -> None:
        """Lets Faust finish what is under way, then forgets the partitions."""
        self.app.on_rebalance_start()
        await self._on_revoked(revoked)
        for tp in revoked:
            self._stored.pop(tp, None)
            self._committed.pop(tp, None)

    async def assign(self, assigned: set[TP]) -> None:
        """Begins a new generation with the given partitions."""
        self.app.consumer_generation_id += 1
        await self._on_assigned(assigned, self.app.consumer_generation_id)
        self.app.on_rebalance_return()

    async def perform_seek(self) -> None:
        """Begins again after the last committed offset of each partition."""
        await self.client.seek_to_committed()

    def stop_flow(self) -> None:
        """Hands on no further record until `resume_flow`."""
        self._flowing.clear()
        self._suspended.set()

    def resume_flow(self) -> None:
        """Hands records on again."""
        self._suspended.clear()
        self._flowing.set()

    @Service.timer(COMMIT_INTERVAL_S)
    async def commit_regularly(self) -> None:
        """Commits what is stored."""
        await self.commit()

    @Service.task
    async def check_membership(self) -> None:
        """Ends the process if the membership of the group ends by itself while flow is stopped.

        aiokafka gives its group up if something unforeseen happens, such as an answer without
        brokers from one that has just started, and says so to whoever asks it for records.
        Nobody does before the first partitions are there, and the wait for them would be endless.
        """
        with or_exit():
            while not self.should_stop:
                await self.sleep(MEMBERSHIP_INTERVAL_S)
                if not self._flowing.is_set() and not self.should_stop:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(MEMBERSHIP_INTERVAL_S):
                            await self._fetch(_NO_PARTITION, timeout_ms=0, max_records=1)

    async def _fetch(
        self, *tps: TopicPartition, timeout_ms: int, max_records: int
    ) -> dict[TopicPartition, list[Any]]:
        """Returns fetched records. Raises KafkaUnavailableError if the group is lost."""
        try:
            found: dict[TopicPartition, list[Any]] = await self.client.getmany(
                *tps, timeout_ms=timeout_ms, max_records=max_records
            )
        except ConsumerStoppedError:
            return {}
        except Exception as error:
            # Whatever has ended the membership, be it an assertion, comes out here.
            raise KafkaUnavailableError(
                f"the membership of the group has ended: {error!r}"
            ) from error
        return found

    def _give_back(self, found: Mapping[TopicPartition, list[Any]]) -> None:
        """Has records that came while flow was stopped fetched again."""
        for tp, records in found.items():
            with contextlib.suppress(IllegalStateError):
                self.client.seek(tp, records[0].offset)


class Transport(aiokafka.Transport):
    """Faust's connection to Kafka, with this driver. `connect` makes the consumer, not started."""

    Consumer = Consumer
    Fetcher = Fetcher

    def __init__(self, app: Any, connect: Callable[[], AIOKafkaConsumer]) -> None:
        super().__init__(app.conf.broker_consumer, app)
        self.connect = connect
