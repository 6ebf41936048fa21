"""The second stage's commit order: from what `night` says to national totals and milestones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

import structlog

from schemas.reject import Reject
from services.engine.errors import ReassignedError
from services.engine.positions import Positions, Rebuilt
from services.engine.publisher import PendingAcks, acknowledged
from services.engine.reject_limit import RejectLimit
from services.nation.decode import LoggedWord, decode
from services.nation.folding import CachedNight, NightFold, fold
from services.nation.nights import NightCache
from services.nation.outputs import Outputs
from services.nation.rebuild import Rebuilder
from services.nation.rules import Rules
from services.nation.store import NightStore
from services.platform.failpoints import failpoint
from services.platform.metrics import NATION_ALERTS, NATION_BATCH_SECONDS, NATION_MESSAGES
from services.platform.partitioner import partition_of
from services.platform.topic_log import WorkerLog

log = structlog.get_logger(__name__)


class NightCounter:
    """Counts the partitions of `night` that the consumer group has assigned to this worker.

    One batch after the other: a night has some ten messages a second, and batches that wait are
    taken together.
    """

    def __init__(
        self,
        night_log: WorkerLog,
        outputs: Outputs,
        store: NightStore,
        rules: Rules,
        clock: Callable[[], float],
    ) -> None:
        self._outputs = outputs
        self._store = store
        self._rules = rules
        self._clock = clock
        self._nights = NightCache()
        self._reject_limit = RejectLimit()
        self._rebuilder = Rebuilder(night_log, store, rules)
        self._positions = Positions(night_log, store, self._rebuild, self._nights.clear)
        self._counting = asyncio.Lock()
        self._broken = 0

    @property
    def positions(self) -> Mapping[int, int | None]:
        """The offset after the last message that Redis has, by partition.

        Only partitions that were used since the last rebalance are in it.
        """
        return self._positions.stored

    @property
    def broken(self) -> int:
        """The number of messages for which livecount failed since the start of this worker.

        They are set aside, or left out of the last rebuild of their partition.
        """
        return self._broken + sum(self._positions.left_out.values())

    async def begin(
        self, records: Sequence[Any], acknowledge: Callable[[], Awaitable[None]]
    ) -> None:
        """Counts a batch of records, in order within a partition, and acknowledges it.

        1. Take what has arrived, without waiting for more: `records`.
        2. Decode and validate (`decode`). What fails is published to `rejects`, and acknowledged
           by Kafka, before step 3.
        3. Fold, in order, in memory (`folding`). What fails is set aside by itself, and
           acknowledged before the alerts of what is left leave.
        4. Publish alerts, and national totals; wait until every in-sync replica has them.
        5. Write to Redis (`store`): each night, all or nothing, and only then the watermarks.
        6. Acknowledge the batch to Kafka.

        A crash between any two steps repeats the batch: step 4 then publishes the same alert ids,
        and step 5 recognises its own write. If Redis has lost data, it is rebuilt (`rebuild`) and
        step 5 is repeated.

        Raises FencedError, KafkaUnavailableError, RedisUnavailableError or TooManyRejectsError;
        then nothing was acknowledged.
        """
        async with self._counting:
            await self._count(records)
        await acknowledge()

    async def verify(self, partitions: Collection[int]) -> None:
        """Checks that Redis still has what was written, and rebuilds partitions that are behind.

        Returns once all the given partitions are right. Raises FencedError if Redis is ahead of
        what this worker wrote, KafkaUnavailableError or RedisUnavailableError.
        """
        await self._outputs.start()
        await self._positions.verify(partitions)

    async def check_log(self) -> None:
        """Raises FencedError if Redis was counted from another log than there is now.

        Raises KafkaUnavailableError or RedisUnavailableError if one of them cannot be asked.
        """
        await self._positions.check_log()

    async def finished(self) -> None:
        """Returns once no batch is being counted."""
        async with self._counting:
            pass

    def forget(self) -> None:
        """Forgets nights and positions. Call it in a rebalance, when partitions change hands."""
        self._positions.forget()

    async def own_nights(self) -> dict[str, CachedNight]:
        """Returns the nights of this worker's partitions, by election, as they are counted now.

        Empty if partitions change hands meanwhile. Raises RedisUnavailableError, and what a
        rebuild raises.
        """
        async with self._counting:
            own = {
                election: self._partition(election)
                for election in await self._store.elections()
                if self._partition(election) in self._positions.stored
            }
            try:
                await self._load(list(own)[-self._nights.limit :], set(own.values()))
            except ReassignedError:
                return {}
            return self._nights.known(own)

    async def _count(self, records: Sequence[Any]) -> None:
        began_s = self._clock()
        await self._outputs.start()
        await self._positions.ensure_known({record.partition for record in records})
        fresh = self._positions.unfolded(records)
        words = await self._decode(fresh)
        failpoint("after_decode")
        partitions = {word.record.partition for word in words}
        elections = list(dict.fromkeys(word.said.election for word in words))
        nights = await self._load(elections, partitions)
        folded, rejects = await fold(words, nights, self._rules)
        failpoint("after_fold")
        await self._publish(folded, rejects)
        failpoint("after_publish")
        advances = self._positions.mark_folded(fresh)
        if advances:
            await self._positions.write(partial(self._write, folded, advances), advances)
        for night in folded:
            self._nights.put(night.election, CachedNight(night.night, night.offset))
        self._nights.evict()
        self._observe(folded, rejects, len(words))
        NATION_BATCH_SECONDS.observe(self._clock() - began_s)

    async def _decode(self, records: Sequence[Any]) -> list[LoggedWord]:
        """Returns what records say. Publishes the rest as rejects, and waits for Kafka."""
        words, rejects = [], []
        for record in records:
            decoded = decode(record, self._outputs.night_partitions)
            if isinstance(decoded, Reject):
                rejects.append(decoded)
            elif not self._positions.is_broken(record):
                words.append(decoded)
        self._reject_limit.add(len(records), len(rejects))
        for reject in rejects:
            log.warning(
                "message of the night rejected",
                partition=reject.partition,
                offset=reject.offset,
                reason=reject.reason,
                detail=reject.detail,
            )
        NATION_MESSAGES.labels("rejected").inc(len(rejects))
        await self._outputs.reject(rejects)
        return words

    async def _load(
        self, elections: Sequence[str], partitions: Collection[int]
    ) -> dict[str, CachedNight]:
        """Returns nights, those that are not in the cache from Redis.

        If Redis turns out to have lost data, the cache is cleared; so this repeats until none is
        missing.
        """
        while missing := self._nights.missing(elections):
            read = partial(self._store.load, missing)
            for election, night in (await self._positions.load(read, partitions)).items():
                self._nights.put(election, night)
        return self._nights.known(elections)

    async def _publish(self, folded: Sequence[NightFold], rejects: Sequence[Reject]) -> None:
        """Publishes rejects, then alerts and national totals, and waits for Kafka.

        If anything broke, its reject is acknowledged before the alerts leave: from then on it is
        decided, also for a later version, and what was folded without it holds.
        """
        self._reject_limit.add(0, len(rejects))
        await self._outputs.reject(rejects)
        pending: PendingAcks = []
        for night in folded:
            pending += await self._outputs.send_alerts(night.election, night.encoded_alerts)
        for night in folded:
            if night.written is not None and night.written.totals:
                parts = night.written.parts.items()
                pending += await self._outputs.send_totals(
                    night.election, night.written.totals, parts
                )
        await acknowledged(pending)

    async def _write(
        self, folded: Sequence[NightFold], advances: Mapping[int, tuple[int | None, int]]
    ) -> None:
        await self._store.commit(folded)
        failpoint("after_commit")
        await self._store.advance(advances, {night.election for night in folded})
        failpoint("after_watermark")

    def _observe(
        self, folded: Sequence[NightFold], rejects: Sequence[Reject], messages: int
    ) -> None:
        broken = sum(reject.reason == "broken" for reject in rejects)
        counted = sum(night.counted for night in folded)
        self._broken += broken
        NATION_MESSAGES.labels("counted").inc(counted)
        NATION_MESSAGES.labels("broken").inc(broken)
        NATION_MESSAGES.labels("rejected").inc(len(rejects) - broken)
        NATION_MESSAGES.labels("unchanged").inc(max(0, messages - counted - len(rejects)))
        for night in folded:
            for alert in night.alerts:
                NATION_ALERTS.labels(alert.kind, alert.action).inc()

    async def _rebuild(self, partition: int, end: int) -> Rebuilt:
        return await self._rebuilder.rebuild(partition, end, self._outputs.night_partitions)

    def _partition(self, election: str) -> int:
        return partition_of(election, self._outputs.night_partitions)
