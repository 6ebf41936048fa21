"""Faust's consumer, without what stands between a declaration and its count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from faust.transport.drivers import aiokafka
from mode.services import Service
from mode.utils.futures import maybe_async


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

    async def on_stop(self) -> None:
        """Leaves the group and disconnects."""
        await self.on_thread_stop()

    async def crash(self, exc: BaseException) -> None:
        """Ends the worker."""
        await Service.crash(self, exc)

    async def call_thread(self, fun: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Returns what a function of the consumer gives; raises what it raises."""
        return await maybe_async(fun(*args, **kwargs))


class _Consumer(aiokafka.Consumer):
    """Faust's consumer in one loop, without its search for gaps between acknowledged offsets.

    There is one agent, and it acknowledges in the order of the log, so whatever stands before an
    acknowledged fetch is counted. Faust cannot know that: it takes the offsets within a whole
    fetch for a gap and closes about one gap at each commit, so that under load the committed
    offset falls behind without end (`_new_offset` in faust/transport/consumer.py, 0.15.3).
    """

    def _new_consumer_thread(self) -> _InLoop:
        return _InLoop(self, loop=self.loop, thread_loop=self.loop, beacon=self.beacon)

    def _new_offset(self, tp: Any) -> int | None:
        acknowledged = self._acked[tp]
        if not acknowledged:
            return None
        following: int = max(acknowledged) + 1
        acknowledged.clear()
        self._acked_index[tp].clear()
        return following

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:
        """Notes nothing: an offset between two fetches is no gap."""


class Transport(aiokafka.Transport):
    """Faust's connection to Kafka, with this consumer."""

    Consumer = _Consumer
