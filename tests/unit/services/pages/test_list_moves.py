"""A list is put in order by what moves in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.pages.list_moves import moved, moves

ORDERS = st.lists(st.sampled_from("abcdefghij"), unique=True)


@given(before=ORDERS, after=ORDERS)
def test_moves_make_one_order_into_the_other(before: list[str], after: list[str]) -> None:
    """Whatever comes, goes or changes places."""
    assert moved(before, moves(before, after)) == after


def test_one_row_that_moves_is_one_move() -> None:
    """However long the list is."""
    rows = [f"row-{number}" for number in range(143)]
    after = [*rows[:5], rows[90], *rows[5:90], *rows[91:]]

    assert moves(rows, after) == [("row-90", "row-4")]
    assert moves(rows, rows[1:]) == [("row-0", None)]
    assert moves(rows[1:], rows) == [("row-0", "")]
