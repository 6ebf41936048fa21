"""The heads of the log that the count was made from, as the aggregator keeps them in Redis."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from schemas.log_head import LogHead, PartitionHead
from services.platform.log_tree import read_log_tree
from services.platform.names import Keys
from services.ticker.broken import report

READ_EVERY_S: Final = 1.0
"""How often heads are read for pages: as long as a page may be cached anyway."""

COUNCILS_MAX: Final = 10_000
"""Councils whose partition is remembered: more than the nights that one ticker shows have."""


class LogHeads:
    """The heads of one namespace's log, and which partition each council is in.

    `known` are those that were read last for pages, which wait for nothing; None before the first
    time. While Redis cannot be reached they stay: a head of before is still one of the log.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._partitions: dict[str, int] = {}
        self._is_reachable = False
        self.known: LogHead | None = None

    async def follow(self) -> None:
        """Reads the heads again and again, until it is cancelled."""
        while True:
            await self.refresh()
            await asyncio.sleep(READ_EVERY_S)

    async def refresh(self) -> None:
        """Reads the heads for pages; keeps those that it has while Redis cannot be reached."""
        try:
            self.known = await self.read()
            self._is_reachable = True
        except (RedisError, OSError):
            self._is_reachable = False

    async def read(self) -> LogHead:
        """Returns the head of every partition of which anything is counted, all at one time.

        One that cannot be read is reported and left out. Raises redis.RedisError.
        """
        stored: Any = await self._redis.hgetall(self._keys.log_trees())
        heads = [_head(partition, tree) for partition, tree in stored.items()]
        found = sorted((each for each in heads if each), key=lambda each: each.partition)
        return LogHead(namespace=self._keys.namespace, partitions=tuple(found))

    async def partition(self, council: str) -> int | None:
        """Returns the partition with a council's declarations; None if there are none.

        Raises redis.RedisError.
        """
        if council not in self._partitions:
            found: Any = await self._redis.hget(self._keys.council(council), "partition")
            if found is None:
                return None
            if len(self._partitions) >= COUNCILS_MAX:
                self._partitions.clear()
            self._partitions[council] = int(found)
        return self._partitions[council]

    async def known_of(self, council: str) -> PartitionHead | None:
        """Returns the head of a council's partition for its page; None if it is not known.

        While Redis cannot be reached, it is not asked.
        """
        known = self.known
        if known is None or not (self._is_reachable or council in self._partitions):
            return None
        try:
            partition = await self.partition(council)
        except (RedisError, OSError):
            return None
        return next((each for each in known.partitions if each.partition == partition), None)


def _head(partition: bytes, tree: bytes) -> PartitionHead | None:
    try:
        return read_log_tree(tree).head(int(partition))
    except ValueError as error:
        report("log", f"partition {partition!r}", error)
        return None
