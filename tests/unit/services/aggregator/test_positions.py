from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from services.aggregator.changes import EncodedChange
from services.aggregator.council_cache import CouncilCache
from services.aggregator.errors import DataLossError, FencedError
from services.aggregator.positions import REBUILDS_PER_BATCH_MAX, Positions
from services.aggregator.store import Store
from services.platform.topic_log import DeclarationsLog


class FakeLog(DeclarationsLog):
    """A log of which only the ends are known; the group has committed nothing."""

    def __init__(self, ends: dict[int, int]) -> None:
        self._ends = ends

    async def committed(self) -> dict[int, int]:
        return {}

    async def identity(self) -> str:
        return "this"

    async def ends(self) -> dict[int, int]:
        return self._ends

    async def read(self, partition: int, end: int) -> AsyncIterator[Any]:
        for record in records(partition):
            if record.offset < end:
                yield record


class FakeStore(Store):
    """Watermarks and the names of elections in memory; `rebuilds` counts the rebuilds."""

    def __init__(self, watermarks: dict[int, int | None]) -> None:
        self._watermarks = watermarks
        self._elections: set[str] = set()
        self.rebuilds = 0

    async def claim(self, log: str) -> str:
        return log

    async def watermarks(self, partitions: Sequence[int]) -> dict[int, int | None]:
        return {partition: self._watermarks.get(partition) for partition in partitions}

    async def rebuild(self, changes: Iterable[EncodedChange]) -> None:
        assert not list(changes)
        self.rebuilds += 1

    async def advance(
        self, positions: Mapping[int, tuple[int | None, int]], elections: Iterable[str]
    ) -> None:
        self._elections.update(elections)
        self._watermarks.update({partition: end for partition, (_, end) in positions.items()})


@pytest.fixture
def store() -> FakeStore:
    """A store that has partition 1 up to offset 5, and nothing of partition 2."""
    return FakeStore({1: 5})


@pytest.fixture
def positions(store: FakeStore) -> Positions:
    """Positions of a log whose partitions 1 and 2 end at offset 9."""
    return Positions(FakeLog({1: 9, 2: 9}), store, CouncilCache(), lambda: 3)


def records(partition: int, *offsets: int) -> list[Any]:
    """Returns as much of Kafka records as positions use."""
    return [SimpleNamespace(partition=partition, offset=offset) for offset in offsets]


async def test_a_record_is_folded_only_once(positions: Positions) -> None:
    """Records that Redis has, or that were folded before, are left out."""
    await positions.ensure_known({1, 2})
    read = [*records(1, 3, 4, 5, 6), *records(2, 0)]

    assert positions.unfolded(read) == read[2:]
    positions.mark_folded(read[2:4])
    assert positions.unfolded(read) == read[4:]


async def test_a_batch_starts_where_the_one_before_it_ended(positions: Positions) -> None:
    """The first starts at the watermark, whether or not the one before it is stored yet."""
    await positions.ensure_known({1, 2})

    assert positions.mark_folded([*records(1, 5, 6), *records(2, 0)]) == {1: (5, 7), 2: (None, 1)}
    assert positions.mark_folded(records(1, 7)) == {1: (7, 8)}
    assert positions.stored == {1: 5, 2: None}


async def test_after_a_rebalance_positions_are_read_again(
    positions: Positions, store: FakeStore
) -> None:
    """Another worker may have counted meanwhile."""
    await positions.ensure_known({1})
    positions.mark_folded(records(1, 5))
    await store.advance({1: (5, 8)}, set())
    positions.forget()
    await positions.ensure_known({1})

    assert positions.stored == {1: 8}
    assert positions.unfolded(records(1, 5, 6, 7, 8)) == records(1, 8)


async def test_a_redis_that_is_ahead_of_the_log_is_refused(store: FakeStore) -> None:
    """Declarations to come would be skipped as known."""
    positions = Positions(FakeLog({1: 4}), store, CouncilCache(), lambda: 3)

    with pytest.raises(FencedError, match="another log"):
        await positions.ensure_known({1})


async def test_a_known_partition_does_not_wait_for_a_commit(positions: Positions) -> None:
    """So a batch is folded, and its alerts leave, while the one before it is written."""
    await positions.ensure_known({1})
    written = asyncio.Event()

    async def write() -> None:
        await written.wait()

    writing = asyncio.create_task(positions.write(write, {1: (5, 7)}))
    await asyncio.sleep(0)
    await positions.ensure_known({1})

    assert not writing.done()
    assert positions.stored == {1: 5}
    written.set()
    await writing
    assert positions.stored == {1: 7}


async def test_a_batch_is_written_again_after_each_of_a_few_rebuilds(
    positions: Positions, store: FakeStore
) -> None:
    """If Redis loses data again and again, the worker gives up."""
    await positions.ensure_known({1})
    tries = 0

    async def write() -> None:
        nonlocal tries
        tries += 1
        raise DataLossError

    with pytest.raises(DataLossError):
        await positions.write(write, {1: (5, 7)})
    assert (tries, store.rebuilds) == (REBUILDS_PER_BATCH_MAX + 1, REBUILDS_PER_BATCH_MAX)
    assert positions.stored == {1: 5}
