"""Step 5 of a batch: what the aggregator keeps in Redis, written by scripts, all or nothing.

Every write is compared with what this worker last saw in Redis. So a repeated write does nothing
the second time, and a worker notices if it has lost its partition, or if Redis has lost data.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.exceptions import RedisError
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_delay,
    wait_random_exponential,
)

from election.snapshot import load
from services.aggregator.changes import EncodedChange
from services.aggregator.council_cache import NEW_COUNCIL, CachedCouncil
from services.aggregator.errors import DataLossError, FencedError
from services.platform.errors import RedisUnavailableError
from services.platform.names import Keys
from services.platform.namespace import clear
from services.platform.redis import check_keeps

FEED_ENTRIES_MAX = 20_000
"""Entries that an election's feed keeps. A UK night of 9,000 ballots makes some 18,000, so a
browser that slept all night can still catch up."""

RETRY_TOTAL_S = 4.0
"""How long a failed request to Redis is retried. It is well below the session timeout of 7 s, so
that a worker that gives up is restarted before its partitions are taken from it."""

RETRY_FIRST_WAIT_S = 0.05
RETRY_LONGEST_WAIT_S = 0.5
"""The first and the longest wait between two retries; several fit into RETRY_TOTAL_S."""

REBUILD_COUNCILS_PER_SCRIPT = 50
"""Councils that one script rewrites, so that it blocks Redis for milliseconds only."""

T = TypeVar("T")


class Store:
    """Councils, feeds and watermarks in Redis.

    Every method retries for `RETRY_TOTAL_S` and then raises RedisUnavailableError.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._commit = redis.register_script(_script("commit.lua"))
        self._advance = _script("watermark.lua")

    async def load(
        self, councils: Sequence[str], positions: Mapping[int, int | None]
    ) -> dict[str, CachedCouncil]:
        """Returns councils as Redis has them; NEW_COUNCIL for one that it does not have.

        `positions` are the expected watermarks of their partitions. A missing council is known to
        be new only if Redis has these, read after the councils. Otherwise this raises
        DataLossError or FencedError. Also raises DataLossError if another version of the program
        wrote a state.
        """

        async def read() -> list[Any]:
            pipeline = self._redis.pipeline(transaction=False)
            for council in councils:
                pipeline.hmget(self._keys.council(council), ["state", "offset"])
            pipeline.mget([self._keys.watermark(partition) for partition in positions])
            return await pipeline.execute()

        *found, watermarks = await self._retry(read)
        for (partition, position), watermark in zip(positions.items(), watermarks, strict=True):
            _check_watermark(partition, position, watermark)
        loaded = {}
        for council, (state, offset) in zip(councils, found, strict=True):
            try:
                loaded[council] = (
                    NEW_COUNCIL if state is None else CachedCouncil(load(state), int(offset))
                )
            except ValueError as error:
                # Another version wrote it; it can be rebuilt from the log.
                raise DataLossError(f"a state cannot be read: {error}") from error
            # A state takes about a millisecond; heartbeats must not wait for a thousand of them.
            await asyncio.sleep(0)
        return loaded

    async def watermarks(self, partitions: Sequence[int]) -> dict[int, int | None]:
        """Returns the watermark of each partition; None if it has none."""
        if not partitions:
            return {}
        keys = [self._keys.watermark(partition) for partition in partitions]
        found = await self._retry(lambda: self._redis.mget(keys))
        return {
            partition: None if value is None else int(value)
            for partition, value in zip(partitions, found, strict=True)
        }

    async def check_keeps(self) -> None:
        """Raises RedisUnfitError if Redis may discard keys (`services.platform.redis`)."""
        await self._retry(lambda: check_keeps(self._redis))

    async def claim(self, log: str) -> str:
        """Returns the id of the log that Redis was counted from: `log` if there is none yet."""

        async def write() -> list[Any]:
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.set(self._keys.log(), log, nx=True)
            pipeline.get(self._keys.log())
            return await pipeline.execute()

        _, found = await self._retry(write)
        claimed: str = found.decode()
        return claimed

    async def clear(self) -> None:
        """Removes every key of the namespace."""
        await self._retry(lambda: clear(self._redis, self._keys.namespace))

    async def commit(self, changes: Iterable[EncodedChange]) -> None:
        """Writes changed councils and appends to the feed, with one script for each election.

        Raises FencedError or DataLossError if Redis does not have an expected offset. Then
        nothing of that election has been written.
        """
        for election, councils in _by_election(changes).items():
            await self._run("commit", election, councils)

    async def rebuild(self, changes: Iterable[EncodedChange]) -> None:
        """Replaces councils in Redis, except those that Redis has from a later offset.

        Then it counts a rebuild, so that tickers read everything again.
        """
        for election, councils in _by_election(changes).items():
            for start in range(0, len(councils), REBUILD_COUNCILS_PER_SCRIPT):
                some = councils[start : start + REBUILD_COUNCILS_PER_SCRIPT]
                await self._run("rebuild", election, some)
        # Most of a rebuild is in no feed, so that tickers would not read what it has repaired.
        await self._retry(lambda: self._redis.incr(self._keys.rebuilds()))

    async def advance(
        self, positions: Mapping[int, tuple[int | None, int]], elections: Iterable[str]
    ) -> None:
        """Moves each watermark from one offset to another, and adds to the set of elections.

        Raises FencedError or DataLossError if a watermark is at neither offset.
        """
        names = sorted(elections)

        async def write() -> list[Any]:
            pipeline = self._redis.pipeline(transaction=False)
            for partition, (before, after) in positions.items():
                key = self._keys.watermark(partition)
                # Not by its hash: redis-py would first check each time that Redis has the script.
                pipeline.eval(self._advance, 1, key, "" if before is None else before, after)
            if names:
                pipeline.sadd(self._keys.elections(), *names)
            return await pipeline.execute()

        answers = await self._retry(write)
        for partition, answer in zip(positions, answers, strict=False):
            _check_answer(answer[0], f"the watermark of partition {partition}", answer[1:])

    async def _run(self, mode: str, election: str, changes: Sequence[EncodedChange]) -> None:
        keys = [self._keys.councils(election), self._keys.feed(election)]
        arguments: list[str | bytes | int] = [mode, FEED_ENTRIES_MAX]
        for change in changes:
            council = change.council
            keys += [
                self._keys.council(council),
                self._keys.wards(council),
                self._keys.alerts(council),
            ]
            arguments += _arguments(change)
        answer = await self._retry(lambda: self._commit(keys=keys, args=arguments))
        _check_answer(answer[0], *answer[1:])

    async def _retry(self, request: Callable[[], Awaitable[T]]) -> T:
        """Returns Redis's answer to a request, which must be safe to repeat."""
        try:
            async for attempt in AsyncRetrying(
                stop=stop_after_delay(RETRY_TOTAL_S),
                wait=wait_random_exponential(RETRY_FIRST_WAIT_S, RETRY_LONGEST_WAIT_S),
                retry=retry_if_exception_type((RedisError, OSError)),
                reraise=True,
            ):
                with attempt:
                    return await request()
        except (RedisError, OSError) as error:
            raise RedisUnavailableError(f"Redis failed for {RETRY_TOTAL_S:g} s: {error}") from error
        raise AssertionError  # the loop above returns or raises


def _script(name: str) -> str:
    return files("services.aggregator").joinpath(name).read_text(encoding="utf-8")


def _arguments(change: EncodedChange) -> list[str | bytes | int]:
    """Returns a change as the arguments of commit.lua, in its order."""
    arguments: list[str | bytes | int] = [
        change.council,
        "" if change.expected is None else change.expected,
        change.offset,
        change.version,
        change.partition,
        change.state,
        change.totals or "",
        len(change.wards),
    ]
    for ballot, ward in change.wards:
        arguments += [ballot, ward]
    arguments.append(len(change.alerts))
    arguments += [alert for _, alert in change.alerts]
    return arguments


def _by_election(changes: Iterable[EncodedChange]) -> dict[str, list[EncodedChange]]:
    elections: dict[str, list[EncodedChange]] = {}
    for change in changes:
        elections.setdefault(change.election, []).append(change)
    return elections


def _check_watermark(partition: int, position: int | None, watermark: bytes | None) -> None:
    """Raises DataLossError or FencedError if a watermark is not at the position last written."""
    found = -1 if watermark is None else int(watermark)
    expected = -1 if position is None else position
    if found != expected:
        answer = b"newer" if found > expected else b"older"
        _check_answer(answer, f"the watermark of partition {partition}", [watermark])


def _check_answer(answer: bytes, *about: object) -> None:
    """Raises FencedError for the answer `newer`, and DataLossError for `older`."""
    if answer == b"newer":
        raise FencedError(f"Redis is ahead: {about}")
    if answer == b"older":
        raise DataLossError(f"Redis is behind: {about}")
