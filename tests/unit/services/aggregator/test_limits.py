from __future__ import annotations

import asyncio
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from services.aggregator.changes import Changes
from services.aggregator.council_cache import NOTHING, CouncilCache
from services.aggregator.decode import LoggedEvent
from services.aggregator.errors import TooManyRejectsError
from services.aggregator.fetch import Fetch, WholeFetches
from services.aggregator.progress import Progress
from services.aggregator.reject_limit import REJECTS_MAX, WINDOW_DECLARATIONS, RejectLimit
from services.platform.failpoints import failpoint
from tests.support.polls import opened


def test_a_few_rejects_in_every_window_stop_nothing() -> None:
    """A long night with a little rubbish throughout is counted to its end."""
    poison = RejectLimit()

    for _ in range(100):
        poison.saw(WINDOW_DECLARATIONS, REJECTS_MAX // 2)


def test_too_many_rejects_in_a_window_stop_the_worker() -> None:
    """Rejects add up over batches until the cap of their window is passed."""
    poison = RejectLimit()
    poison.saw(REJECTS_MAX, REJECTS_MAX)

    with pytest.raises(TooManyRejectsError, match=str(REJECTS_MAX + 1)):
        poison.saw(1, 1)


def test_waiting_without_counting_is_a_stall() -> None:
    """With declarations waiting, the time since the last one counted is the stall."""
    progress = Progress(0.0)

    assert progress.stalled_s({0: 10}, {0: 5}, 1.0) == 0.0
    assert progress.stalled_s({0: 12}, {0: 5}, 9.0) == 8.0
    assert progress.stalled_s({0: 12}, {0: 6}, 10.0) == 0.0


def test_an_idle_night_is_no_stall() -> None:
    """With nothing waiting, hours without a declaration are as they should be."""
    progress = Progress(0.0)

    assert progress.stalled_s({0: 5}, {0: 5}, 1.0) == 0.0
    assert progress.stalled_s({0: 5}, {0: 5}, 9_000.0) == 0.0
    assert progress.stalled_s({0: 6}, {0: 5}, 9_001.0) == 1.0


def test_a_rebuild_is_no_stall() -> None:
    """What moves no position, but takes its time, starts the waiting anew."""
    progress = Progress(0.0)
    progress.stalled_s({0: 10}, {0: 5}, 1.0)
    progress.moved(20.0)

    assert progress.stalled_s({0: 10}, {0: 5}, 25.0) == 5.0


def test_a_rebalance_that_does_not_end_is_told_from_several_short_ones() -> None:
    """Each rebalance has a number; only while it stays the same one does the time add up."""
    progress = Progress(0.0)

    assert progress.rebalancing_s(1, 10.0) == 0.0
    assert progress.rebalancing_s(1, 40.0) == 30.0
    assert progress.rebalancing_s(2, 45.0) == 0.0
    assert progress.rebalancing_s(None, 50.0) == 0.0
    assert progress.rebalancing_s(2, 60.0) == 0.0


def test_a_rebalance_without_kafka_is_no_stall() -> None:
    """While no broker answers no rebalance can end, and a restart would not help."""
    progress = Progress(0.0)
    progress.rebalancing_s(1, 10.0)
    progress.moved(60.0)

    assert progress.rebalancing_s(1, 65.0) == 0.0


def test_the_lag_counts_what_waits_in_every_partition() -> None:
    """Lag is the sum over partitions; one that Redis knows nothing of counts whole."""
    assert Progress(0.0).lag({0: 10, 1: 4, 2: 3}, {0: 7, 1: 4}) == 6


def test_a_fetch_stands_for_its_last_record() -> None:
    """Each partition's records travel as one, in order, under the offset of the last."""
    records = [record(offset) for offset in (4, 5, 9)]
    ((place, fetch),) = WholeFetches().iterate({"a partition": records, "an empty one": []})

    assert place == "a partition"
    assert isinstance(fetch, Fetch)
    assert (fetch.offset, fetch.value) == (9, records)


def test_a_crash_point_that_is_not_set_does_nothing() -> None:
    """In a process without the variable every crash point is passed."""
    failpoint("after_publish")


def test_a_crash_point_kills_at_the_passage_that_is_set() -> None:
    """With `name:2` the first passage goes on and the second is the end, by SIGKILL."""
    code = (
        "from services.platform.failpoints import failpoint as point\n"
        "point('other'); point('here'); print('once', flush=True); point('here'); print('twice')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={"LIVECOUNT_CRASH_AT": "here:2"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert (ended.returncode, ended.stdout) == (-9, "once\n")


def record(offset: int) -> Any:
    """Returns as much of a Kafka record as a fetch looks at."""
    return SimpleNamespace(
        topic="live.declarations", partition=3, offset=offset, timestamp=1, timestamp_type=0
    )


async def test_others_have_their_turn_between_two_councils_that_are_written_out() -> None:
    """However many councils a rebuild has, heartbeats go on: nothing holds the loop for all."""
    councils = CouncilCache()
    changes = Changes(councils)
    for number in range(50):
        event = opened(total=3).model_copy(update={"council": f"local.c{number}.2026-05-07"})
        councils.put(event.council, NOTHING)
        changes.add(LoggedEvent(SimpleNamespace(offset=number, partition=0), event))
    writing = asyncio.create_task(changes.entries())
    turns = 0
    while not writing.done():
        await asyncio.sleep(0)
        turns += 1

    assert len(writing.result()) == 50
    assert turns >= 50
