"""The second stage on a real Kafka and Redis: from councils' totals to the whole night."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from services.nation.plan_file import read_plan
from services.platform.settings import Settings
from tests.support.aggregator_night import Declarations, night
from tests.support.nation_night import assert_nation, is_counted, nation_file, night_alerts

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]


async def test_a_night_is_added_up_and_its_marks_are_told(
    settings: Settings,
    declarations: Declarations,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """Totals, parts, milestones and their order are those that the rules make of the log."""
    facts = night(seed=31)
    file = nation_file(tmp_path, facts, councils=6)
    process("aggregator", "run")
    process("nation", "run", nation_file=str(file))
    await declarations.count(facts)
    await eventually(partial(is_counted, settings, read_plan(file)))

    right = await assert_nation(settings, file)
    assert right.totals["night"]["councils"]["complete"] == 6
    told = [alert.id for alert in await night_alerts(settings)]
    assert len(told) == len(set(told)) > 20
