"""Nothing lost, nothing twice, whatever breaks."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from tests.chaos.course import Course
from tests.chaos.harness import Night
from tests.chaos.judgement import Judgement
from tests.chaos.proxied_stack import ProxiedStack
from tests.chaos.schedule_of_faults import ARMS, LONG_OUTAGE, schedule
from tests.support.checkout import CHECKOUT

SEED = int(os.environ.get("CHAOS_SEED", "20140522"))
"""A night that failed is run again by its number: CHAOS_SEED=… make chaos."""

REPORTS = CHECKOUT / ".local" / "chaos"

PLACES_WITH_FIGURES = {
    "topic wards",
    "ward in Redis",
    "feed",
    "/v1/stream",
    "/v1/councils/{council}/wards",
    "/v1/councils/{council}/wards.csv",
    "/councils/{council}/wards/{ballot}",
    "channel of results",
}
"""Where every night shows what candidates have, and so would show what is held."""

WORKERS = {"aggregator-1": ("aggregator", "run")}


class Plan(NamedTuple):
    """How long a night is: how many declarations, how often each fault, how fast.

    Faults that empty Redis come `rebuilds` times as often as listed, all others `times`.
    """

    declarations: int
    times: int
    rebuilds: int
    rate: float


SHORT = Plan(declarations=20_000, times=1, rebuilds=1, rate=150)
LONG = Plan(declarations=200_000, times=8, rebuilds=2, rate=200)


async def night(
    proxied_stack: ProxiedStack, logs: Path, seed: int, plan: Plan
) -> tuple[Course, Judgement]:
    """Runs a night of a seed; writes its report to a file and prints it, however it ends."""
    chance = Random(f"schedule {seed}")
    arms = [schedule(kinds, chance, plan.times, plan.rebuilds) for kinds in ARMS]
    if plan is LONG:
        arms[-1].append(LONG_OUTAGE)
    run = Night(proxied_stack, f"chaos-{seed}", seed, logs)
    found = None
    try:
        found = await run.run(
            plan.declarations, plan.declarations // 60 + 1, arms, rate=plan.rate, workers=WORKERS
        )
    finally:
        report = run.course.report(found) + "\n"
        REPORTS.mkdir(parents=True, exist_ok=True)
        (REPORTS / f"{run.course.namespace}.json").write_text(report)
        sys.stdout.write(report)
    return run.course, found


@pytest.mark.timeout(900)
async def test_nothing_is_lost_or_doubled_in_a_rough_night(
    proxied_stack: ProxiedStack, tmp_path: Path
) -> None:
    """Over seventy faults strike every process while 20,000 declarations are counted."""
    course, found = await night(proxied_stack, tmp_path, SEED, SHORT)

    assert found.faulty == {}, found.examples
    assert course.ended_by_messages == []
    assert course.faults >= 70
    assert found.declarations >= SHORT.declarations
    assert found.night_alerts >= 20
    assert_words_were_held(course, found)


@pytest.mark.long
@pytest.mark.timeout(14_400)
async def test_nothing_is_lost_or_doubled_in_a_very_long_night(
    proxied_stack: ProxiedStack, tmp_path: Path
) -> None:
    """Over five hundred faults strike while 200,000 declarations are counted."""
    course, found = await night(proxied_stack, tmp_path, SEED + 1, LONG)

    assert found.faulty == {}, found.examples
    assert course.ended_by_messages == []
    assert course.faults >= 500
    assert found.declarations >= LONG.declarations
    assert_words_were_held(course, found)


def assert_words_were_held(course: Course, found: Judgement) -> None:
    """The night had words that wait, figures that never counted, and somebody who looked on."""
    assert found.held >= 1_000
    assert found.figures_never_counted >= 1_000
    assert found.figures_seen_in.keys() >= PLACES_WITH_FIGURES
    assert course.looked_at >= 500
    assert course.reviewed >= found.held
