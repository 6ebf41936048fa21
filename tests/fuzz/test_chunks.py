"""Some chunks of the fuzz, in seconds; `make fuzz-long` sends a million events."""

from __future__ import annotations

import json
import secrets

import pytest

from tests.fuzz.chunk import Chunk, Report
from tests.fuzz.failure import Failure
from tests.fuzz.long_run import Ran, run_chunks

SEED = "20140522"
EVENTS = 400


@pytest.mark.parametrize("number", range(4))
def test_whatever_the_schemas_take_goes_through_everything(number: int) -> None:
    """Nothing raises, outputs agree with the log, pages are whole, sound events are counted."""
    report = Chunk(SEED, number, EVENTS).run()

    assert report.failures == []
    assert report.events >= EVENTS
    assert report.sound
    outcomes = report.outcomes
    assert outcomes["taken"] + outcomes["rejected"] == report.events + report.sound
    assert report.pages
    assert outcomes["alerts"]


def test_so_does_what_nobody_has_tried_before() -> None:
    """A seed of its own for each run, which a failure names."""
    seed = secrets.token_hex(4)
    report = Chunk(seed, 0).run()

    assert report.failures == [], f"again: python -m tests.fuzz --seed {seed} --chunk 0"


def test_a_chunk_is_repeated_by_its_seed_and_number() -> None:
    """The same events, outcomes and sizes; another number gives others."""
    first, again, other = (Chunk(SEED, number, 60).run() for number in (7, 7, 8))

    def fixed(report: Report) -> tuple[object, ...]:
        return report.events, report.sound, report.outcomes, report.refused, report.largest

    assert fixed(first) == fixed(again)
    assert fixed(first) != fixed(other)


def test_a_report_reads_back_as_it_was() -> None:
    """A process of its own sends it as JSON."""
    report = Report(events=3, outcomes={"taken": 3}, failures=[Failure("fold", "x", "y", ("{}",))])

    assert Report.of_json(json.dumps(json.loads(report.as_json()))) == report


ENDS_AT_ONE = """
import sys
from tests.fuzz.chunk import Report
for number in range(*map(int, sys.argv[2:])):
    if number == 1:
        sys.exit(3)
    print(Report(events=number).as_json(), flush=True)
"""


async def test_a_process_that_ends_is_a_failure_of_its_chunk_and_of_no_other() -> None:
    """The long run goes on, and says which chunk ended it."""
    ran: list[Ran] = []
    await run_chunks("seed", range(4), 1, ran.append, worker=("-c", ENDS_AT_ONE))

    assert [each.number for each in ran] == [0, 1, 2, 3]
    assert [each.report.events for each in ran] == [0, 0, 2, 3]
    assert [[one.kind for one in each.report.failures] for each in ran] == [
        [],
        ["process: ended its process with status 3 at "],
        [],
        [],
    ]
