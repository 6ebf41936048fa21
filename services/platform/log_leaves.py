"""A log's leaves: what proofs are made of, and what heads are compared with."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping
from typing import NamedTuple, Protocol

from schemas.log_head import LogHead, PartitionHead
from services.platform.log_tree import LoggedMessage, LogTree
from services.platform.merkle_tree import inclusion_path, levels_of, root_by_path


class PartitionedMessage(LoggedMessage, Protocol):
    """A message of a partition."""

    @property
    def partition(self) -> int:
        """The partition that it is in."""


class Proof(NamedTuple):
    """Why a message is under a head: hashed with the path, its leaf gives the head's root.

    `leaf_index` is the leaf's place among the head's messages, from 0.
    """

    leaf_index: int
    leaf: bytes
    path: tuple[bytes, ...]
    head: PartitionHead


class LogLeaves:
    """The leaves of a log up to given ends, by partition; all of it if no ends are given.

    Takes some 70 bytes for each message.
    """

    def __init__(self, ends: Mapping[int, int] | None = None) -> None:
        self._ends = ends
        self._partitions: dict[int, _Partition] = {}

    def add(self, message: PartitionedMessage) -> None:
        """Adds the next message of its partition; nothing if it is behind the partition's end."""
        number = message.partition
        if self._ends is not None and message.offset >= self._ends.get(number, 0):
            return
        self._partitions.setdefault(number, _Partition()).add(message)

    def head(self, partition: int) -> PartitionHead | None:
        """Returns the head of a partition; None if there is no message."""
        found = self._partitions.get(partition)
        return None if found is None else found.tree.head(partition)

    def log_head(self, namespace: str) -> LogHead:
        """Returns the head of all partitions, with every leaf."""
        return LogHead(
            namespace=namespace,
            partitions=tuple(
                head.model_copy(update={"leaves": tuple(map(bytes.hex, each.leaves))})
                for number, each in sorted(self._partitions.items())
                if (head := each.tree.head(number)) is not None
            ),
        )

    def first_difference(self, expected: PartitionHead) -> int | None:
        """Returns the offset of the first message whose leaf is not the expected one.

        None if there is none, or if the expected head does not list its leaves. If the log ends
        before the difference, it is the offset at which the log ends.
        """
        if expected.leaves is None:
            return None
        found = self._partitions.get(expected.partition, _Partition())
        for offset, leaf, right in zip(found.offsets, found.leaves, expected.leaves, strict=False):
            if leaf.hex() != right:
                return offset
        if len(found.leaves) == len(expected.leaves):
            return None
        if len(found.leaves) > len(expected.leaves):
            return found.offsets[len(expected.leaves)]
        return found.tree.end

    def proofs(self, partition: int, offsets: Collection[int]) -> dict[int, Proof]:
        """Returns the proof of each message of a partition by its offset, each verified.

        A message that is not among the leaves has none.
        """
        found, head = self._partitions.get(partition), self.head(partition)
        if found is None or head is None:
            return {}
        levels = levels_of(found.leaves)
        proofs = {}
        for offset in offsets:
            index = bisect_left(found.offsets, offset)
            if index == len(found.offsets) or found.offsets[index] != offset:
                continue
            proof = Proof(index, found.leaves[index], tuple(inclusion_path(levels, index)), head)
            if not is_proof(proof):
                raise AssertionError(f"partition {partition} offset {offset}: the proof is wrong")
            proofs[offset] = proof
        return proofs


def is_proof(proof: Proof) -> bool:
    """Returns whether a proof leads from its leaf to the root of its head."""
    root = root_by_path(proof.leaf, proof.leaf_index, proof.head.messages, proof.path)
    return root is not None and root.hex() == proof.head.root


class _Partition:
    def __init__(self) -> None:
        self.tree = LogTree()
        self.leaves: list[bytes] = []
        self.offsets: list[int] = []

    def add(self, message: LoggedMessage) -> None:
        self.leaves.append(self.tree.add(message))
        self.offsets.append(message.offset)
