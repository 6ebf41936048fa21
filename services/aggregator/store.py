"""What the aggregator keeps in Redis, and the scripts that write it, all or nothing.

Every write is compared with what this worker last saw there. So a write that is repeated does
nothing the second time, a worker that lost its partition finds out, and so does everyone when
Redis lost data.
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
from services.aggregator.changes import Entry
from services.aggregator.council_cache import NOTHING, CachedCouncil
from services.aggregator.errors import DataLossError, FencedError
from services.platform.errors import RedisUnavailableError
from services.platform.names import Keys

FEED_ENTRIES_MAX = 20_000
"""Entries an election's feed keeps: a UK night of 9,000 ballots makes some 18,000, so that a
browser that slept all night can still catch up."""

RETRY_TOTAL_S = 4.0
"""Redis is tried again for four seconds, well inside the session timeout of 7 s, so that a worker
that gives up is restarted before its partitions are taken from it."""

RETRY_FIRST_WAIT_S = 0.05
RETRY_LONGEST_WAIT_S = 0.5

REBUILD_COUNCILS_A_SCRIPT = 50
"""Councils that one script rewrites, so that it holds Redis up for milliseconds only."""

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
        """Returns councils as Redis has them, `NOTHING` where it has none.

        Raises Lost or FencedError where a partition's watermark, read after the councils, is not at
        the given position: only then does a missing council mean a new one. Raises Lost as
        well where a state is not one of this version's.
        """

        async def read() -> list[Any]:
            pipeline = self._redis.pipeline(transaction=False)
            for council in councils:
                pipeline.hmget(self._keys.council(council), ["state", "offset"])
            pipeline.mget([self._keys.watermark(partition) for partition in positions])
            return await pipeline.execute()

        *found, watermarks = await self._retry(read)
        for (partition, position), watermark in zip(positions.items(), watermarks, strict=True):
            _compare(partition, position, watermark)
        held = {}
        for council, (state, offset) in zip(councils, found, strict=True):
            try:
                held[council] = (
                    NOTHING if state is None else CachedCouncil(load(state), int(offset))
                )
            except ValueError as error:
                # Another version wrote it; the log has what this one needs.
                raise DataLossError(f"a state cannot be read: {error}") from error
            # A state takes about a millisecond, and heartbeats wait for no thousand of them.
            await asyncio.sleep(0)
        return held

    async def watermarks(self, partitions: Sequence[int]) -> dict[int, int | None]:
        """Returns the watermark of each partition, None where there is none."""
        if not partitions:
            return {}
        keys = [self._keys.watermark(partition) for partition in partitions]
        found = await self._retry(lambda: self._redis.mget(keys))
        return {
            partition: None if value is None else int(value)
            for partition, value in zip(partitions, found, strict=True)
        }

    async def commit(self, entries: Iterable[Entry]) -> None:
        """Writes changed councils and tells the feed, one script for each election.

        Raises FencedError or Lost where Redis has not what the entries expect; then nothing of that
        election was written.
        """
        for election, share in _by_election(entries).items():
            await self._run("commit", election, share)

    async def rebuild(self, entries: Iterable[Entry]) -> None:
        """Writes councils whole, whatever was there before, unless Redis has later ones."""
        for election, share in _by_election(entries).items():
            for start in range(0, len(share), REBUILD_COUNCILS_A_SCRIPT):
                some = share[start : start + REBUILD_COUNCILS_A_SCRIPT]
                await self._run("rebuild", election, some)

    async def advance(
        self, positions: Mapping[int, tuple[int | None, int]], elections: Iterable[str]
    ) -> None:
        """Moves watermarks from one offset to another, and lists the elections.

        Raises FencedError or Lost where a watermark is at neither.
        """
        named = sorted(elections)

        async def write() -> list[Any]:
            pipeline = self._redis.pipeline(transaction=False)
            for partition, (before, after) in positions.items():
                key = self._keys.watermark(partition)
                # The text and not its hash, which redis-py would first ask after each time.
                pipeline.eval(self._advance, 1, key, "" if before is None else before, after)
            if named:
                pipeline.sadd(self._keys.elections(), *named)
            return await pipeline.execute()

        answers = await self._retry(write)
        for partition, answer in zip(positions, answers, strict=False):
            _judge(answer[0], f"the watermark of partition {partition}", answer[1:])

    async def _run(self, mode: str, election: str, entries: Sequence[Entry]) -> None:
        keys = [self._keys.councils(election), self._keys.feed(election)]
        arguments: list[str | bytes | int] = [mode, FEED_ENTRIES_MAX]
        for entry in entries:
            council = entry.council
            keys += [
                self._keys.council(council),
                self._keys.wards(council),
                self._keys.alerts(council),
            ]
            arguments += _arguments(entry)
        answer = await self._retry(lambda: self._commit(keys=keys, args=arguments))
        _judge(answer[0], *answer[1:])

    async def _retry(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Returns what Redis answers. What is asked must be safe to ask twice."""
        try:
            async for attempt in AsyncRetrying(
                stop=stop_after_delay(RETRY_TOTAL_S),
                wait=wait_random_exponential(RETRY_FIRST_WAIT_S, RETRY_LONGEST_WAIT_S),
                retry=retry_if_exception_type((RedisError, OSError)),
                reraise=True,
            ):
                with attempt:
                    return await ask()
        except (RedisError, OSError) as error:
            raise RedisUnavailableError(f"Redis failed for {RETRY_TOTAL_S:g} s: {error}") from error
        raise AssertionError  # the loop above returns or raises


def _script(name: str) -> str:
    return files("services.aggregator").joinpath(name).read_text(encoding="utf-8")


def _arguments(entry: Entry) -> list[str | bytes | int]:
    """Returns an entry in the order in which commit.lua takes it."""
    arguments: list[str | bytes | int] = [
        entry.council,
        "" if entry.expected is None else entry.expected,
        entry.offset,
        entry.version,
        entry.partition,
        entry.state,
        entry.totals or "",
        len(entry.wards),
    ]
    for ballot, ward in entry.wards:
        arguments += [ballot, ward]
    arguments.append(len(entry.alerts))
    arguments += [alert for _, alert in entry.alerts]
    return arguments


def _by_election(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    shares: dict[str, list[Entry]] = {}
    for entry in entries:
        shares.setdefault(entry.election, []).append(entry)
    return shares


def _compare(partition: int, position: int | None, watermark: bytes | None) -> None:
    """Raises Lost or FencedError where a watermark is not at the position last written."""
    found = -1 if watermark is None else int(watermark)
    expected = -1 if position is None else position
    if found != expected:
        verdict = b"newer" if found > expected else b"older"
        _judge(verdict, f"the watermark of partition {partition}", [watermark])


def _judge(verdict: bytes, *about: object) -> None:
    """Raises FencedError for `newer` and Lost for `older`."""
    if verdict == b"newer":
        raise FencedError(f"Redis is ahead: {about}")
    if verdict == b"older":
        raise DataLossError(f"Redis is behind: {about}")
