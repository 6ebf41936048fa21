"""How far each partition is counted, in Redis, and from which log. Every write is compared first.

So a repeated write does nothing the second time, and a worker notices if it has lost its
partition, or if Redis has lost data.
"""

from __future__ import annotations

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

from services.engine.errors import DataLossError, FencedError
from services.platform.errors import RedisUnavailableError
from services.platform.names import Keys, StageKeys
from services.platform.namespace import clear
from services.platform.redis import check_keeps

RETRY_TOTAL_S = 4.0
"""How long a failed request to Redis is retried. It is well below the session timeout of 7 s, so
that a worker that gives up is restarted before its partitions are taken from it."""

RETRY_FIRST_WAIT_S = 0.05
RETRY_LONGEST_WAIT_S = 0.5
"""The first and the longest wait between two retries; several fit into RETRY_TOTAL_S."""

T = TypeVar("T")


class Watermarks:
    """The watermarks of one stage, and the id of the log that it was counted from.

    Every method retries for `RETRY_TOTAL_S` and then raises RedisUnavailableError.
    """

    def __init__(self, redis: Redis, keys: Keys, stage: StageKeys) -> None:
        self._redis = redis
        self._keys = keys
        self._stage = stage
        self._advance = script("services.engine", "watermark.lua")

    async def watermarks(self, partitions: Sequence[int]) -> dict[int, int | None]:
        """Returns the watermark of each partition; None if it has none."""
        if not partitions:
            return {}
        keys = [self._stage.watermark(partition) for partition in partitions]
        found = await retrying(lambda: self._redis.mget(keys))
        return {
            partition: None if value is None else int(value)
            for partition, value in zip(partitions, found, strict=True)
        }

    async def check_keeps(self) -> None:
        """Raises RedisUnfitError if Redis may discard keys (`services.platform.redis`)."""
        await retrying(lambda: check_keeps(self._redis))

    async def claim(self, log: str) -> str:
        """Returns the id of the log that Redis was counted from: `log` if there is none yet."""

        async def write() -> list[Any]:
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.set(self._stage.log, log, nx=True)
            pipeline.get(self._stage.log)
            return await pipeline.execute()

        _, found = await retrying(write)
        claimed: str = found.decode()
        return claimed

    async def clear(self) -> None:
        """Removes every key of the namespace."""
        await retrying(lambda: clear(self._redis, self._keys.namespace))

    async def advance(
        self,
        positions: Mapping[int, tuple[int | None, int]],
        elections: Iterable[str],
        trees: Mapping[int, bytes] | None = None,
    ) -> None:
        """Moves each watermark from one offset to another, and adds to the set of elections.

        `trees` are the Merkle trees of the partitions at their new offsets, if the stage has any:
        each is written together with its watermark, or neither is. Those of partitions that are
        not among `positions` are not written.

        Raises FencedError or DataLossError if a watermark is at neither offset.
        """
        names = sorted(elections)

        async def write() -> list[Any]:
            pipeline = self._redis.pipeline(transaction=False)
            for partition, (before, after) in positions.items():
                key = self._stage.watermark(partition)
                # Not by its hash: redis-py would first check each time that Redis has the script.
                offsets = "" if before is None else before, after
                if trees and partition in trees:
                    keys_and_tree = self._stage.trees, *offsets, partition, trees[partition]
                    pipeline.eval(self._advance, 2, key, *keys_and_tree)
                else:
                    pipeline.eval(self._advance, 1, key, *offsets)
            if names:
                pipeline.sadd(self._keys.elections(), *names)
            return await pipeline.execute()

        answers = await retrying(write)
        for partition, answer in zip(positions, answers, strict=False):
            check_answer(answer[0], f"the watermark of partition {partition}", answer[1:])


async def retrying(request: Callable[[], Awaitable[T]]) -> T:
    """Returns Redis's answer to a request, which must be safe to repeat.

    Retries for RETRY_TOTAL_S, and then raises RedisUnavailableError.
    """
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


def script(package: str, name: str) -> str:
    """Returns the text of a Lua script in a package."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def check_watermark(partition: int, position: int | None, watermark: bytes | None) -> None:
    """Raises DataLossError or FencedError if a watermark is not at the position last written."""
    found = -1 if watermark is None else int(watermark)
    expected = -1 if position is None else position
    if found != expected:
        answer = b"newer" if found > expected else b"older"
        check_answer(answer, f"the watermark of partition {partition}", [watermark])


def check_answer(answer: bytes, *about: object) -> None:
    """Raises FencedError for the answer `newer`, and DataLossError for `older`."""
    if answer == b"newer":
        raise FencedError(f"Redis is ahead: {about}")
    if answer == b"older":
        raise DataLossError(f"Redis is behind: {about}")
