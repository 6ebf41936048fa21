"""Ward results for channels that watch wards, from the feeds in Redis."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from datetime import UTC, datetime
from typing import Any

from aiokafka import TopicPartition
from aiokafka.partitioner import murmur2
from redis.exceptions import RedisError

from schemas.totals import CouncilTotals, WardTotals
from services.notifier.dispatcher import Exchange
from services.notifier.notice import of_ward
from services.notifier.reader import Reader
from services.platform import redis
from services.platform.names import Keys
from services.platform.settings import Settings

INTERVAL_S = 0.5
"""How often the feeds are asked: half of the second in which a newsroom wants to know."""

ENTRIES_MAX = 500
"""Feed entries read at once; a ward is some 3 kB."""

FEED = "feed"
"""Stands for a topic where progress is counted. Nothing of it is committed: at a start the feed
is read from its beginning, and what the ledger has is not sent again."""

log = logging.getLogger(__name__)


class WardFeed:
    """Reads the feeds of all elections and hands on wards as they are declared."""

    def __init__(
        self,
        settings: Settings,
        exchange: Exchange,
        reader: Reader,
        stopping: asyncio.Event,
    ) -> None:
        self._keys = Keys(settings.namespace)
        self._partitions = settings.kafka_partitions
        self._redis = redis.connect(settings)
        self._exchange = exchange
        self._reader = reader
        self._rebalances = 0
        self._stopping = stopping
        self._last: dict[str, bytes] = {}
        self._numbers = itertools.count()

    async def run(self) -> None:
        """Reads until the notifier stops. While Redis is away it waits: alerts must go on."""
        try:
            while not self._stopping.is_set():
                try:
                    await self._look()
                except RedisError as error:
                    log.warning("the feeds cannot be read: %s", error)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), INTERVAL_S)
        finally:
            await self._redis.aclose()

    async def _look(self) -> None:
        if self._reader.rebalances != self._rebalances:
            # Other councils are ours now: what was passed over before is read again.
            self._rebalances = self._reader.rebalances
            self._last.clear()
        if self._rebalances:
            elections: Any = await self._redis.smembers(self._keys.elections())
            for election in sorted(elections):
                await self._read(election.decode())

    async def _read(self, election: str) -> None:
        feed = self._keys.feed(election)
        last = self._last.get(election, b"0-0").decode()
        entries: Any = await self._redis.xrange(feed, min=f"({last}", count=ENTRIES_MAX)
        for identifier, fields in entries:
            if fields[b"type"] == b"ward":
                await self._take(identifier, fields)
            self._last[election] = identifier

    async def _take(self, identifier: bytes, fields: dict[bytes, bytes]) -> None:
        ward = WardTotals.model_validate_json(fields[b"data"])
        # As Kafka's own clients do, so that of several notifiers one tells of each council.
        partition = (murmur2(fields[b"council"]) & 0x7FFFFFFF) % self._partitions
        if ward.status != "declared" or not self._reader.holds(partition):
            return
        stored: Any = await self._redis.hget(self._keys.council(ward.council), "totals")
        if stored is None:
            return
        totals = CouncilTotals.model_validate_json(stored)
        told_at = datetime.fromtimestamp(int(identifier.partition(b"-")[0]) / 1_000, UTC)
        await self._exchange.take(
            of_ward(ward, totals.name, totals.mode),
            TopicPartition(FEED, partition),
            next(self._numbers),
            told_at,
            totals,
        )
