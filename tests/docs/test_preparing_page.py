"""The page about preparing names everything that it may, and nothing else."""

from __future__ import annotations

import re

from readers import todo_file
from services.prepare import corrections
from services.prepare.tables import FILES
from tests.support.checkout import CHECKOUT
from tests.support.columns_read import CELLS, read_by

PAGE = (CHECKOUT / "docs" / "reference" / "preparing.md").read_text(encoding="utf-8")
CODE = "\n".join(
    file.read_text(encoding="utf-8") for file in (CHECKOUT / "services" / "prepare").glob("*.py")
)


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def named(cell: str) -> list[str]:
    return re.findall(r"`([a-z_]+)`", cell)


def test_every_field_of_a_correction_is_on_the_page() -> None:
    """Those of each kind of subject, in the order of the code."""
    rows = dict(
        re.findall(r"^\| (a \w+|anything) \| (.+) \|$", section("corrections.csv"), re.MULTILINE)
    )

    assert named(rows["a council"]) == [*corrections.OF_COUNCIL]
    assert named(rows["a party"]) == [*corrections.OF_PARTY]
    assert [each for each in named(rows["a ballot"]) if each not in {"unknown", "complete"}] == [
        *corrections.OF_BALLOT
    ]
    assert named(rows["a candidate"]) == [*corrections.OF_CANDIDATE]
    assert named(rows["anything"])[0] == corrections.SETTLED


def test_every_column_of_the_corrections_is_on_the_page() -> None:
    """Those that are read, and a note, which is for the newsroom itself."""
    rows = re.findall(r"^\| (`.+?`) \|", section("corrections.csv"), re.MULTILINE)
    listed = {name for row in rows for name in named(row)}

    assert listed == {*read_by(["services/prepare/corrections:_read"], CELLS), "note"}


def test_every_column_of_what_is_to_do_is_on_the_page() -> None:
    """In the order of the file."""
    (row,) = re.findall(r"^\| `todo\.csv` \| (.+) \|$", section("The folder"), re.MULTILINE)

    assert named(row) == [*todo_file.COLUMNS]


def test_every_reason_to_do_something_is_on_the_page() -> None:
    """A reason in the code has a row, and a row has a reason."""
    rows = re.findall(r"^\| (`.+?`) \|", section("Reasons in todo.csv"), re.MULTILINE)
    listed = {reason for row in rows for reason in re.findall(r"`([^`]+)`", row)}
    added = set(re.findall(r'(?:todos\.add|\.add)\(\s*"([a-zA-Z -]+)",', CODE))
    added |= set(re.findall(r'yield "([a-z ]+)", "seats', CODE)) | {"conflict"}

    assert listed == added


def test_every_file_that_is_written_is_on_the_page() -> None:
    """In the table of the folder."""
    assert set(FILES) <= set(re.findall(r"`([\w.]+)`", section("The folder")))
