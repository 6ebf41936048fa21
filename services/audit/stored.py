"""Reads what Redis holds of a namespace, without changing anything."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from redis.asyncio import Redis

from schemas.log_head import PartitionHead
from services.platform.log_tree import read_log_tree
from services.platform.names import Keys


class StoredCouncil(NamedTuple):
    """A council in Redis, all parts read at the same time. Missing fields are empty."""

    totals: bytes
    state: bytes
    version: int
    offset: int
    partition: int
    wards: dict[str, bytes]
    alerts: tuple[bytes, ...]


async def watermarks(redis: Redis, keys: Keys, partitions: Iterable[int]) -> dict[int, int]:
    """Returns the watermark of each partition, 0 if there is none. Raises RedisError."""
    numbers = list(partitions)
    found = await redis.mget([keys.watermark(number) for number in numbers])
    return {number: int(mark or 0) for number, mark in zip(numbers, found, strict=True)}


async def log_heads(redis: Redis, keys: Keys) -> dict[int, PartitionHead]:
    """Returns the head of each partition, by the tree that the aggregator keeps.

    Raises redis.exceptions.RedisError. A tree that cannot be read is left out; the aggregator
    makes it anew.
    """
    stored: Any = await redis.hgetall(keys.log_trees())
    found = {}
    for name, tree in stored.items():
        with contextlib.suppress(ValueError):
            head = read_log_tree(tree).head(int(name))
            if head is not None:
                found[head.partition] = head
    return found


async def councils(redis: Redis, keys: Keys) -> dict[str, StoredCouncil]:
    """Returns every council that Redis lists, by id. Raises redis.exceptions.RedisError."""
    return {
        name: await _council(redis, keys, name)
        for election in await _members(redis, keys.elections())
        for name in await _members(redis, keys.councils(election))
    }


async def _members(redis: Redis, key: str) -> list[str]:
    found = await redis.smembers(key)
    return sorted(each.decode() if isinstance(each, bytes) else each for each in found)


async def _council(redis: Redis, keys: Keys, name: str) -> StoredCouncil:
    # One transaction for each council, so that the aggregator cannot write between the reads.
    async with redis.pipeline(transaction=True) as pipeline:
        pipeline.hgetall(keys.council(name))
        pipeline.hgetall(keys.wards(name))
        pipeline.lrange(keys.alerts(name), 0, -1)
        head, wards, alerts = await pipeline.execute()
    return StoredCouncil(
        totals=head.get(b"totals", b""),
        state=head.get(b"state", b""),
        version=int(head.get(b"version", 0)),
        offset=int(head.get(b"offset", -1)),
        partition=int(head.get(b"partition", -1)),
        wards={ballot.decode(): ward for ballot, ward in wards.items()},
        alerts=tuple(alerts),
    )
