"""Reads of the aggregator's Redis. Nothing here writes.

redis-py types each answer as bytes or text, sets or lists; which it is follows from
`services.platform.redis`, so answers are taken as Any and typed by what is made of them.
"""

from __future__ import annotations

from typing import Any

import structlog
from redis.asyncio import Redis

from services.platform.names import Keys
from services.ticker.feed.election_state import CouncilCount, Night
from services.ticker.feed.entry import BEGINNING, RING_ENTRIES, Entry, Ring
from services.ticker.feed.parsing import fault

_log = structlog.get_logger()

READ_BLOCK_MS = 1_000
"""How long one read waits for news: below the client's socket timeout of two seconds."""

READ_ENTRIES = 500
"""Entries taken in one read: a declaration makes two or three, a rebuild some hundreds."""

PAGE_COUNCILS = 25
"""Councils read at once: some 2 MB with their wards."""

PAGE_ENTRIES = 1_000
"""Entries in one page while the ring is filled; some 5 MB, so that Redis is not held up."""


class Store:
    """The councils and feeds of one namespace.

    Every method raises redis.RedisError when Redis cannot be reached; none repeats a read.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def ping(self) -> None:
        """Asks Redis for a sign of life."""
        await self._redis.ping()

    async def elections(self) -> list[str]:
        """Returns the elections there are, the latest first."""
        members: Any = await self._redis.smembers(self._keys.elections())
        return sorted((member.decode() for member in members), reverse=True)

    async def night(self, election: str) -> Night:
        """Returns an election as it stands, in exact agreement with a feed id.

        Some councils at a time, so that Redis is not held up. What changes meanwhile is in the
        feed, and applied afterwards: entries are whole states, so the last one stands.
        """
        night = Night(election, at=await self.last_id(election))
        members: Any = await self._redis.smembers(self._keys.councils(election))
        councils = sorted(member.decode() for member in members)
        for start in range(0, len(councils), PAGE_COUNCILS):
            night.councils |= await self._councils(councils[start : start + PAGE_COUNCILS])
        while changes := await self._entries(election, night.at):
            for entry in changes:
                night.apply(entry)
        return night

    async def _councils(self, councils: list[str]) -> dict[str, CouncilCount]:
        pipeline = self._redis.pipeline(transaction=True)
        for council in councils:
            pipeline.hget(self._keys.council(council), "totals")
            pipeline.hgetall(self._keys.wards(council))
            pipeline.lrange(self._keys.alerts(council), 0, -1)
        found = await pipeline.execute()
        return {
            council: CouncilCount(
                totals if totals and _is_readable(council, "totals", totals) else b"",
                {
                    ballot.decode(): ward
                    for ballot, ward in wards.items()
                    if _is_readable(council, "ward", ward)
                },
                [alert for alert in alerts if _is_readable(council, "alert", alert)],
            )
            for council, totals, wards, alerts in zip(
                councils, found[::3], found[1::3], found[2::3], strict=True
            )
        }

    async def _entries(self, election: str, after: str) -> list[Entry]:
        page: Any = await self._redis.xrange(
            self._keys.feed(election), min=f"({after}", count=PAGE_ENTRIES
        )
        return [Entry.read(feed_id, fields) for feed_id, fields in page]

    async def last_id(self, election: str) -> str:
        """Returns the id of the feed's newest entry, or the beginning."""
        last: Any = await self._redis.xrevrange(self._keys.feed(election), count=1)
        return last[0][0].decode() if last else BEGINNING

    async def ring(self, election: str, until: str) -> Ring:
        """Returns the newest entries of the feed up to an id."""
        feed = self._keys.feed(election)
        newest_first: list[Entry] = []
        upper = until
        while len(newest_first) < RING_ENTRIES:
            page: Any = await self._redis.xrevrange(feed, max=upper, count=PAGE_ENTRIES)
            newest_first.extend(Entry.read(feed_id, fields) for feed_id, fields in page)
            if len(page) < PAGE_ENTRIES:
                break
            upper = f"({newest_first[-1].id}"
        return Ring(reversed(newest_first[:RING_ENTRIES]))

    async def news(self, election: str, after: str) -> list[Entry]:
        """Returns the entries after an id, oldest first; waits READ_BLOCK_MS for the first."""
        feed = self._keys.feed(election)
        answer: Any = await self._redis.xread(
            {feed: after}, count=READ_ENTRIES, block=READ_BLOCK_MS
        )
        return [Entry.read(feed_id, fields) for _, entries in answer for feed_id, fields in entries]

    async def versions(self, election: str) -> tuple[str, dict[str, int]]:
        """Returns the feed's last id and the version of each open council, read as one."""
        members: Any = await self._redis.smembers(self._keys.councils(election))
        councils = sorted(members)
        transaction = self._redis.pipeline(transaction=True)
        transaction.xrevrange(self._keys.feed(election), count=1)
        for council in councils:
            transaction.hget(self._keys.council(council.decode()), "version")
            transaction.hexists(self._keys.council(council.decode()), "totals")
        last, *rest = await transaction.execute()
        found = {
            council.decode(): int(version)
            for council, version, is_open in zip(councils, rest[::2], rest[1::2], strict=True)
            if is_open
        }
        return (last[0][0].decode() if last else BEGINNING), found

    async def holds(self, election: str, feed_id: str) -> bool:
        """Tells whether the feed still has an entry; the beginning is always there."""
        if feed_id == BEGINNING:
            return True
        feed = self._keys.feed(election)
        return bool(await self._redis.xrange(feed, min=feed_id, max=feed_id, count=1))


def _is_readable(council: str, kind: str, data: bytes) -> bool:
    """Tells whether JSON can be read, and logs why not."""
    wrong = fault(kind, data)
    if wrong:
        _log.error("stored JSON cannot be read", council=council, kind=kind, fault=wrong)
    return not wrong
