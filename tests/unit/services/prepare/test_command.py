"""`livecount prepare` as a person runs it, again and again until the polls close."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scripts.invented_night import COUNCILS, invented_night
from scripts.invented_sources import LeftOut
from services.cli import app
from tests.support.prepared import SAMPLES, NightFolder

WRITTEN = ("councils.csv", "standing.csv", "results.csv", "night.toml", "todo.csv")


@pytest.fixture
def night(tmp_path: Path) -> NightFolder:
    return NightFolder.with_samples(tmp_path)


def tally(folder: Path) -> int:
    names = ("councils", "standing", "results")
    options = [part for name in names for part in (f"--{name}", str(folder / f"{name}.csv"))]
    return CliRunner().invoke(app, ["tally", *options]).exit_code


def test_a_night_of_160_councils_is_counted_and_lists_what_was_left_out(tmp_path: Path) -> None:
    """Nothing more and nothing less than what the sources leave out on purpose."""
    invented = invented_night(COUNCILS)
    invented.write(tmp_path / "sources")
    night = NightFolder(tmp_path)

    ran = night.prepare()

    assert ran.exit_code == 0, ran.output
    assert f"{COUNCILS} councils, " in ran.output
    assert f"joined {COUNCILS} of {COUNCILS} councils" in ran.output
    listed = sorted(LeftOut(row["council"], row["reason"]) for row in night.rows("todo.csv"))
    assert listed == sorted(invented.left_out)
    assert len(night.rows("councils.csv")) == COUNCILS
    assert tally(tmp_path) == 0


def test_what_is_left_out_is_named_and_the_status_says_so(night: NightFolder) -> None:
    """A council without a size cannot be counted; all others can."""
    ran = night.prepare()

    assert ran.exit_code == 3
    assert "to do: Otherdale: left out" in ran.output
    assert "4 councils, 21 ballots and 145 candidates" in ran.output
    assert tally(night.folder) == 0


def test_prepared_again_it_says_in_words_what_is_different(night: NightFolder) -> None:
    """A candidate has withdrawn; `--diff` says so and writes nothing."""
    night.prepare()
    before = {name: (night.folder / name).read_bytes() for name in WRITTEN}
    shutil.copy(SAMPLES / "dc-v2.csv", night.sources / "dc-candidates.csv")

    ran = night.prepare("--diff")

    withdrawn = "Exampleborough: 1 candidate withdrawn in Abbey: Candidate 90004 (Green Party)"
    assert withdrawn in ran.output
    assert before == {name: (night.folder / name).read_bytes() for name in WRITTEN}
    assert withdrawn in night.prepare().output
    assert "nothing is different" in night.prepare("--diff").output


def test_what_a_person_has_edited_is_never_overwritten_in_silence(night: NightFolder) -> None:
    """The edits are listed in words, with what to do; nothing is written."""
    night.prepare()
    councils = night.folder / "councils.csv"
    edited = councils.read_text(encoding="utf-8").replace("thirds,31", "thirds,30")
    councils.write_text(edited, encoding="utf-8")

    ran = night.prepare()

    assert ran.exit_code == 2
    assert "councils.csv: was not written by prepare, but by hand" in ran.output
    assert "Exampleborough: seats 31 to 30" in ran.output
    assert "corrections.csv" in ran.output
    assert councils.read_text(encoding="utf-8") == edited
    night.correct("Exampleborough,,,,seats_total,30,")
    assert "seats 30 to 31" not in night.prepare("--discard-edits").output
    assert councils.read_text(encoding="utf-8") == edited


def test_a_file_that_cannot_be_read_any_more_can_be_written_over(night: NightFolder) -> None:
    """If that is asked for."""
    night.prepare()
    (night.folder / "councils.csv").write_bytes(b"PK\x03\x04")

    assert night.prepare().exit_code == 2
    assert night.prepare("--discard-edits").exit_code == 3
    assert len(night.rows("councils.csv")) == 4


def test_a_file_that_was_there_before_is_a_persons(night: NightFolder) -> None:
    """It may be the work of days."""
    (night.folder / "standing.csv").write_text("council,party\n", encoding="utf-8")

    assert night.prepare().exit_code == 2


@pytest.mark.parametrize("blocked", WRITTEN)
def test_a_stop_while_writing_is_not_taken_for_an_edit(night: NightFolder, blocked: str) -> None:
    """Whichever files are new already, the next run writes all of them."""
    night.prepare()
    shutil.copy(SAMPLES / "dc-v2.csv", night.sources / "dc-candidates.csv")
    whole = (night.folder / blocked).read_bytes()
    (night.folder / blocked).unlink()
    (night.folder / blocked).mkdir()

    assert night.prepare().exit_code == 1
    (night.folder / blocked).rmdir()
    (night.folder / blocked).write_bytes(whole)

    assert night.prepare().exit_code == 3
    assert "nothing is different" in night.prepare("--diff").output
    assert "Candidate 90004" not in (night.folder / "results.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("strange.json", "{}", "is JSON, but none of EveryElection's elections"),
        ("strange.csv", "a,b\n1,2\n", "is a file, but none of EveryElection's elections"),
        ("strange.xml", "<a/>", "is XML, but none of EveryElection's elections"),
        ("book.xlsx", "PK\x03\x04", "is an Excel workbook"),
    ],
)
def test_a_source_of_no_known_kind_is_a_fault(
    night: NightFolder, name: str, text: str, fault: str
) -> None:
    """It is named, with the kinds that are read; nothing is written."""
    (night.sources / name).write_text(text, encoding="utf-8")

    ran = night.prepare()

    assert ran.exit_code == 2
    assert fault in ran.output
    assert not (night.folder / "councils.csv").exists()


def test_a_folder_without_sources_says_where_they_belong(tmp_path: Path) -> None:
    """The first thing that a new user sees."""
    ran = NightFolder(tmp_path).prepare()

    assert ran.exit_code == 2
    assert "sources:1: has no files; put what the public sources offer there" in ran.output


def test_a_correction_that_changes_nothing_is_a_warning(night: NightFolder) -> None:
    """A slip in a council's name must not pass for a correction."""
    night.correct("Exampelborough,,,,seats_total,30,")

    assert "it changes nothing" in night.prepare().output


def test_a_night_that_could_not_be_counted_says_why(night: NightFolder) -> None:
    """Faults of the files themselves are to do, as `tally` would print them."""
    night.correct("Exampleborough,,,,seats_total,20,")

    ran = night.prepare()

    assert ran.exit_code == 3
    (fault,) = [row for row in night.rows("todo.csv") if row["reason"] == "fault"]
    assert fault["why"].startswith("councils.csv:2: seats_total: '20' seats, but 11 are up")


def test_the_day_is_a_day(tmp_path: Path) -> None:
    """Anything else is refused, with the form."""
    ran = CliRunner().invoke(app, ["prepare", "6 May", "--folder", str(tmp_path)])

    assert ran.exit_code == 2
    assert "2027-05-06" in ran.output


def test_a_faulty_row_of_what_was_before_is_to_be_done(night: NightFolder) -> None:
    """The newsroom's file stays as it is, and a sound one brings nothing to do."""
    night.prepare()
    before = [row["what"] for row in night.rows("todo.csv")]
    council = night.rows("councils.csv")[0]["council"]
    ward = next(row["ward"] for row in night.rows("results.csv") if row["council"] == council)
    file = night.folder / "previous.csv"
    header = "council,ward,last_fought,boundaries,party,votes,seats\n"
    sound = f"{header}{council},{ward},2023-05-04,same,Labour Party,900,0\n"
    faulty = sound.replace("2023-05-04", "2027-05-06")

    file.write_text(faulty, encoding="utf-8")
    night.prepare()
    (added,) = [row for row in night.rows("todo.csv") if row["what"] not in before]
    assert "previous.csv:2: last_fought: '2027-05-06' is not before the poll" in str(added)
    assert file.read_text(encoding="utf-8") == faulty

    file.write_text(sound, encoding="utf-8")
    night.prepare()
    assert [row["what"] for row in night.rows("todo.csv")] == before
