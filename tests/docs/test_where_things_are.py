"""The pages that say where things are: every file that they name exists."""

from __future__ import annotations

import re

import pytest

from tests.support.checkout import CHECKOUT

CONTRIBUTING = CHECKOUT / "CONTRIBUTING.md"
PAGE = CHECKOUT / "docs" / "concepts" / "where-things-are.md"
ROOMS = "schemas|readers|election|drafts|services|tests|docs|scripts|benchmarks|requirements"
HOW_TO = re.compile(r"^## How to add an? (.+?)$\n(.*?)(?=^## )", re.MULTILINE | re.DOTALL)


def paths(text: str) -> list[str]:
    """Returns the paths among what a text has in backquotes."""
    return re.findall(rf"`((?:{ROOMS})/[^`\s]*|[\w-]+\.(?:toml|yml))`", text)


def how_to() -> dict[str, str]:
    """Returns the sections of CONTRIBUTING.md that say how to add something, by what it is."""
    text = CONTRIBUTING.read_text(encoding="utf-8")
    return dict(
        re.findall(r"^## How to add an? (.+?)$\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    )


def questions() -> list[tuple[str, str]]:
    """Returns the questions of the page, each with what answers it."""
    rows = re.findall(r"^\| ([^|]+\?) \| (.+?) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [(question, answer) for question, answer in rows]


def test_contributors_are_told_how_to_add_what_is_added_most() -> None:
    """There is a list of files for each of five kinds of change."""
    assert set(how_to()) == {
        "kind of alert",
        "input format",
        "page",
        "rule that says when somebody should look",
        "setting",
    }


@pytest.mark.parametrize("change", sorted(how_to()))
def test_every_file_to_change_is_there(change: str) -> None:
    """A list of files to change names no file that has gone."""
    named = paths(how_to()[change])

    assert len(named) >= 3
    assert [path for path in named if not (CHECKOUT / path).exists()] == []


def test_every_question_is_answered_by_one_file() -> None:
    """Twelve questions, each with the path of one file that is there."""
    answers = [paths(answer) for _, answer in questions()]

    assert len(answers) == 12
    assert [found for found in answers if len(found) != 1] == []
    assert [path for (path,) in answers if not (CHECKOUT / path).is_file()] == []


def test_every_package_of_the_services_has_a_row() -> None:
    """The table of rooms leaves none out, and names none that has gone."""
    named = set(re.findall(r"^\| `([^`]+)/` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    rooms = {file.parent for file in (CHECKOUT / "services").glob("*/__init__.py")}
    rooms |= {CHECKOUT / name for name in ("schemas", "readers", "election", "checker", "drafts")}

    assert named == {str(room.relative_to(CHECKOUT)) for room in rooms}
