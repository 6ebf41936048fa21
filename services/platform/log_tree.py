"""The Merkle tree over the messages of one partition: what a message is as a leaf, and the head.

`docs/guides/checking-the-log.md` says it for whoever checks a head with a program of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from struct import Struct
from typing import Any, Protocol

import orjson

from schemas.log_head import PartitionHead
from services.platform.merkle_tree import HASH_BYTES, MerkleTree, leaf_hash

_PLACE = Struct(">qq")
_LENGTH = Struct(">i")
_NOTHING = _LENGTH.pack(-1)


class LoggedMessage(Protocol):
    """What of a message of Kafka is in its leaf. Its partition is not: each has its own tree."""

    @property
    def offset(self) -> int:
        """Its place in the partition."""

    @property
    def timestamp(self) -> int:
        """When Kafka took it, in milliseconds since 1970; below 0 if it has no time."""

    @property
    def key(self) -> bytes | None:
        """Its key."""

    @property
    def value(self) -> bytes | None:
        """Its content."""

    @property
    def headers(self) -> Sequence[tuple[str, Any]]:
        """The name and the content (bytes or None) of each header, in order."""


def message_hash(message: LoggedMessage) -> bytes:
    """Returns the leaf of a message.

    All numbers are signed and big-endian. First come offset and time in eight bytes each (0 for a
    time below 0), then key, value, the number of headers in four bytes, and each header's name in
    UTF-8 and content. Before each of these stands its length in four bytes, -1 for None.
    """
    parts = [_PLACE.pack(message.offset, max(0, message.timestamp))]
    headers = message.headers
    for content in (message.key, message.value):
        parts += (_NOTHING,) if content is None else (_LENGTH.pack(len(content)), content)
    parts.append(_LENGTH.pack(len(headers)))
    for name, content in headers:
        encoded = name.encode()
        parts += (_LENGTH.pack(len(encoded)), encoded)
        parts += (_NOTHING,) if content is None else (_LENGTH.pack(len(content)), content)
    return leaf_hash(b"".join(parts))


@dataclass(slots=True)
class LogTree:
    """The tree of a partition up to an offset.

    `first` is the offset of its first message, and `end` the one after its last; `last_at_ms` is
    when Kafka took that, in milliseconds since 1970. Without any message, `end` is where the next
    is looked for.
    """

    first: int = 0
    end: int = 0
    last_at_ms: int = -1
    tree: MerkleTree = field(default_factory=MerkleTree)

    def add(self, message: LoggedMessage) -> bytes:
        """Adds the partition's next message, and returns its leaf.

        Raises ValueError for one that is before `end`: the order of the log is part of the tree.
        """
        if message.offset < self.end:
            raise ValueError(f"offset: {message.offset} is in the tree, which is at {self.end}")
        if not self.tree.leaves:
            self.first = message.offset
        leaf = message_hash(message)
        self.tree.append(leaf)
        self.end, self.last_at_ms = message.offset + 1, message.timestamp
        return leaf

    def head(self, partition: int) -> PartitionHead | None:
        """Returns the head of the partition; None if there is no message."""
        if not self.tree.leaves:
            return None
        return PartitionHead(
            partition=partition,
            first_offset=self.first,
            end_offset=self.end,
            messages=self.tree.leaves,
            root=self.tree.root().hex(),
            last_at=_time(self.last_at_ms),
        )

    def as_json(self) -> bytes:
        """Returns the tree as it is stored. Equal trees give equal bytes."""
        return orjson.dumps(
            {
                "first": self.first,
                "end": self.end,
                "last_at_ms": self.last_at_ms,
                "leaves": self.tree.leaves,
                "subtrees": [each.hex() for each in self.tree.subtrees],
            }
        )


def _time(at_ms: int) -> datetime | None:
    """Returns a time of Kafka; None for one that no calendar has, as clients may state any."""
    try:
        return datetime.fromtimestamp(at_ms / 1_000, UTC) if at_ms >= 0 else None
    except (OverflowError, ValueError, OSError):
        return None


def read_log_tree(stored: bytes) -> LogTree:
    """Returns a tree that `as_json` wrote. Raises ValueError for anything else."""
    try:
        found = orjson.loads(stored)
        first, end, last_at_ms, leaves = (
            int(found[name]) for name in ("first", "end", "last_at_ms", "leaves")
        )
        subtrees = [bytes.fromhex(each) for each in found["subtrees"]]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"no tree of a log: {error!r}") from error
    if len(subtrees) != leaves.bit_count() or any(len(each) != HASH_BYTES for each in subtrees):
        raise ValueError(f"no tree of a log: {len(subtrees)} subtrees for {leaves} leaves")
    return LogTree(first, end, last_at_ms, MerkleTree(leaves, subtrees))
