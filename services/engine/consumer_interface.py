"""The parts of Faust's interface of a consumer that need no thought.

An app with one agent for each of its topics and no table is asked for some of them only, and some
of those have nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer
from faust.types import TP
from faust.types.transports import ConsumerT
from mode.services import Service


class ConsumerInterface(Service, ConsumerT):
    """A consumer of Faust's over one of aiokafka's, which `kafka` holds once it is connected."""

    in_transaction = False
    # Faust asks for these in transactions and in a fetcher of its own only.
    transactions: Any = None
    scheduler: Any = None

    kafka: AIOKafkaConsumer | None = None

    @property
    def client(self) -> AIOKafkaConsumer:
        """The connected consumer."""
        assert self.kafka is not None, "start the consumer first"  # noqa: S101 - an invariant
        return self.kafka

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
        return set() if self.kafka is None else {TP(*each) for each in self.kafka.assignment()}

    def highwater(self, tp: TP) -> int:
        """Returns the end of a partition as of the last fetch."""
        return self.client.highwater(tp) or 0

    def topic_partitions(self, topic: str) -> int | None:
        """Returns how many partitions a topic has, or None if that is not known."""
        return len(self.client.partitions_for_topic(topic) or ()) or None

    async def position(self, tp: TP) -> int | None:
        """Returns the offset of the next record to be handed on."""
        offset: int = await self.client.position(tp)
        return offset

    async def seek(self, partition: TP, offset: int) -> None:
        """Goes on at an offset of a partition."""
        self.client.seek(partition, offset)

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        """Goes on at an offset of each partition."""
        for tp, offset in partitions.items():
            self.client.seek(tp, offset)

    async def earliest_offsets(self, *partitions: TP) -> Mapping[TP, int]:
        """Returns the first offset of each partition."""
        offsets: Mapping[TP, int] = await self.client.beginning_offsets(partitions)
        return offsets

    async def highwaters(self, *partitions: TP) -> Mapping[TP, int]:
        """Returns the end of each partition."""
        offsets: Mapping[TP, int] = await self.client.end_offsets(partitions)
        return offsets

    def key_partition(self, topic: str, key: bytes | None, partition: int | None = None) -> None:
        """Raises NotImplementedError: it is asked for in transactions only."""
        raise NotImplementedError("this driver has no transactions")

    async def create_topic(self, topic: str, *_details: Any, **_more: Any) -> None:
        """Raises NotImplementedError: `livecount topics create` creates topics."""
        raise NotImplementedError(f"{topic} is created by `livecount topics create`")
