"""The Merkle tree over each partition's declarations, in step with what is folded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from services.aggregator.store import Store
from services.platform.log_tree import LogTree
from services.platform.topic_log import DeclarationsLog

log = structlog.get_logger(__name__)


class LogTrees:
    """The trees of the partitions that this worker counts.

    Every message is in its partition's tree once, whether or not it counts: a tree goes up to an
    offset, and what is before it is not added again.
    """

    def __init__(self, declarations: DeclarationsLog, store: Store) -> None:
        self._declarations = declarations
        self._store = store
        self._trees: dict[int, LogTree] = {}

    def forget(self) -> None:
        """Forgets all trees. Call it in a rebalance, when partitions change hands."""
        self._trees.clear()

    async def ensure_known(self, positions: Mapping[int, int]) -> None:
        """Sees that each partition's tree goes exactly up to its position.

        After a rebalance it is loaded from Redis. If Redis has none up to that position, as after
        an upgrade from a version without trees, the partition is read from its beginning, once.
        Raises KafkaUnavailableError or RedisUnavailableError.
        """
        unknown = {
            partition: end
            for partition, end in positions.items()
            if partition not in self._trees or self._trees[partition].end != end
        }
        if not unknown:
            return
        stored = await self._store.trees()
        for partition, end in unknown.items():
            tree = stored.get(partition, LogTree())
            if tree.end != end:
                log.info("the tree of a partition is made from the log", partition=partition)
                tree = await self._read(partition, end)
            self._trees[partition] = tree

    def add(self, records: Sequence[Any]) -> dict[int, bytes]:
        """Adds records that were folded. Returns the new trees of their partitions, as JSON."""
        for record in records:
            self._trees[record.partition].add(record)
        return {
            partition: self._trees[partition].as_json()
            for partition in {record.partition for record in records}
        }

    async def _read(self, partition: int, end: int) -> LogTree:
        tree = LogTree()
        async for record in self._declarations.read(partition, end):
            tree.add(record)
        # The last offsets before the end may be without a message.
        tree.end = end
        return tree
