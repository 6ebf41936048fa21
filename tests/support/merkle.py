"""Heads of logs by the definition of RFC 9162 taken word by word, and from the log alone."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from itertools import groupby
from typing import Any

from redis.asyncio import Redis

from services.platform.log_tree import message_hash, read_log_tree
from services.platform.names import Keys, Topics
from services.platform.settings import Settings
from tests.support.topics import messages

Heads = dict[int, tuple[int, int, int, str]]
"""By partition: the first offset, the end offset, the number of messages and the root."""


def split(leaves: Sequence[bytes]) -> int:
    """Returns the largest power of two that is smaller than the number of leaves."""
    power = 1
    while power * 2 < len(leaves):
        power *= 2
    return power


def root(leaves: Sequence[bytes]) -> bytes:
    """Returns the Merkle tree hash of leaves' hashes (section 2.1.1)."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = split(leaves)
    return sha256(b"\x01" + root(leaves[:middle]) + root(leaves[middle:])).digest()


def path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Returns the inclusion proof of a leaf (section 2.1.3.1)."""
    if len(leaves) == 1:
        return []
    middle = split(leaves)
    if index < middle:
        return [*path(index, leaves[:middle]), root(leaves[middle:])]
    return [*path(index - middle, leaves[middle:]), root(leaves[:middle])]


async def heads_by_the_log(settings: Settings) -> Heads:
    """Returns the head of each partition of declarations as the definition gives it."""
    found: Heads = {}
    records = await messages(settings, Topics(settings.namespace).declarations)
    for partition, each in groupby(records, lambda record: int(record.partition)):
        logged = list(each)
        leaves = [message_hash(record) for record in logged]
        first, end = logged[0].offset, logged[-1].offset + 1
        found[partition] = (first, end, len(leaves), root(leaves).hex())
    return found


async def heads_in_redis(redis: Redis, settings: Settings) -> Heads:
    """Returns the head of each partition as the aggregator keeps it."""
    stored: Any = await redis.hgetall(Keys(settings.namespace).log_trees())
    found: Heads = {}
    for name, tree in stored.items():
        head = read_log_tree(tree).head(int(name))
        if head is not None:
            found[int(name)] = (head.first_offset, head.end_offset, head.messages, head.root)
    return found
