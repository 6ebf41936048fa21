"""Rebuilds Redis from the log, by the same decoding, fold and script; publishes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection

from schemas.reject import Reject
from services.aggregator.changes import Changes
from services.aggregator.council_cache import NEW_COUNCIL, CachedCouncil
from services.aggregator.decode import LoggedEvent, decode
from services.aggregator.folding import Folded, one_by_one
from services.aggregator.steps import STEPS, Steps
from services.aggregator.store import Store
from services.engine.other_log import remove_other_count
from services.engine.positions import Rebuilt
from services.platform import redis
from services.platform.failpoints import failpoint
from services.platform.log_tree import LogTree
from services.platform.metrics import AGGREGATOR_REBUILDS, AGGREGATOR_REBUILDS_BROKEN
from services.platform.names import Keys
from services.platform.settings import Settings
from services.platform.topic_log import DeclarationsLog


class Rebuilder:
    """Rebuilds partitions of one namespace. `steps` are those by which its worker counts."""

    def __init__(self, declarations: DeclarationsLog, store: Store, steps: Steps = STEPS) -> None:
        self._declarations = declarations
        self._store = store
        self._steps = steps

    async def rebuild(self, partition: int, end: int, partitions: int) -> Rebuilt:
        """Replays a partition's records before `end` into Redis.

        `partitions` is the topic's number of partitions. Each council is replaced at once, so
        readers see the old totals until the new ones are complete. Councils that Redis has from a
        later offset are not touched, so a worker may count meanwhile. Raises
        KafkaUnavailableError or RedisUnavailableError.
        """
        tree = LogTree()
        replayed = await self._replay(partition, end, partitions, tree)
        # The last offsets before the end may be without a message.
        tree.end = end
        changes = replayed.changes.encoded()
        await self._store.rebuild(changes)
        failpoint("after_rebuild")
        stored = (await self._store.watermarks([partition]))[partition]
        if (stored or 0) < end:
            elections = {change.election for change in changes}
            trees = {partition: tree.as_json()}
            await self._store.advance({partition: (stored, end)}, elections, trees)
        else:
            await self._store.restore_tree(partition, tree)
        broken = sum(reject.reason == "broken" for reject in replayed.rejects)
        AGGREGATOR_REBUILDS.inc()
        AGGREGATOR_REBUILDS_BROKEN.inc(broken)
        return Rebuilt(len(changes), broken)

    async def _replay(self, partition: int, end: int, partitions: int, tree: LogTree) -> Folded:
        """Folds a partition's records before `end`, and adds all of them to its Merkle tree.

        What is on record as broken is left out, whether or not this version could count it.
        Councils that cannot be written out are folded a second time, declaration by declaration.
        """
        record = await self._declarations.broken()
        councils: dict[str, CachedCouncil] = {}
        changes = Changes(councils, self._steps)
        rejects = []
        async for logged in self._logged(partition, end, partitions, record, tree):
            councils.setdefault(logged.event.council, NEW_COUNCIL)
            if reject := changes.add(logged):
                rejects.append((logged.event.council, reject))
        broken = await changes.write_out()
        if not broken:
            return Folded(changes, [reject for _, reject in rejects])
        again = [
            logged
            async for logged in self._logged(partition, end, partitions, record)
            if logged.event.council in broken
        ]
        retried = await one_by_one(again, councils, self._steps)
        found = [reject for council, reject in rejects if council not in broken]
        sound = changes.only(councils.keys() - broken.keys())
        return Folded(Changes.merged([sound, retried.changes]), found + retried.rejects)

    async def _logged(
        self,
        partition: int,
        end: int,
        partitions: int,
        broken: Collection[tuple[int, int]],
        tree: LogTree | None = None,
    ) -> AsyncIterator[LoggedEvent]:
        """Yields the declarations before `end`, without rejects.

        They were published when their messages were first counted. Rejects and what is broken are
        in the log, and so in its tree.
        """
        async for record in self._declarations.read(partition, end):
            if tree is not None:
                tree.add(record)
            logged = decode(record, partitions)
            if not isinstance(logged, Reject) and (partition, record.offset) not in broken:
                yield logged


async def remove_other(settings: Settings) -> bool:
    """Removes what Redis holds of another log than the settings'; returns whether it held any.

    Raises KafkaUnavailableError and RedisUnavailableError.
    """
    async with redis.connect(settings) as client:
        store = Store(client, Keys(settings.namespace))
        return await remove_other_count(DeclarationsLog(settings, lambda: None), store)


async def rebuild_all(settings: Settings) -> Rebuilt:
    """Rebuilds every partition up to the group's committed offset.

    Raises KafkaUnavailableError, RedisUnavailableError, or RedisUnfitError if Redis may lose the
    councils again.
    """
    declarations = DeclarationsLog(settings, lambda: None)
    partitions = len(await declarations.ends())
    async with redis.connect(settings) as client:
        store = Store(client, Keys(settings.namespace))
        await store.check_keeps()
        rebuilder = Rebuilder(declarations, store)
        rebuilt = [
            await rebuilder.rebuild(partition, end, partitions)
            for partition, end in sorted((await declarations.committed()).items())
        ]
    return Rebuilt(sum(each.councils for each in rebuilt), sum(each.broken for each in rebuilt))
