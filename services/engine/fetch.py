"""Fetches: the records of one partition on their way from Kafka to the agent."""

from __future__ import annotations

from typing import Any

from aiokafka import TopicPartition
from mode.services import Service

from services.engine.exits import or_exit
from services.engine.yielding import yield_to_alerts

FETCH_TIMEOUT_S = 1.0
"""Time to wait for a record before looking again whether to stop."""


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
