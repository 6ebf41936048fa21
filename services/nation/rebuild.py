"""Rebuilds nights in Redis from the topic `night`, by the same fold; publishes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

from schemas.reject import Reject
from services.engine.positions import Rebuilt
from services.nation.decode import LoggedWord, decode
from services.nation.folding import NEW_NIGHT, NightFold, add_checked
from services.nation.rules import BrokenError, Rules
from services.nation.store import NightStore
from services.platform import redis
from services.platform.failpoints import failpoint
from services.platform.metrics import NATION_REBUILDS
from services.platform.names import Keys, Topics
from services.platform.settings import Settings
from services.platform.topic_log import WorkerLog


class Rebuilder:
    """Rebuilds partitions of one namespace's `night` by the rules of its worker."""

    def __init__(self, log: WorkerLog, store: NightStore, rules: Rules) -> None:
        self._log = log
        self._store = store
        self._rules = rules

    async def rebuild(self, partition: int, end: int, partitions: int) -> Rebuilt:
        """Replays a partition's records before `end` into Redis.

        `partitions` is the topic's number of partitions. Each night is replaced at once, and one
        that Redis has from a later offset is not touched, so a worker may count meanwhile. What
        is on record as broken is left out, whether or not these rules could count it. Raises
        KafkaUnavailableError or RedisUnavailableError.
        """
        nights, broken = await self._replayed(partition, end, partitions)
        await self._store.rebuild(nights)
        failpoint("after_rebuild")
        stored = (await self._store.watermarks([partition]))[partition]
        if (stored or 0) < end:
            elections = {night.election for night in nights}
            await self._store.advance({partition: (stored, end)}, elections)
        NATION_REBUILDS.inc()
        councils = sum(len(night.night.councils) for night in nights if night.night is not None)
        return Rebuilt(councils, broken)

    async def _replayed(
        self, partition: int, end: int, partitions: int
    ) -> tuple[list[NightFold], int]:
        """Returns the nights of a partition, written out, and how many messages broke.

        Nights that cannot be written out are folded a second time, message by message.
        """
        nights: dict[str, NightFold] = {}
        broken = 0
        async for word in self._words(partition, end, partitions):
            folded = nights.setdefault(word.said.election, _nothing_of(word))
            broken += _is_broken(folded.add(word, self._rules))
        failing = {election for election, folded in nights.items() if not self._finish(folded)}
        if failing:
            nights |= {
                election: NightFold(election, partition, NEW_NIGHT, None) for election in failing
            }
            async for word in self._words(partition, end, partitions):
                election = word.said.election
                if election in failing:
                    nights[election], refused = add_checked(nights[election], word, self._rules)
                    broken += _is_broken(refused)
            for election in failing:
                self._finish(nights[election])
        return [night for night in nights.values() if night.counted], broken

    async def _words(self, partition: int, end: int, partitions: int) -> AsyncIterator[LoggedWord]:
        """Yields what was said before `end`, without rejects.

        They were published when their messages were first counted.
        """
        aside = await self._log.broken()
        async for record in self._log.read(partition, end):
            word = decode(record, partitions)
            if not isinstance(word, Reject) and (partition, record.offset) not in aside:
                yield word

    def _finish(self, folded: NightFold) -> bool:
        """Writes a night out, without alerts, which were published; returns whether it can be."""
        folded.alerts.clear()
        folded.encoded_alerts.clear()
        try:
            folded.write_out_whole(self._rules)
        except BrokenError:
            return False
        return True


def _nothing_of(word: LoggedWord) -> NightFold:
    return NightFold(word.said.election, word.record.partition, NEW_NIGHT, None)


def _is_broken(refused: Reject | None) -> bool:
    return refused is not None and refused.reason == "broken"


async def rebuild_nights(settings: Settings, rules: Rules) -> Rebuilt:
    """Rebuilds every partition of `night` up to the group's committed offset.

    Raises KafkaUnavailableError, RedisUnavailableError, or RedisUnfitError if Redis may lose the
    nights again.
    """
    log = WorkerLog(settings, "nation", Topics(settings.namespace).night, lambda: None)
    partitions = len(await log.ends())
    async with redis.connect(settings) as client:
        store = NightStore(client, Keys(settings.namespace), rules.plan)
        await store.check_keeps()
        rebuilder = Rebuilder(log, store, rules)
        rebuilt = [
            await rebuilder.rebuild(partition, end, partitions)
            for partition, end in sorted((await log.committed()).items())
        ]
    return Rebuilt(sum(each.councils for each in rebuilt), sum(each.broken for each in rebuilt))
