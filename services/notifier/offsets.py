"""Up to which offset each partition may be committed."""

from __future__ import annotations

from collections.abc import Iterable

from aiokafka import TopicPartition


class OffsetTracker:
    """Counts, for each message read, the channels that have not finished with it.

    A partition may be committed up to its first message that any channel has not finished with.
    """

    def __init__(self) -> None:
        self._pending: dict[TopicPartition, dict[int, int]] = {}
        self._next: dict[TopicPartition, int] = {}

    def begin(self, partition: TopicPartition, offset: int, channels: int) -> None:
        """Adds a message for this number of channels; offsets must be given in ascending order."""
        if channels:
            self._pending.setdefault(partition, {})[offset] = channels
        self._next[partition] = offset + 1

    def done(self, partition: TopicPartition, offset: int) -> None:
        """Notes that one channel has finished with a message; ignored after `forget`."""
        pending = self._pending.get(partition, {})
        if offset not in pending:
            return
        pending[offset] -= 1
        if not pending[offset]:
            del pending[offset]

    def is_pending(self, partition: TopicPartition, offset: int) -> bool:
        """Returns whether a channel has not finished with a message; False after `forget`."""
        return offset in self._pending.get(partition, {})

    def committable(self) -> dict[TopicPartition, int]:
        """Returns, for each partition read, the offset from which a restart has to read."""
        return {
            # Insertion order is offset order, so the first key is the lowest pending offset.
            partition: next(iter(self._pending.get(partition, {})), following)
            for partition, following in self._next.items()
        }

    def forget(self, partitions: Iterable[TopicPartition]) -> None:
        """Drops partitions that were assigned to another notifier."""
        for partition in partitions:
            self._pending.pop(partition, None)
            self._next.pop(partition, None)
