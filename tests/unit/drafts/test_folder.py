from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import drafts
from drafts.folder import UnusableTemplatesError, load_templates
from services.cli import app
from services.platform.exit_status import ExitStatus
from services.ticker.drafts.templates_in_use import usable_templates

OWN = Path(drafts.__file__).parent / "templates"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the templates that come with livecount."""
    copied = tmp_path / "templates"
    shutil.copytree(OWN, copied)
    return copied


def change(folder: Path, name: str, before: str, after: str) -> int:
    """Replaces the first `before` of a file; returns the line it is in."""
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    return text[: text.index(before)].count("\n") + 1


def faults(folder: Path) -> list[str]:
    with pytest.raises(UnusableTemplatesError) as caught:
        load_templates(folder)
    return [str(fault) for fault in caught.value.faults]


def test_a_copy_of_the_templates_can_be_used(folder: Path) -> None:
    """A newsroom begins with a copy, in which nothing is wrong."""
    assert load_templates(folder) == load_templates(None)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("{turnout:percent}", "{turnuot:percent}", "did you mean 'turnout'?"),
        ("{turnout:percent}", "{turnout:per cent}", "names no fact"),
        ("{turnout:percent}", "{turnout:persent}", "did you mean 'percent'?"),
        ("{turnout:percent}", "{turnout:percent", "a brace without its pair"),
        ("{turnout:percent}", "41%", "a digit that rests on nothing"),
        ("{turnout:percent}", "{complete}", "use it in `when:`"),
        ("{deciders:ward}", "{deciders:wards}", "did you mean 'ward'?"),
        ("when: hangs_on", "when: hangs on", "is no condition"),
        ("outcome is gain_from_noc", "outcome is gian", "did you mean 'gain'?"),
        ("outcome is gain_from_noc", "complete is gain", "has no values to compare"),
        ("flip_voters at most 500", "flip_voters at most many", "write one in digits"),
        ("flip_voters at most 500", "flip_ward at most 500", "is no number"),
        ("importance: 9", "importance: 10", "write 1 to 9"),
        ("[sentence turnout]", "[sentence]", "has no name"),
        ("[sentence turnout]", "[sentence flip]", "is there twice"),
        ("[sentence turnout]", "[sentense turnout]", "is unknown"),
        ("text: Turnout", "txt: Turnout", "is unknown"),
        ("text: Turnout", "Turnout", "begins with no key"),
        ("[part seats-changed]", "[part seats-changde]", "is used by no list"),
    ],
)
def test_each_slip_is_said_with_file_line_and_remedy(
    folder: Path, before: str, after: str, said: str
) -> None:
    """Whoever edits a template is led to the line and told what to write."""
    line = change(folder, "en/council.txt", before, after)
    found = faults(folder)

    assert any(fault.startswith("en/council.txt:") and said in fault for fault in found), found
    # The heading is above the sentence, or the sentence below it.
    assert any(abs(int(fault.split(":")[1]) - line) <= 2 for fault in found), (line, found)


def test_a_missing_file_is_said(folder: Path) -> None:
    """Each language needs all of its files."""
    (folder / "cy" / "night.txt").unlink()

    assert faults(folder)[0].startswith("cy/night.txt:1: cannot be read")


def test_a_file_that_is_no_text_is_said(folder: Path) -> None:
    """A picture by the name of a template is refused."""
    (folder / "cy" / "night.txt").write_bytes(b"\x89PNG\xff\xfe")

    assert "no text in UTF-8" in faults(folder)[0]


def test_a_file_without_bounds_is_not_read(folder: Path) -> None:
    """A file far beyond any template is refused."""
    (folder / "en" / "night.txt").write_text("# much\n" * 100_000)

    assert any("keep a file below" in fault for fault in faults(folder))


def test_a_part_that_contains_itself_is_said(folder: Path) -> None:
    """It would never end."""
    change(
        folder, "en/council.txt", "[part ward]\ntext: {ward}", "[part ward]\ntext: {deciders:ward}"
    )

    assert any("contains itself" in fault for fault in faults(folder))


def test_a_noun_without_a_plural_is_said(folder: Path) -> None:
    """A language's words are checked too."""
    change(folder, "en/words.txt", "other: {n} seats", "others: {n} seats")

    assert any("has no plural" in fault for fault in faults(folder))


def test_a_changed_sentence_is_written(folder: Path) -> None:
    """The words of a newsroom replace livecount's own."""
    change(folder, "en/council.txt", "Turnout was", "The turnout came to")
    wordings = [
        wording
        for slot in load_templates(folder)["en"].council.slots
        for wording in slot.wordings
        if "The turnout came to " in wording.pieces
    ]

    assert len(wordings) == 1


def test_the_command_checks_a_folder(folder: Path) -> None:
    """`livecount draft --templates DIR --check` says what is wrong, or that nothing is."""
    right = CliRunner().invoke(app, ["draft", "--templates", str(folder), "--check"])
    line = change(folder, "en/council.txt", "{turnout:percent}", "{turnuot:percent}")
    wrong = CliRunner().invoke(app, ["draft", "--templates", str(folder), "--check"])

    assert right.exit_code == 0
    assert "nothing is wrong" in right.output
    assert wrong.exit_code == ExitStatus.UNUSABLE
    assert f"en/council.txt:{line}: there is no fact 'turnuot' here" in wrong.output


def test_a_ticker_with_unusable_templates_writes_by_its_own(folder: Path) -> None:
    """A slip in a template keeps nobody from the count."""
    change(folder, "en/council.txt", "{turnout:percent}", "{turnuot:percent}")

    assert usable_templates(folder) == load_templates(None)
