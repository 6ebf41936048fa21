"""The page on running a night: its example of a file of the nation can be used."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from election.nation.mark import Count
from services.nation.plan_file import read_plan
from tests.support.checkout import CHECKOUT

PAGE = (CHECKOUT / "docs" / "operations" / "running.md").read_text(encoding="utf-8")
COUNCILS = """\
election_date,council,council_gss,cycle,seats_total,control_before,independents_as_party
2026-05-07,Barnet,E09000003,all-out,63,PP53,0
"""


def test_the_example_of_a_file_of_the_nation_is_read(tmp_path: Path) -> None:
    """With its marks, its digest and its list of councils."""
    (found,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "nation.toml").write_text(found)
    (tmp_path / "councils.csv").write_text(COUNCILS)
    plan = read_plan(tmp_path / "nation.toml")

    assert [(mark.party, mark.limit) for mark in plan.marks or ()] == [("PP53", 700), ("PP52", 10)]
    assert (plan.digest_minutes, len(plan.expected)) == (15, 1)


def test_everything_that_a_mark_counts_is_named() -> None:
    """And nothing else."""
    (line,) = re.findall(r"^A mark counts one of (.*), and gives", PAGE, re.MULTILINE)

    assert set(re.findall(r"`(\w+)`", line)) == set(get_args(Count))
