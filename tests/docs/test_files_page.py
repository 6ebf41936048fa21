"""The page about files has the columns that are read, and its examples come out as it says."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from election.fold import apply
from election.ward_totals import ward_totals
from readers import night_toml
from readers.night import NIGHT_FILES, read_night
from readers.night_toml import NightToml
from schemas.council import PartyStanding
from tests.support.checkout import CHECKOUT
from tests.support.columns_read import CELLS, read_by

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


def test_the_example_stories_are_told_as_the_page_says(
    tmp_path: Path, examples: dict[str, str]
) -> None:
    """A gain, a hold with a by-election in it, and a ward that was redrawn."""
    (tmp_path / "previous.csv").write_text(examples["previous"], encoding="utf-8")
    night = read_night(*(tmp_path / name for name in NIGHT_FILES), mode="rehearsal")
    council, _ = apply(night.openings[0], None)
    for event in night.declarations:
        council, _ = apply(event, council)
    wards = [ward_totals(council, ballot) for ballot in council.wards]
    told = [f"{each.ward}, {council.name}: {each.story.text}" for each in wards if each.story]

    assert told == examples["stories"].splitlines()


def section(title: str) -> str:
    page = PAGE.read_text(encoding="utf-8")
    return page.partition(f"\n### {title}\n")[2].partition("\n##")[0]


def columns(title: str) -> set[str]:
    rows = re.findall(r"^\| (`.+?`) \|", section(title), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("councils.csv", read_by(["readers/councils"], CELLS)),
        # Its seats are asked for by the fields of what they become.
        ("standing.csv", {"council_gss", "council", *PartyStanding.model_fields}),
        (
            "previous.csv",
            # Its council and its turnout are read as those of every table are.
            read_by(["readers/previous"], CELLS) | {"council_gss", "council", "turnout_pct"},
        ),
        ("parties.csv", read_by(["readers/parties_file"], CELLS)),
    ],
)
def test_every_column_that_is_read_is_in_the_table_of_its_file(title: str, read: set[str]) -> None:
    """And none that is not; those of `results.csv` are on the page about formats."""
    assert columns(title) == read


def test_every_part_of_a_night_toml_is_named() -> None:
    """In the example or below it; what stands there is a field of the file or of a part of it."""
    named = set(
        re.findall(r"`(\w+)`|^(?:\[\[)?(\w+)(?:\]\]| =)", section("night.toml"), re.MULTILINE)
    )
    names = {name for pair in named for name in pair if name}
    parts = ("Source", "Countermanded", "Spell", "Expected", "Notable", "Published")
    known = {name for part in parts for name in getattr(night_toml, part).model_fields}

    assert set(NightToml.model_fields) <= names
    assert names <= known | set(NightToml.model_fields)
