"""A long run: the chunks of a seed, in processes of their own, which nothing may end."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from services.platform.stack.process import die_with_parent
from tests.fuzz.chunk import Report
from tests.fuzz.failure import Failure
from tests.support.checkout import CHECKOUT

CHUNKS_OF_PROCESS = 400
"""Chunks after which a process is replaced. It has counted some 200,000 events by then, more than
any night has, so that memory that nobody frees shows in `peak_mib`."""

CHUNK_TIMEOUT_S = 900.0
"""A chunk takes seconds, and a minute on a busy machine. One that takes longer hangs."""

LINE_BYTES_MAX = 2**27
"""A report names the events of each failure, which may be a megabyte each."""


WORKER = ("-m", "tests.fuzz.worker")


class Ran(NamedTuple):
    """A chunk by its number, and what came of it."""

    number: int
    report: Report


async def run_chunks(
    seed: str,
    numbers: range,
    processes: int,
    ended: Callable[[Ran], None],
    worker: Sequence[str] = WORKER,
) -> None:
    """Runs chunks and calls `ended` with each. Returns once all have ended.

    A chunk that ends its process, or hangs, is a failure; the next ones go on in a new process.
    """
    async with asyncio.TaskGroup() as lanes:
        for lane in range(processes):
            lanes.create_task(_lane(seed, numbers[lane::processes], ended, worker))


async def _lane(
    seed: str, numbers: range, ended: Callable[[Ran], None], worker: Sequence[str]
) -> None:
    while numbers:
        mine = numbers[:CHUNKS_OF_PROCESS]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *worker, seed),
            *(str(number) for number in (mine.start, mine.stop, mine.step)),
            cwd=CHECKOUT,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES_MAX,
            preexec_fn=die_with_parent,
        )
        assert process.stdout is not None
        done = 0
        what = "hangs"
        try:
            while done < len(mine):
                line = await asyncio.wait_for(process.stdout.readline(), CHUNK_TIMEOUT_S)
                if not line:
                    what = f"ended its process with status {await process.wait()}"
                    break
                ended(Ran(mine[done], Report.of_json(line.decode())))
                done += 1
        except TimeoutError:
            process.kill()
        await process.wait()
        if done < len(mine):
            ended(Ran(mine[done], Report(failures=[Failure("process", what, "")])))
            done += 1
        numbers = numbers[done:]
