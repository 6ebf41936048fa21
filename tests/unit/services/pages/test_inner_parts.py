"""A table of which one row changes is not sent whole."""

from __future__ import annotations

import pytest

from services.pages.inner_parts import PART, changed_parts

HEAD, FOOT = '<div id="strip"><table>', "</table></div>"


def table(*rows: str) -> str:
    """Returns a fragment with rows, each written as its id and its text."""
    made = [f'{PART}<tr id="{each.split()[0]}"><td>{each.split()[1]}</td></tr>\n' for each in rows]
    return HEAD + "".join(made) + PART + FOOT


def test_only_the_rows_that_differ_are_sent() -> None:
    """Each with its own element, by its id."""
    assert changed_parts(table("lab 1", "con 2"), table("lab 1", "con 3")) == {
        "con": '<tr id="con"><td>3</td></tr>'
    }


@pytest.mark.parametrize(
    "after",
    [
        table("lab 1"),
        table("lab 1", "con 2", "ld 3"),
        table("con 2", "lab 1"),
        table("lab 1", "con 3").replace("<table>", "<table class=wide>"),
        '<div id="strip">nothing is known</div>',
    ],
    ids=["gone", "new", "another order", "around them", "no rows"],
)
def test_whatever_else_differs_the_whole_is_sent(after: str) -> None:
    """A part says nothing of what is around it."""
    assert changed_parts(table("lab 1", "con 2"), after) is None


def test_a_fragment_without_parts_is_sent_whole() -> None:
    """As are those in which nothing can be replaced by itself."""
    assert changed_parts('<p id="a">1</p>', '<p id="a">2</p>') is None
