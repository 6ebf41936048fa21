"""Everything that an opening can say can be said in the files of a night."""

from __future__ import annotations

from pathlib import Path

import pytest

from readers.findings import UnusableFilesError
from schemas.council import ControlSpell
from tests.support.night_writer import COUNCILS, RESULTS, Files, candidate

TOML = """
title = "Wales"
election_date = 2014-05-22
"""


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_a_council_states_what_the_code_does_not(files: Files) -> None:
    """Voting system, name to be shown, time and notional baseline are in the opening."""
    files.councils_header = (
        f"{COUNCILS},voting_system,display_name,expected_at,last_election_notional,seats_vacant"
    )
    files.councils = [
        "2014-05-22,Gwynedd,W06000002,all-out,3,,0,STV,Cyngor Gwynedd,2014-05-23T14:00,1,1"
    ]
    files.results = [
        candidate("Bala", "Ann", "PP77", "", council="Gwynedd", council_gss="W06000002"),
        candidate("Nefyn", "Bob", "PP77", "", council="Cyngor Gwynedd", council_gss=""),
    ]

    (opened,) = files.read().openings

    assert (opened.council, opened.name) == ("local.gwynedd.2014-05-22", "Cyngor Gwynedd")
    assert opened.electoral_system == "stv"
    assert opened.last_election_notional
    assert opened.seats_vacant == 1
    assert [ward.ward for ward in opened.wards] == ["Bala", "Nefyn"]
    times = {ward.expected_at.isoformat() for ward in opened.wards if ward.expected_at}
    assert times == {"2014-05-23T14:00:00+01:00"}


@pytest.mark.parametrize(
    ("code", "stated", "system"),
    [
        ("S12000049", "", "stv"),
        ("S12000049", "First-past-the-post", "plurality"),
        ("W06000002", "", "plurality"),
        ("", "Single transferable vote", "stv"),
    ],
)
def test_the_stated_voting_system_counts_before_the_code(
    files: Files, code: str, stated: str, system: str
) -> None:
    """Without a stated system it is that of the nation, as in files without the column."""
    files.councils_header = f"{COUNCILS},voting_system"
    files.councils = [f"2014-05-22,Glasgow,{code},all-out,2,,0,{stated}"]

    assert files.read().openings[0].electoral_system == system


def test_an_unknown_voting_system_is_a_fault(files: Files) -> None:
    """The fault names the words that are read."""
    files.councils_header = f"{COUNCILS},voting_system"
    files.councils = ["2014-05-22,Barnet,E09000003,all-out,2,,0,AMS"]

    (fault,) = files.faults()
    assert fault.startswith("councils.csv:2: voting_system: 'AMS' is none of plurality, stv")


def test_a_ward_and_a_candidate_state_what_is_theirs(files: Files) -> None:
    """A ward's own time counts before its council's; an office makes a candidate notable."""
    files.councils_header = f"{COUNCILS},expected_at"
    files.councils = ["2014-05-22,Barnet,E09000003,all-out,2,,0,2014-05-23T02:00"]
    files.results_header = f"{RESULTS},expected_at,replaces,office"
    replaced = "local.barnet.mill.2014-05-01"
    files.results = [
        f"{candidate('Hale', 'Ann', 'PP52', '')},2014-05-23T05:00,,Conservative leader",
        f"{candidate('Mill', 'Bob', 'PP53', '')},,{replaced},",
    ]

    hale, mill = files.read().openings[0].wards

    assert str(hale.expected_at) == "2014-05-23 05:00:00+01:00"
    assert str(mill.expected_at) == "2014-05-23 02:00:00+01:00"
    assert mill.replaces == replaced
    assert [each.office for each in hale.candidates or ()] == ["Conservative leader"]


def test_control_history_lies_beside_the_tables(files: Files) -> None:
    """A council without a code is found by its name."""
    files.councils = ["2014-05-22,New Westshire,,all-out,2,,0"]
    (files.directory / "night.toml").write_text(
        f"""{TOML}
[[control_history]]
council = "New Westshire Council"
control = "NOC"
since = 2010
"""
    )

    assert files.read().openings[0].control_history == (ControlSpell(control="NOC", since=2010),)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("title =", "not TOML: Invalid value"),
        (f"a = {'[' * 10_000}", "not TOML: nested too deeply"),
        ("title = 'A night'", "election_date: missing; add it"),
        (f"{TOML}[[control_history]]\ncontrol = 'NOC'\nsince = 2010\n", "council_gss and council"),
    ],
)
def test_a_mistake_in_the_night_toml_is_a_fault_like_any_other(
    files: Files, text: str, fault: str
) -> None:
    """It is listed with the faults of the tables, and names its file."""
    files.paths()
    (files.directory / "night.toml").write_text(text)

    with pytest.raises(UnusableFilesError, match=r"night\.toml:1: ") as raised:
        files.read_as_written()

    assert fault in str(raised.value)
