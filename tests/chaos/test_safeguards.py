"""Each safeguard is needed: without it the same judgement finds a fault.

Workers are built from the product's own parts, with one part replaced. The judgement is that of
the rough nights.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from schemas.alert import Alert
from schemas.reject import Reject
from services.aggregator.changes import CouncilAlerts, EncodedAlert, EncodedChange
from services.aggregator.outputs import Outputs
from services.aggregator.store import Store
from services.engine.errors import FencedError
from services.engine.publisher import PendingAcks
from services.platform import kafka
from services.platform.names import Keys
from services.platform.settings import Settings
from services.platform.topic_log import Log
from services.platform.topics import create_topics
from tests.chaos.judgement import judge, recorded_at
from tests.chaos.recorder import Recorder
from tests.chaos.rough_night import RoughNight
from tests.chaos.worker_of_parts import Batches, count_all, judged, send, worker

DECLARATIONS, COUNCILS = 400, 8
Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]


class RandomIds(Outputs):
    """Outputs whose alerts have random ids."""

    async def send(
        self, alerts: Iterable[CouncilAlerts], conflicts: Iterable[Reject]
    ) -> PendingAcks:
        renamed = [
            (council, tuple(_renamed(each.json) for each in some)) for council, some in alerts
        ]
        return await super().send(renamed, conflicts)


def _renamed(payload: bytes) -> EncodedAlert:
    alert = Alert.model_validate_json(payload).model_copy(update={"id": secrets.token_hex(16)})
    return EncodedAlert(alert.id, alert.model_dump_json().encode())


class PausedOutputs(Outputs):
    """Outputs that wait before they publish, as those of a paused process do."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def send(
        self, alerts: Iterable[CouncilAlerts], conflicts: Iterable[Reject]
    ) -> PendingAcks:
        self.reached.set()
        await self.go_on.wait()
        return await super().send(alerts, conflicts)


class Dead(Exception):  # noqa: N818 - says what is so
    """The process is gone."""


class Dying(Outputs):
    """Outputs that die at their n-th batch, before or after they have published."""

    def __init__(self, settings: Settings, batch: int, *, published: bool) -> None:
        super().__init__(settings)
        self._left = batch
        self._published = published

    async def send(
        self, alerts: Iterable[CouncilAlerts], conflicts: Iterable[Reject]
    ) -> PendingAcks:
        if self._left == 1 and not self._published:
            raise Dead
        sent = await super().send(alerts, conflicts)
        if self._left == 1:
            await self.acknowledged(sent)
            raise Dead
        return sent

    async def publish_totals(self, changes: Iterable[EncodedChange]) -> None:
        await super().publish_totals(changes)
        # A batch may be sent in two parts, and its totals are published once.
        self._left -= 1


class Unfenced(Store):
    """A store that writes whatever Redis has meanwhile: its comparison always agrees."""

    def __init__(self, redis: Any, keys: Keys) -> None:
        super().__init__(redis, keys)
        self._client, self._names = redis, keys

    async def commit(self, entries: Sequence[EncodedChange]) -> None:
        for entry in entries:
            await self._client.hdel(self._names.council(entry.council), "offset")
        await super().commit([replace(entry, expected=None) for entry in entries])

    async def advance(self, positions: Any, elections: Iterable[str], trees: Any = None) -> None:
        for partition, (_, after) in positions.items():
            await self._client.set(self._names.watermark(partition), after)
        await super().advance({}, elections, trees)


@pytest.fixture
async def declared(settings: Settings) -> Settings:
    """A small rough night in the log, not yet counted."""
    await send(settings, RoughNight(1, DECLARATIONS, COUNCILS, settings.namespace).parcels)
    return settings


async def test_with_every_safeguard_nothing_is_wrong(declared: Settings) -> None:
    """The small night counts right: what is wrong below comes from a missing one."""
    await count_all(declared)

    assert await judged(declared) == {}


async def count_until_dead(
    settings: Settings, outputs: Outputs, *, acknowledge_first: bool = False
) -> None:
    """Counts batches until the outputs die, as a process does."""
    reading = Batches(settings)
    async with reading as batches, worker(settings, outputs) as dying:
        for batch in batches:
            if acknowledge_first:
                await reading.commit(batch)
            await dying.count(batch)
            await reading.commit(batch)


@pytest.mark.parametrize("safe", [True, False])
async def test_acknowledging_before_redis_loses_alerts(declared: Settings, *, safe: bool) -> None:
    """A crash between an early acknowledgement and Redis leaves alerts that nobody publishes."""
    outputs = Dying(declared, 2, published=False)
    with pytest.raises(Dead):
        await count_until_dead(declared, outputs, acknowledge_first=not safe)
    await count_all(declared, after=1 if safe else 2)
    wrong = await judged(declared)

    assert wrong == {} if safe else "alerts_missing" in wrong, wrong


@pytest.mark.parametrize("safe", [True, False])
async def test_random_ids_double_alerts(declared: Settings, *, safe: bool) -> None:
    """A batch repeated after a crash repeats its alerts' ids; random ids make new alerts."""

    class DyingWithRandomIds(Dying, RandomIds):
        pass

    outputs = (Dying if safe else DyingWithRandomIds)(declared, 2, published=True)
    with pytest.raises(Dead):
        await count_until_dead(declared, outputs)
    await count_all(declared, after=1)
    wrong = await judged(declared)

    assert wrong == {} if safe else "alerts_unknown" in wrong, wrong


@pytest.mark.parametrize("store", [Store, Unfenced])
async def test_a_zombie_without_fencing_overwrites_later_totals(
    declared: Settings, store: type[Store]
) -> None:
    """A worker that comes back late is stopped by the comparison, or writes what is out of date."""
    reading = Batches(declared)
    async with reading as batches:
        mine = [batch for batch in batches if batch[0].partition == batches[0][0].partition]
        paused = PausedOutputs(declared)
        async with worker(declared, paused, store) as zombie:
            await zombie.count(mine[0])
            paused.reached.clear()
            paused.go_on.clear()
            late = asyncio.create_task(zombie.count(mine[1]))
            await paused.reached.wait()
            await count_all(declared)
            paused.go_on.set()
            (outcome,) = await asyncio.gather(late, return_exceptions=True)
    wrong = await judged(declared)

    if store is Store:
        assert isinstance(outcome, FencedError)
        assert "wrong_totals" not in wrong
    else:
        assert outcome is None
        assert "wrong_totals" in wrong


@pytest.mark.parametrize("safe", [True, False])
async def test_a_notifier_without_its_ledger_sends_twice(
    declared: Settings, process: Process, eventually: Eventually, tmp_path: Path, *, safe: bool
) -> None:
    """Killed after recording, a notifier that finds no ledger sends again what was recorded."""
    await count_all(declared)
    async with Log(declared) as log:
        alerts = sum((await log.ends(log.topics.alerts)).values())
        async with Recorder() as recorder:
            channels = recorder.channels(tmp_path)
            first = process(
                "notifier",
                "run",
                notifier_channels_file=str(channels),
                crash_at="notifier.recorded:3",
            )
            await eventually(lambda: first.process.poll() is not None, timeout_s=60)
            recorded_s = await recorded_at(log)
            if not safe:
                await _empty(declared, log)
            process("notifier", "run", notifier_channels_file=str(channels))
            await eventually(lambda: len(recorder.ids) >= alerts, timeout_s=60)

            async def all_recorded() -> bool:
                return recorder.ids <= (await recorded_at(log)).keys() | recorded_s.keys()

            await eventually(all_recorded, timeout_s=60)
    wrong = (await judge(declared, [], recorder.arrivals, recorded_s)).faulty

    assert wrong == {} if safe else "deliveries_doubled" in wrong, wrong


async def _empty(settings: Settings, log: Log) -> None:
    """Removes the ledger and makes an empty one: Kafka removes no records of compacted topics."""
    admin = kafka.admin(settings, "test")
    await admin.start()
    try:
        await admin.delete_topics([log.topics.deliveries])
    finally:
        await admin.close()
    await create_topics(settings)
