"""How far each partition of alerts is done with, at every channel."""

from __future__ import annotations

from collections.abc import Iterable

from aiokafka import TopicPartition


class Progress:
    """Counts, for each alert read, the channels that are not done with it.

    A partition's offset may be committed up to its first alert that is still owed to anyone.
    """

    def __init__(self) -> None:
        self._owed: dict[TopicPartition, dict[int, int]] = {}
        self._next: dict[TopicPartition, int] = {}

    def begin(self, partition: TopicPartition, offset: int, channels: int) -> None:
        """Notes an alert that so many channels are owed. Offsets come in ascending order."""
        if channels:
            self._owed.setdefault(partition, {})[offset] = channels
        self._next[partition] = offset + 1

    def done(self, partition: TopicPartition, offset: int) -> None:
        """Notes that one channel is done with an alert; one of a partition given back is not."""
        owed = self._owed.get(partition, {})
        if offset not in owed:
            return
        owed[offset] -= 1
        if not owed[offset]:
            del owed[offset]

    def owes(self, partition: TopicPartition, offset: int) -> bool:
        """Tells whether a channel is still owed an alert; never after `forget`."""
        return offset in self._owed.get(partition, {})

    def committable(self) -> dict[TopicPartition, int]:
        """Returns, for each partition read, the offset from which a restart has to read."""
        return {
            # Insertion order is offset order, so that the first key is the lowest offset.
            partition: next(iter(self._owed.get(partition, {})), following)
            for partition, following in self._next.items()
        }

    def forget(self, partitions: Iterable[TopicPartition]) -> None:
        """Drops partitions that another notifier has now."""
        for partition in partitions:
            self._owed.pop(partition, None)
            self._next.pop(partition, None)
