"""Faust's consumer, without what stands between a declaration and its count."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiokafka.errors import ConsumerStoppedError
from faust.transport.drivers import aiokafka
from mode.services import Service
from mode.utils.futures import maybe_async

from services.aggregator.exits import exit_process
from services.aggregator.yielding import yield_to_alerts
from services.platform.exit_status import ExitStatus

FETCH_TIMEOUT_S = 1.0
"""How long a fetch is waited for before it is looked whether to stop. Nothing waits for it."""


class _InLoop(aiokafka.AIOKafkaConsumerThread):
    """The part of Faust's consumer that talks to Kafka, in the loop that counts.

    Faust gives it a thread and a loop of its own. Then each fetch waits twice for the other
    thread to let go of the interpreter, and both are slower for it (docs/performance.md).
    Heartbeats come from this loop too, so nothing in it may keep it for seconds on end.
    """

    # A service like any other: what mode does otherwise for one with a thread is undone.
    wait_for_shutdown = False
    start = Service.start
    maybe_start = Service.maybe_start
    stop = Service.stop
    set_shutdown = Service.set_shutdown
    # These have no other name in mode.
    _stopped_set = Service._stopped_set  # noqa: SLF001
    _stop_children = Service._stop_children  # noqa: SLF001
    _stop_futures = Service._stop_futures  # noqa: SLF001
    _stop_exit_stacks = Service._stop_exit_stacks  # noqa: SLF001

    async def on_start(self) -> None:
        """Connects. Later ends the process where the membership of the group has ended by itself.

        aiokafka gives its group up where something unforeseen happens, such as an answer without
        brokers from one that has just started, and tells whoever asks it for records. Faust does
        not ask it in that way, and would wait for partitions for ever.
        """
        await super().on_start()
        membership = self._ensure_consumer()._coordinator._coordination_task  # noqa: SLF001 - there is no other way to know
        membership.add_done_callback(_leave_with)

    async def on_stop(self) -> None:
        """Leaves the group and disconnects."""
        await self.on_thread_stop()

    async def crash(self, exc: BaseException) -> None:
        """Ends the worker."""
        await Service.crash(self, exc)

    async def call_thread(self, fun: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Returns what a function of the consumer gives; raises what it raises."""
        return await maybe_async(fun(*args, **kwargs))

    async def getmany(self, active_partitions: Any, timeout: float) -> Any:  # noqa: ASYNC109 - Faust calls it so
        """Returns what has been fetched already; where there is nothing, the first record that is.

        Once all of a fetch is taken the consumer asks Kafka for the next, and its request takes
        as long as half a fold. So the first record goes ahead, is counted and told, and the
        others are taken with the next call, together, however many they are.
        """
        consumer = self._ensure_consumer()
        most = self.app.conf.broker_max_poll_records
        found = await self._fetch_records(consumer, active_partitions, timeout=0, max_records=most)
        if found:
            return found
        return await self._fetch_records(consumer, active_partitions, timeout, max_records=1)


def _leave_with(membership: asyncio.Task[None]) -> None:
    if not membership.cancelled() and (error := membership.exception()):
        exit_process(
            ExitStatus.KAFKA_UNAVAILABLE, f"the membership of the group has ended: {error}"
        )


class _Consumer(aiokafka.Consumer):
    """Faust's consumer in one loop, with one agent, which acknowledges in the order of the log.

    So whatever stands before an acknowledged fetch is counted. Faust cannot know that: it takes
    the offsets within a whole fetch for a gap and closes about one gap at each commit, so that
    under load the committed offset falls behind without end (`_new_offset` in
    faust/transport/consumer.py, 0.15.3).
    """

    def _new_consumer_thread(self) -> _InLoop:
        return _InLoop(self, loop=self.loop, thread_loop=self.loop, beacon=self.beacon)

    async def _drain_messages(self, fetcher: Any) -> None:
        """Puts what is fetched before the agent, until the fetcher stops.

        Faust's own leads each message through its conductor, in one of four tasks, so that a
        rebalance can begin while a message waits for room. Here only a message that has to wait
        is put by a task.
        """
        try:
            while not (self.should_stop or fetcher.should_stop):
                # The agent takes a turn to count what it was given. Asking for more comes after.
                await yield_to_alerts(after=1)
                async for partition, message in self.getmany(timeout=FETCH_TIMEOUT_S):
                    read = self._read_offset[partition]
                    if read is None or message.offset >= read:
                        await self._put(message)
                        self._read_offset[partition] = message.offset
        except (ConsumerStoppedError, asyncio.CancelledError):
            if not self.app.should_stop:
                raise

    async def _put(self, message: Any) -> None:
        """Puts a message into the agent's queue; waits for room until a rebalance begins."""
        (topic,) = self.app.topics
        if self.app.flow_control.is_active() and not topic.queue.full():
            topic.queue.put_nowait(message)
        else:
            await self.wait_first(topic.queue.put(message), self.suspend_flow.wait())

    def verify_event_path(self, now: float, tp: Any) -> None:
        """Looks at nothing: that counting moves on is for the watch to see (`watch.py`)."""

    def _new_offset(self, tp: Any) -> int | None:
        acknowledged = self._acked[tp]
        if not acknowledged:
            return None
        following: int = max(acknowledged) + 1
        acknowledged.clear()
        self._acked_index[tp].clear()
        return following


class Transport(aiokafka.Transport):
    """Faust's connection to Kafka, with this consumer."""

    Consumer = _Consumer
