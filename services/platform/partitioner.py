"""The partition of a council, by its key."""

from __future__ import annotations

from functools import lru_cache

from aiokafka.partitioner import murmur2

_CACHE_ENTRIES = 131_072
"""More councils than any night has, so that each is hashed once."""


@lru_cache(maxsize=_CACHE_ENTRIES)
def partition_of(council: str, partitions: int) -> int:
    """Returns the partition that Kafka's default partitioner gives to a council's key.

    The same as in the Java client and aiokafka (murmur2, sign bit cleared); librdkafka's own
    default (CRC32) differs, so producers on it must be set to `murmur2_random`.
    """
    return int((murmur2(council.encode()) & 0x7FFFFFFF) % partitions)
