from __future__ import annotations

import asyncio
import tempfile
from itertools import pairwise
from pathlib import Path
from random import Random
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from readers.night import read_night
from services.aggregator.changes import Changes, EncodedChange
from services.aggregator.council_cache import NEW_COUNCIL, CachedCouncil, CouncilCache
from services.aggregator.decode import LoggedEvent
from services.aggregator.folded_batch import FoldedBatch, merged
from services.aggregator.folding import fold as fold_batch
from services.aggregator.steps import STEPS
from tests.support.night_files import RandomNight

PARTITIONS = 3
WATERMARK = 7
"""The watermark of every partition before the night; offsets continue from it."""


def log_of(seed: int) -> list[LoggedEvent]:
    """Returns a small night's events with their records in the log."""
    with tempfile.TemporaryDirectory() as folder:
        paths = RandomNight(Random(seed)).write(Path(folder))
        names = ("councils", "standing", "results", "events")
        night = read_night(*(paths[name] for name in names), mode="rehearsal")
    ends = dict.fromkeys(range(PARTITIONS), WATERMARK)
    logged = []
    for event in (*night.openings, *night.declarations):
        partition = sum(event.council.encode()) % PARTITIONS
        place = SimpleNamespace(
            topic="declarations",
            partition=partition,
            offset=ends[partition],
            timestamp=None,
            key=b"",
            value=b"",
            headers=(),
        )
        ends[partition] += 1
        logged.append(LoggedEvent(place, event))
    return logged


async def folded(logged: list[LoggedEvent], known: dict[str, CachedCouncil]) -> Changes:
    """Returns the changes of a batch by the product's own fold."""
    return Changes.merged([part.changes async for part in fold_batch(logged, known, STEPS)])


def fold(logged: list[LoggedEvent], councils: CouncilCache, ends: dict[int, int]) -> FoldedBatch:
    """Folds a batch on top of those before it, as the worker does."""
    advances: dict[int, tuple[int | None, int]] = {}
    for each in logged:
        if councils.missing([each.event.council]):
            councils.put(each.event.council, NEW_COUNCIL)
        before = advances.get(each.record.partition, (ends[each.record.partition], 0))[0]
        advances[each.record.partition] = (before, each.record.offset + 1)
    known = councils.snapshot(each.event.council for each in logged)
    changes = asyncio.run(folded(logged, known))
    for council, updated in changes.updated_councils():
        councils.put(council, updated)
    ends.update({partition: end for partition, (_, end) in advances.items()})
    outcomes = {"counted": changes.counted, "unchanged": len(logged) - changes.counted}
    return FoldedBatch(changes, [], advances, outcomes, len(logged), 0.0)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32), cuts=st.sets(st.integers(1, 25), max_size=6))
def test_batches_committed_together_equal_one_batch(seed: int, cuts: set[int]) -> None:
    """However a night is cut into batches, Kafka and Redis get the same when they are merged."""
    log = log_of(seed)
    start = dict.fromkeys(range(PARTITIONS), WATERMARK)
    single = fold(log, CouncilCache(), dict(start))
    councils, ends = CouncilCache(), dict(start)
    edges = [0, *sorted(cut for cut in cuts if cut < len(log)), len(log)]
    parts = [fold(log[a:b], councils, ends) for a, b in pairwise(edges)]

    together = merged(parts)

    assert by_council(together) == by_council(single)
    assert dict(together.advances) == dict(single.advances)
    assert dict(together.outcomes) == single.outcomes
    assert together.records == len(log)


def by_council(batch: FoldedBatch) -> dict[str, EncodedChange]:
    """Returns what Kafka and Redis get of each council; the order of councils is free."""
    return {change.council: change for change in batch.changes.encoded()}
