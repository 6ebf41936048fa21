from __future__ import annotations

import pytest

from election.text import phrases


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 votes"), (1, "1 vote"), (2, "2 votes"), (1_088, "1,088 votes")]
)
def test_numbers_and_nouns_agree(number: int, text: str) -> None:
    """One vote, two votes, and commas in thousands."""
    assert text == phrases.counted(number, "vote")


@pytest.mark.parametrize(
    ("number", "seats", "text"),
    [
        (1, 1, "the seat"),
        (1, 2, "1 of 2 seats"),
        (2, 2, "both seats"),
        (2, 3, "2 of 3 seats"),
        (3, 3, "all 3 seats"),
    ],
)
def test_seats_of_a_ward_are_named_as_one_would(number: int, seats: int, text: str) -> None:
    """The seat, both seats, all three."""
    assert text == phrases.all_of(number, seats)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "first"),
        (8, "eighth"),
        (9, "9th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (22, "22nd"),
        (23, "23rd"),
        (24, "24th"),
        (111, "111th"),
    ],
)
def test_ordinals(number: int, text: str) -> None:
    """Words up to the eighth, then figures."""
    assert text == phrases.ordinal(number)


@pytest.mark.parametrize(
    ("seats", "votes", "text"),
    [
        (1, 9, "the seat went by 9 votes"),
        (3, 9, "the third seat went by 9 votes"),
        (2, 1, "the second seat went by 1 vote"),
        (3, 0, "the third seat went by lot"),
        (2, 1_088, "the second seat went by 1,088 votes"),
    ],
)
def test_how_the_last_seat_went(seats: int, votes: int, text: str) -> None:
    """By how many votes, or by lot."""
    assert text == phrases.went_by(seats, votes)


@pytest.mark.parametrize(
    ("number", "text"), [(1, "one"), (9, "nine"), (10, "10"), (1_088, "1,088"), (0, "no")]
)
def test_small_numbers_are_spelled(number: int, text: str) -> None:
    """As newspapers do, up to nine."""
    assert text == phrases.spelled(number)


def test_the_fullest_text_that_fits_is_taken() -> None:
    """The last one, if none does."""
    assert phrases.first_that_fits(["a" * 12, "a" * 10, "a"], 10) == "a" * 10
    assert phrases.first_that_fits(["a" * 12, "a" * 11], 10) == "a" * 11


@pytest.mark.parametrize(("number", "text"), [(5, "+5"), (-6, "−6"), (0, "±0")])
def test_changes_have_their_sign(number: int, text: str) -> None:
    """With a real minus sign."""
    assert text == phrases.signed(number)


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_lists_in_a_sentence(items: list[str], text: str) -> None:
    """Commas, and an and before the last."""
    assert text == phrases.listed(items)


def test_recounts_are_numbered_from_the_second() -> None:
    """The first is just a recount."""
    assert (phrases.nth_recount(1), phrases.nth_recount(3)) == ("recount", "third recount")


def test_a_text_longer_than_the_schemas_allow_is_cut() -> None:
    """Absurdly long names must not stop the count."""
    assert phrases.clipped("x" * 300) == "x" * 300
    assert phrases.clipped("x" * 301) == "x" * 299 + "…"
    assert phrases.clipped("abcd", 3) == "ab…"
