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
from faust.types.transports import ConsumerT
from mode.services import Service

from services.aggregator.exits import or_exit
from services.aggregator.yielding import yield_to_alerts
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

FETCH_TIMEOUT_S = 1.0
"""Time to wait for a record before looking again whether to stop."""

MEMBERSHIP_INTERVAL_S = 1.0
"""Time between two questions whether the membership of the group has ended by itself."""

_NO_PARTITION = TopicPartition("", 0)


class Fetch:
    """The records of one partition from one request, in the order of the log.

    `generation` is the number of the rebalance after which they were fetched.
    """

    __slots__ = ("generation", "records", "tp")

    def __init__(self, tp: TopicPartition, records: list[Any], generation: int) -> None:
        self.tp = tp
        self.records = records
        self.generation = generation

    @property
    def end(self) -> int:
        """The offset after the last record."""
        last: int = self.records[-1].offset
        return last + 1


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


class Consumer(Service, ConsumerT):
    """The consumer of an app with one topic, one agent and no table.

    The agent takes fetches with `track_message` and gives them back with `ack`, in the order of
    the log, once everything in them is stored. `commit` commits the offset after the last fetch
    that was given back; `wait_empty` waits until all have been. All of it runs in one event loop.
    """

    in_transaction = False
    # Faust asks for these in transactions and in a fetcher of its own only.
    transactions: Any = None
    scheduler: Any = None

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
        self._kafka: AIOKafkaConsumer | None = None
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
        self._kafka = self._connect()
        with or_exit():
            try:
                await self._kafka.start()
            except KafkaError as error:
                raise KafkaUnavailableError(f"Kafka cannot be reached: {error!r}") from error

    async def on_stop(self) -> None:
        """Commits what is stored, leaves the group and disconnects."""
        if self._kafka is not None:
            await self.commit()
            await self._kafka.stop()

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Joins the group for the given topics."""
        self._client.subscribe(topics=list(topics), listener=_RebalanceListener(self))

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
        """Puts a fetch into the agent's queue; waits for room until a rebalance begins."""
        (topic,) = self.app.topics
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
        topics: Collection[Any] | None = None,  # noqa: ARG002 - Faust's; there is one topic
        start_new_transaction: bool = True,  # noqa: ARG002, FBT001, FBT002 - Faust's signature
    ) -> bool:
        """Commits the offsets of what is stored. Returns whether Kafka has taken them.

        Raises nothing: an offset that is not committed is read again, and recognised.
        """
        async with self._committing:
            assigned = self._client.assignment()
            offsets = {
                tp: end
                for tp, end in self._stored.items()
                if tp in assigned and end > self._committed.get(tp, 0)
            }
            if not offsets:
                return False
            try:
                async with asyncio.timeout(COMMIT_TIMEOUT_S):
                    await self._client.commit(offsets)
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
        await self._client.seek_to_committed()

    def stop_flow(self) -> None:
        """Hands on no further record until `resume_flow`."""
        self._flowing.clear()
        self._suspended.set()

    def resume_flow(self) -> None:
        """Hands records on again."""
        self._suspended.clear()
        self._flowing.set()

    def pause_partitions(self, tps: Iterable[TP]) -> None:
        """Does nothing: Faust stops the flow whenever it pauses, unless a table recovers."""

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Does nothing, as `pause_partitions`."""

    def on_buffer_full(self, tp: TP) -> None:
        """Does nothing: `put` waits while the agent's queue is full."""

    def on_buffer_drop(self, tp: TP) -> None:
        """Does nothing, as `on_buffer_full`."""

    def verify_recovery_event_path(self, now: float, tp: TP) -> None:
        """Does nothing; the watchdog detects stalls."""

    async def on_task_error(self, exc: BaseException) -> None:
        """Does nothing: what the agent raises ends the process, see `exits.or_exit`."""

    def close(self) -> None:
        """Does nothing; `on_stop` disconnects."""

    def assignment(self) -> set[TP]:
        """Returns the partitions that the group has given to this worker."""
        return set() if self._kafka is None else {TP(*each) for each in self._kafka.assignment()}

    def highwater(self, tp: TP) -> int:
        """Returns the end of a partition as of the last fetch."""
        return self._client.highwater(tp) or 0

    def topic_partitions(self, topic: str) -> int | None:
        """Returns how many partitions a topic has, or None if that is not known."""
        return len(self._client.partitions_for_topic(topic) or ()) or None

    async def position(self, tp: TP) -> int | None:
        """Returns the offset of the next record to be handed on."""
        offset: int = await self._client.position(tp)
        return offset

    async def seek(self, partition: TP, offset: int) -> None:
        """Goes on at an offset of a partition."""
        self._client.seek(partition, offset)

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        """Goes on at an offset of each partition."""
        for tp, offset in partitions.items():
            self._client.seek(tp, offset)

    async def earliest_offsets(self, *partitions: TP) -> Mapping[TP, int]:
        """Returns the first offset of each partition."""
        offsets: Mapping[TP, int] = await self._client.beginning_offsets(partitions)
        return offsets

    async def highwaters(self, *partitions: TP) -> Mapping[TP, int]:
        """Returns the end of each partition."""
        offsets: Mapping[TP, int] = await self._client.end_offsets(partitions)
        return offsets

    def key_partition(self, topic: str, key: bytes | None, partition: int | None = None) -> None:
        """Raises NotImplementedError: it is asked for in transactions only."""
        raise NotImplementedError("this driver has no transactions")

    async def create_topic(self, topic: str, *_details: Any, **_more: Any) -> None:
        """Raises NotImplementedError: `livecount topics create` creates topics."""
        raise NotImplementedError(f"{topic} is created by `livecount topics create`")

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

    @property
    def _client(self) -> AIOKafkaConsumer:
        assert self._kafka is not None, "start the consumer first"  # noqa: S101 - an invariant
        return self._kafka

    async def _fetch(
        self, *tps: TopicPartition, timeout_ms: int, max_records: int
    ) -> dict[TopicPartition, list[Any]]:
        """Returns fetched records. Raises KafkaUnavailableError if the group is lost."""
        try:
            found: dict[TopicPartition, list[Any]] = await self._client.getmany(
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
                self._client.seek(tp, records[0].offset)


class Fetcher(Service):
    """Hands fetches to the agent, from the first partitions until the app stops."""

    def __init__(self, app: Any, **service: Any) -> None:
        self.app = app
        super().__init__(**service)

    @Service.task
    async def hand_on(self) -> None:
        """Fetches and hands on. Ends the process if the membership of the group has ended."""
        consumer = self.app.consumer
        with or_exit():
            while not self.should_stop:
                # The agent counts what it was given before more is asked for.
                await yield_to_alerts(after=1)
                async for _, fetch in consumer.getmany(timeout=FETCH_TIMEOUT_S):
                    await consumer.put(fetch)


class Transport(aiokafka.Transport):
    """Faust's connection to Kafka, with this driver. `connect` makes the consumer, not started."""

    Consumer = Consumer
    Fetcher = Fetcher

    def __init__(self, app: Any, connect: Callable[[], AIOKafkaConsumer]) -> None:
        super().__init__(app.conf.broker_consumer, app)
        self.connect = connect
