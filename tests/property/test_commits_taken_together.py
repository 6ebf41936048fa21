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
from services.aggregator.changes import Changes
from services.aggregator.council_cache import NOTHING, CouncilCache
from services.aggregator.decode import LoggedEvent
from services.aggregator.folded_batch import FoldedBatch, merged
from tests.support.night_files import RandomNight

PARTITIONS = 3
WATERMARK = 7
"""The watermark of every partition in Redis at the start; offsets go on from there."""


def log_of(seed: int) -> list[LoggedEvent]:
    """Returns a small night as it is in the log."""
    with tempfile.TemporaryDirectory() as folder:
        paths = RandomNight(Random(seed)).write(Path(folder))
        names = ("councils", "standing", "results", "events")
        night = read_night(*(paths[name] for name in names), mode="rehearsal")
    ends = dict.fromkeys(range(PARTITIONS), WATERMARK)
    placed = []
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
        placed.append(LoggedEvent(place, event))
    return placed


def fold(placed: list[LoggedEvent], councils: CouncilCache, ends: dict[int, int]) -> FoldedBatch:
    """Folds a batch on top of earlier ones, as the worker does."""
    changes = Changes(councils)
    advances: dict[int, tuple[int | None, int]] = {}
    for each in placed:
        if councils.missing([each.event.council]):
            councils.put(each.event.council, NOTHING)
        changes.add(each)
        before = advances.get(each.record.partition, (ends[each.record.partition], 0))[0]
        advances[each.record.partition] = (before, each.record.offset + 1)
    for council, held in changes.held():
        councils.put(council, held)
    ends.update({partition: end for partition, (_, end) in advances.items()})
    outcomes = {"counted": changes.counted, "unchanged": len(placed) - changes.counted}
    return FoldedBatch(changes, [], advances, outcomes, len(placed), 0.0)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32), cuts=st.sets(st.integers(1, 25), max_size=6))
def test_batches_committed_together_equal_one_larger_batch(seed: int, cuts: set[int]) -> None:
    """However a night is cut into batches, what goes to Kafka and Redis is the same."""
    log = log_of(seed)
    start = dict.fromkeys(range(PARTITIONS), WATERMARK)
    whole = fold(log, CouncilCache(), dict(start))
    councils, ends = CouncilCache(), dict(start)
    edges = [0, *sorted(cut for cut in cuts if cut < len(log)), len(log)]
    parts = [fold(log[a:b], councils, ends) for a, b in pairwise(edges)]

    together = merged(parts)

    assert asyncio.run(together.changes.entries()) == asyncio.run(whole.changes.entries())
    assert dict(together.advances) == dict(whole.advances)
    assert dict(together.outcomes) == whole.outcomes
    assert together.records == len(log)
    assert [alert.id for alert in together.changes.alerts()] == [
        alert.id for alert in whole.changes.alerts()
    ]
