"""What the second stage keeps in Redis: nights, written by one script each, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from redis.asyncio import Redis

from election.nation.plan import NightPlan
from election.nation.snapshot import load
from services.engine.errors import DataLossError
from services.engine.watermarks import (
    Watermarks,
    check_answer,
    check_watermark,
    retrying,
    script,
)
from services.nation.folding import NEW_NIGHT, CachedNight, NightFold
from services.platform.names import FEED_ENTRIES_MAX, Keys

FEED_NIGHTS_MAX = 64
"""National totals that an election's feed keeps. Each has all that those before it had, and some
40 KB; a night has thousands. Whoever reads the feed is milliseconds behind, so 64 are a second at
the fastest, and whoever is further behind reads everything anew."""

_HEAD = frozenset({b"offset", b"partition", b"version", b"head"})
"""What of a night's state is not one of its councils."""


class NightStore(Watermarks):
    """Nights and the watermarks of `night` in Redis.

    Every method retries as `Watermarks` does and then raises RedisUnavailableError.
    """

    def __init__(self, redis: Redis, keys: Keys, plan: NightPlan) -> None:
        super().__init__(redis, keys, keys.night_counted())
        self._plan = plan
        self._commit = redis.register_script(script("services.nation", "night.lua"))

    async def elections(self) -> list[str]:
        """Returns the elections that Redis knows, the latest last."""
        members: Any = await retrying(lambda: self._redis.smembers(self._keys.elections()))
        return sorted(each.decode() for each in members)

    async def load(
        self, elections: Sequence[str], positions: Mapping[int, int | None]
    ) -> dict[str, CachedNight]:
        """Returns nights as Redis has them; NEW_NIGHT for one that it does not have.

        `positions` are the expected watermarks of their partitions. A missing night is known to
        be new only if Redis has these, read after the nights. Otherwise this raises DataLossError
        or FencedError. Also raises DataLossError if another version of the program wrote a state.
        """

        async def read() -> list[Any]:
            pipeline = self._redis.pipeline(transaction=False)
            for election in elections:
                pipeline.hgetall(self._keys.night(election))
            pipeline.mget([self._stage.watermark(partition) for partition in positions])
            return await pipeline.execute()

        *found, watermarks = await retrying(read)
        for (partition, position), watermark in zip(positions.items(), watermarks, strict=True):
            check_watermark(partition, position, watermark)
        return {
            election: self._loaded(fields) if fields else NEW_NIGHT
            for election, fields in zip(elections, found, strict=True)
        }

    async def commit(self, nights: Iterable[NightFold]) -> None:
        """Writes changed nights, and appends to their feeds.

        Raises FencedError or DataLossError if Redis does not have an expected offset. Then
        nothing of that election has been written.
        """
        for night in nights:
            await self._run("commit", night)

    async def rebuild(self, nights: Iterable[NightFold]) -> None:
        """Replaces nights in Redis, except those that Redis has from a later offset.

        Then it counts a rebuild, so that tickers read everything again.
        """
        for night in nights:
            await self._run("rebuild", night)
        await retrying(lambda: self._redis.incr(self._keys.rebuilds()))

    def _loaded(self, fields: Mapping[bytes, bytes]) -> CachedNight:
        try:
            councils = [state for name, state in fields.items() if name not in _HEAD]
            night = load(fields[b"head"], councils, self._plan)
            return CachedNight(night, int(fields[b"offset"]))
        except (KeyError, ValueError) as error:
            # Another version wrote it; it can be rebuilt from the log.
            raise DataLossError(f"a night cannot be read: {error!r}") from error

    async def _run(self, mode: str, folded: NightFold) -> None:
        election = folded.election
        keys = [
            self._keys.national(election),
            self._keys.night(election),
            self._keys.feed(election),
            self._keys.night_entries(election),
        ]
        arguments = [mode, FEED_ENTRIES_MAX, FEED_NIGHTS_MAX, *_arguments(folded)]
        answer = await retrying(lambda: self._commit(keys=keys, args=arguments))
        check_answer(answer[0], f"the night of {election}", *answer[1:])


def _arguments(folded: NightFold) -> list[str | bytes | int]:
    """Returns a night as the arguments of night.lua, in its order."""
    written, before = folded.written, folded.before.offset
    assert written is not None and folded.night is not None, "write it out first"  # noqa: S101, PT018 - an invariant
    arguments: list[str | bytes | int] = [
        "" if before is None else before,
        folded.offset,
        folded.partition,
        folded.night.version,
        written.head,
        written.totals,
        len(written.parts),
    ]
    for name, totals in written.parts.items():
        arguments += [name, totals]
    arguments.append(len(written.councils))
    for council, state in written.councils.items():
        arguments += [council, state]
    arguments.append(len(folded.encoded_alerts))
    arguments += [alert for _, alert in folded.encoded_alerts]
    return arguments
