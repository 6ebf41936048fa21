from __future__ import annotations

import asyncio
import subprocess
import sys
from types import SimpleNamespace

import pytest

from services.aggregator.changes import Changes
from services.aggregator.council_cache import NOTHING, CouncilCache
from services.aggregator.decode import LoggedEvent
from services.aggregator.errors import TooManyRejectsError
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
