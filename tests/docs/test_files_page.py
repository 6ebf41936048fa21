import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.checkout import CHECKOUT

PAGE = CHECKOUT / "docs" / "reference" / "files.md"
LIVECOUNT = Path(sys.executable).parent / "livecount"


@pytest.fixture
def examples(tmp_path: Path) -> dict[str, str]:
    page = PAGE.read_text(encoding="utf-8")
    found = dict(re.findall(r"```\w+ title=(\S+)\n(.*?)```", page, re.DOTALL))
    for name, text in found.items():
        if "." in name:
            (tmp_path / name).write_text(text, encoding="utf-8")
    return found


def livecount(directory: Path, command: str, status: int) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)
    ran = subprocess.run(
        [LIVECOUNT, *words[1:]],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == status, ran.stderr
    return ran


def contains(found: dict[str, Any], expected: dict[str, Any]) -> bool:
    return {name: found[name] for name in expected} == expected


def test_the_example_night_comes_out_as_the_page_says(
    tmp_path: Path, examples: dict[str, str]
) -> None:
    """Every field that the page prints is what the command prints."""
    report = json.loads(livecount(tmp_path, examples["tally"], 0).stdout)

    assert contains(report["councils"][0], json.loads(examples["expected"]))


def test_the_example_events_cause_the_alerts_that_the_page_says(
    tmp_path: Path, examples: dict[str, str]
) -> None:
    """The correction takes the control alert back."""
    command = f"{examples['tally'].strip()} --events events.jsonl"

    alerts = json.loads(livecount(tmp_path, command, 0).stdout)["alerts"]

    control = [alert for alert in alerts if alert["kind"] == "control"]
    expected = json.loads(examples["expected-alerts"])
    assert len(control) == len(expected)
    assert all(map(contains, control, expected))


@pytest.mark.parametrize(
    ("file", "printed", "status"), [("faulty.csv", "faults", 2), ("odd.csv", "warnings", 0)]
)
def test_the_example_faults_and_warnings_are_those_printed(
    tmp_path: Path, examples: dict[str, str], file: str, printed: str, status: int
) -> None:
    """Every line of standard error is on the page, in this order."""
    command = examples["tally"].replace("results.csv", file)

    assert livecount(tmp_path, command, status).stderr == examples[printed]


def test_the_example_of_a_whole_council_is_counted(
    tmp_path: Path, examples: dict[str, str]
) -> None:
    """Without wards only the composition settles who controls the council."""
    header = examples["results.csv"].splitlines()[0]
    (tmp_path / "results.csv").write_text(f"{header}\n", encoding="utf-8")
    command = f"{examples['tally'].strip()} --council-results council_results.csv"

    (council,) = json.loads(livecount(tmp_path, command, 0).stdout)["councils"]

    assert (council["control"], council["outcome"]) == ("PP53", "gain")
