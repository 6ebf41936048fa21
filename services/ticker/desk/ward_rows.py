"""Ward rows: the wards of undecided ballots as Redis has them. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError
from redis.asyncio import Redis

from schemas.ward_totals import WardTotals
from services.platform.names import Keys
from services.ticker.broken import report
from services.ticker.feed.parsing import parse_ward


class WardRows:
    """The wards of one namespace, read one by one."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def read(self, wanted: Iterable[tuple[str, str]]) -> dict[str, WardTotals | None]:
        """Returns the row of each ballot, None if there is none, all read at the same time.

        `wanted` has the council and the ballot of each. One that cannot be read is left out.
        Raises redis.RedisError if Redis cannot be reached.
        """
        asked = list(wanted)
        pipeline = self._redis.pipeline(transaction=False)
        for council, ballot in asked:
            pipeline.hget(self._keys.wards(council), ballot)
        found: list[Any] = await pipeline.execute()
        rows: dict[str, WardTotals | None] = {}
        for (_, ballot), data in zip(asked, found, strict=True):
            try:
                rows[ballot] = parse_ward(data) if data else None
            except ValidationError as error:
                report("ward", ballot, error)
        return rows
