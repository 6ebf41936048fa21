"""Rebuilds Redis from the log, by the same decoding, fold and script; publishes nothing."""

from __future__ import annotations

import structlog

from schemas.reject import Reject
from services.aggregator.changes import Changes
from services.aggregator.council_cache import NEW_COUNCIL, CachedCouncil
from services.aggregator.decode import LoggedEvent, decode
from services.aggregator.folding import fold
from services.aggregator.steps import STEPS, Steps
from services.aggregator.store import Store
from services.platform import redis
from services.platform.failpoints import failpoint
from services.platform.names import Keys
from services.platform.settings import Settings
from services.platform.topic_log import DeclarationsLog

DECLARATIONS_PER_FOLD = 2_000
"""Declarations that are folded at once, as many as in a worker's largest batch. They are kept until
their councils are written out."""

log = structlog.get_logger(__name__)


async def replay(
    declarations: DeclarationsLog, partition: int, end: int, partitions: int, steps: Steps = STEPS
) -> Changes:
    """Folds a partition's records before the offset `end`, and returns the resulting changes.

    `partitions` is the topic's number of partitions. Rejects are left out: they were published
    when their messages were first counted. So is what is on record as broken, whether or not
    this version could count it.
    """
    broken = await declarations.broken()
    replayed = _Replay(steps)
    async for record in declarations.read(partition, end):
        logged = decode(record, partitions)
        if not isinstance(logged, Reject) and (partition, record.offset) not in broken:
            await replayed.add(logged)
    return await replayed.changes()


class _Replay:
    """Folds declarations in pieces, each on top of the one before, into changes of them all."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._councils: dict[str, CachedCouncil] = {}
        self._together = Changes({}, steps)
        self._piece: list[LoggedEvent] = []

    async def add(self, logged: LoggedEvent) -> None:
        self._councils.setdefault(logged.event.council, NEW_COUNCIL)
        self._piece.append(logged)
        if len(self._piece) >= DECLARATIONS_PER_FOLD:
            await self._fold()

    async def changes(self) -> Changes:
        await self._fold()
        return self._together

    async def _fold(self) -> None:
        async for changes, rejects in fold(self._piece, self._councils, self._steps):
            self._councils.update(changes.updated_councils())
            self._together = Changes.merged([self._together, changes])
            for reject in rejects:
                self._log(reject)
        self._piece = []

    def _log(self, reject: Reject) -> None:
        if reject.reason == "broken":
            # Its record is gone, or it was counted by a version that could.
            log.error(
                "declaration broken in a rebuild",
                partition=reject.partition,
                offset=reject.offset,
                detail=reject.detail,
            )


async def rebuild(  # noqa: PLR0913, PLR0917 - what is read, where it is written, and how much
    declarations: DeclarationsLog,
    store: Store,
    partition: int,
    end: int,
    partitions: int,
    steps: Steps = STEPS,
) -> int:
    """Replays a partition's records before `end` into Redis. Returns its number of councils.

    `partitions` is the topic's number of partitions. Each council is replaced at once, so readers
    see the old totals until the new ones are complete. Councils that Redis has from a later
    offset are not touched, so a worker may count meanwhile. Raises KafkaUnavailableError or
    RedisUnavailableError.
    """
    changes = await (await replay(declarations, partition, end, partitions, steps)).encode()
    await store.rebuild(changes)
    failpoint("after_rebuild")
    stored = (await store.watermarks([partition]))[partition]
    if (stored or 0) < end:
        await store.advance({partition: (stored, end)}, {change.election for change in changes})
    return len(changes)


async def rebuild_all(settings: Settings, steps: Steps = STEPS) -> int:
    """Rebuilds every partition up to the group's committed offset.

    Returns the number of councils rebuilt. Raises KafkaUnavailableError or RedisUnavailableError.
    """
    declarations = DeclarationsLog(settings, lambda: None)
    partitions = len(await declarations.ends())
    async with redis.connect(settings) as client:
        store = Store(client, Keys(settings.namespace))
        return sum(
            [
                await rebuild(declarations, store, partition, end, partitions, steps)
                for partition, end in sorted((await declarations.committed()).items())
            ]
        )
