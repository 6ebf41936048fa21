"""Whole fetches: what Kafka answers for one partition travels through Faust as one message.

What Faust does once for each message costs more than counting it. Its documented setting
`ConsumerScheduler` decides in which order fetched records are handed on; ours hands on each
partition's records together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from faust.transport.utils import DefaultSchedulingStrategy


class Fetch:
    """The records of one partition from one fetch, under the offset of the last.

    Acknowledging that offset acknowledges them all: Faust takes the offsets between for a gap
    in the log. Attributes are those of an aiokafka record, as Faust reads them.
    """

    __slots__ = ("offset", "partition", "timestamp", "timestamp_type", "topic", "value")

    headers: tuple[()] = ()
    key: None = None
    checksum: None = None
    serialized_key_size = 0
    serialized_value_size = 0

    def __init__(self, records: list[Any]) -> None:
        last = records[-1]
        self.topic: str = last.topic
        self.partition: int = last.partition
        self.offset: int = last.offset
        self.timestamp: int = last.timestamp
        self.timestamp_type: int = last.timestamp_type
        self.value = records


class WholeFetches(DefaultSchedulingStrategy):
    """Hands on every partition's records as one, in the order they were fetched."""

    def iterate(self, records: Mapping[Any, list[Any]]) -> Iterator[tuple[Any, Any]]:
        """Yields one `Fetch` for each partition that has records."""
        for partition, fetched in records.items():
            if fetched:
                yield partition, Fetch(fetched)
