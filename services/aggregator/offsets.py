"""How far the group may commit: up to the last fetch acknowledged in each partition."""

from __future__ import annotations

from typing import Any

from faust.transport.drivers import aiokafka


class _InOrder(aiokafka.Consumer):
    """Faust's consumer without its search for gaps between acknowledged offsets.

    There is one agent, and it acknowledges in the order of the log, so whatever stands before an
    acknowledged fetch is counted. Faust cannot know that: it takes the offsets within a whole
    fetch for a gap and closes about one gap at each commit, so that under load the committed
    offset falls behind without end (`_new_offset` in faust/transport/consumer.py, 0.15.3).
    """

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


class InOrderTransport(aiokafka.Transport):
    """Faust's connection to Kafka, with offsets committed in the order of the log."""

    Consumer = _InOrder
