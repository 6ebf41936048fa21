"""Step 5 of a batch: what the aggregator keeps in Redis, written by scripts, all or nothing.

Every write is compared with what this worker last saw in Redis. So a repeated write does nothing
the second time, and a worker notices if it has lost its partition, or if Redis has lost data.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from redis.asyncio import Redis

from election.snapshot import load
from services.aggregator.changes import EncodedChange
from services.aggregator.council_cache import NEW_COUNCIL, CachedCouncil
from services.engine.errors import DataLossError, FencedError
from services.engine.watermarks import (
    Watermarks,
    check_answer,
    check_watermark,
    retrying,
    script,
)
from services.platform.log_tree import LogTree, read_log_tree
from services.platform.names import CERTIFICATES_MAX, FEED_ENTRIES_MAX, Keys
from services.platform.origin import Origin

REBUILD_COUNCILS_PER_SCRIPT = 50
"""Councils that one script rewrites, so that it blocks Redis for milliseconds only."""


class Store(Watermarks):
    """Councils, feeds, watermarks and Merkle trees in Redis.

    Every method retries for `RETRY_TOTAL_S` and then raises RedisUnavailableError.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        super().__init__(redis, keys, keys.counted())
        self._commit = redis.register_script(script("services.aggregator", "commit.lua"))

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
                pipeline.hmget(self._keys.council(council), ["state", "offset", "places"])
            pipeline.mget([self._stage.watermark(partition) for partition in positions])
            return await pipeline.execute()

        *found, watermarks = await retrying(read)
        for (partition, position), watermark in zip(positions.items(), watermarks, strict=True):
            check_watermark(partition, position, watermark)
        loaded = {}
        for council, (state, offset, places) in zip(councils, found, strict=True):
            try:
                loaded[council] = (
                    NEW_COUNCIL
                    if state is None
                    else CachedCouncil(load(state), int(offset), orjson.loads(places or b"{}"))
                )
            except ValueError as error:
                # Another version wrote it; it can be rebuilt from the log.
                raise DataLossError(f"a state cannot be read: {error}") from error
            # A state takes about a millisecond; heartbeats must not wait for a thousand of them.
            await asyncio.sleep(0)
        return loaded

    async def trees(self) -> dict[int, LogTree]:
        """Returns the Merkle tree of each partition; one that cannot be read is left out."""
        found: Any = await retrying(lambda: self._redis.hgetall(self._stage.trees))
        trees = {}
        for partition, stored in found.items():
            # Whoever needs one that was spoilt reads it from the log again.
            with contextlib.suppress(ValueError):
                trees[int(partition)] = read_log_tree(stored)
        return trees

    async def restore_tree(self, partition: int, tree: LogTree) -> None:
        """Writes the tree of a partition whose watermark is at its end; does nothing otherwise.

        A worker that counts meanwhile writes the right tree with each batch.
        """
        with contextlib.suppress(FencedError, DataLossError):
            await self.advance({partition: (tree.end, tree.end)}, (), {partition: tree.as_json()})

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
        await retrying(lambda: self._redis.incr(self._keys.rebuilds()))

    async def _run(self, mode: str, election: str, changes: Sequence[EncodedChange]) -> None:
        keys = [self._keys.councils(election), self._keys.feed(election)]
        arguments: list[str | bytes | int] = [mode, FEED_ENTRIES_MAX, CERTIFICATES_MAX]
        for change in changes:
            council = change.council
            keys += [
                self._keys.council(council),
                self._keys.wards(council),
                self._keys.alerts(council),
                self._keys.certificates(council),
            ]
            arguments += _arguments(change)
        answer = await retrying(lambda: self._commit(keys=keys, args=arguments))
        check_answer(answer[0], *answer[1:])


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
        *_origin(change.origin),
        len(change.wards),
    ]
    for ballot, ward in change.wards:
        arguments += [ballot, ward]
    arguments.append(len(change.alerts))
    for alert in change.alerts:
        arguments += [alert.json, *_origin(alert.origin)]
    arguments += [change.places, len(change.certificates), *change.certificates]
    return arguments


def _origin(origin: Origin | None) -> tuple[int | str, str]:
    """Returns the declaration that something follows from, blank if none is to be told."""
    return ("", "") if origin is None else origin


def _by_election(changes: Iterable[EncodedChange]) -> dict[str, list[EncodedChange]]:
    elections: dict[str, list[EncodedChange]] = {}
    for change in changes:
        elections.setdefault(change.election, []).append(change)
    return elections
