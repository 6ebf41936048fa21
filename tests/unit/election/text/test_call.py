"""Why control is certain: half a count is never given out as the result."""

from __future__ import annotations

import pytest

from election.text.council import sentence
from schemas.events import Event
from tests.support.polls import (
    CON,
    IND,
    LAB,
    LD,
    counted,
    declared,
    folded_with_alerts,
    noticed,
    opened,
    ward,
    won,
)

FIVE = [ward(name, 1, {CON: 1, LAB: 1, LD: 1}) for name in ("a", "b", "c", "d", "e")]


def call(*events: Event) -> str:
    """Returns the text of the control alert that the last of some events raises."""
    _, alerts = folded_with_alerts(*events)
    (text,) = [alert.text for alert in alerts if alert.kind == "control"]
    return text


def test_no_overall_control_before_the_last_ward_says_that_no_party_can_reach_a_majority() -> None:
    """What is declared is called so far, with the wards to come."""
    wards = [ward("a", 1, {CON: 1}), *FIVE[1:]]
    opening = opened(*wards, not_up={CON: 2, LAB: 2, LD: 2}, before="NOC")
    close = declared("c", [(CON, 100), (LAB, 90), (LD, 5_000)])
    text = call(opening, won("a", CON), won("b", LAB), close)

    assert text == (
        "NOC HOLD Barsetshire: no party can reach 6 of 11: so far CON 3, LAB 3, LD 3,"
        " 2 wards to come, settled at C, where the seat went by 4,900 votes."
    )


def test_a_loss_before_the_last_ward_says_what_the_incumbent_cannot_reach() -> None:
    """Sheffield 2021: Labour could not reach 43, with three wards to come."""
    opening = opened(*FIVE, not_up={CON: 2, LAB: 2, LD: 2}, before=LAB)
    text = call(opening, won("a", CON), won("b", LAB), won("c", LD))

    assert text.startswith(
        "LAB LOSE Barsetshire to NOC: LAB cannot reach 6 of 11, nor can another party: so far"
        " CON 3, LAB 3, LD 3, 2 wards to come"
    )


def test_a_majority_before_the_last_ward_has_its_seats_so_far() -> None:
    """Slough 2021 ended with 34 of 42, and was called with fewer."""
    text = call(opened(*FIVE, before=CON), *(won(name, CON) for name in "abc"))

    assert text.startswith("CON HOLD Barsetshire: 3 of 5 so far, majority 3, 2 wards to come")


def test_a_complete_council_has_nothing_to_come() -> None:
    """Then the seats are the result, and who is short of a majority is said."""
    text = call(opened(*FIVE[:3], before="NOC"), won("a", CON), won("b", LAB), won("c", LD))

    assert "so far" not in text
    assert "to come" not in text
    assert "CON, LAB and LD each one short" in text


@pytest.mark.parametrize(
    ("not_up", "fielded", "why"),
    [
        ({LAB: 6}, {CON: 1, LAB: 1}, "6 LAB seats are not up, majority 5 of 8"),
        (None, {LAB: 2}, "too few stand against LAB to keep it below 4, majority 3 of 4"),
        (
            {LAB: 1, CON: 1},
            {LAB: 2},
            (
                "1 LAB seat is not up and too few stand against LAB to keep it below 5,"
                " majority 4 of 6"
            ),
        ),
    ],
    ids=["seats not up", "nominations", "both"],
)
def test_what_is_certain_before_any_vote_says_why(
    not_up: dict[str, int | None] | None, fielded: dict[str, int], why: str
) -> None:
    """Manchester and Orkney 2021 and 2012: called when nominations closed."""
    seats = sum(fielded.values()) if not_up is None or len(not_up) > 1 else 1
    wards = [ward("a", seats, fielded), ward("b", seats, fielded)]
    text = call(opened(*wards, not_up=not_up, before=LAB))

    assert text == f"LAB HOLD Barsetshire: certain before any vote: {why}, 2 wards to come."


def test_no_overall_control_before_any_vote_says_that_too_few_stand() -> None:
    """Edinburgh 2012: no party had put up enough candidates for a majority."""
    text = call(opened(*FIVE, ward("f", 6, {IND: 6}), before=CON))

    assert text == (
        "CON LOSE Barsetshire to NOC: certain before any vote: with those who stand no party can"
        " reach 6 of 11 (independents form no majority), 6 wards to come."
    )
    assert "with the seats not up and those who stand" in call(
        opened(FIVE[0], not_up={CON: 2, LAB: 2, LD: 2}, before="NOC")
    )


def test_a_ward_declared_in_part_is_a_vote() -> None:
    """Its seat rests on votes, although the ward is still to come."""
    opening = opened(ward("a", 3, {CON: 3, LAB: 1}), not_up={LAB: 1}, before=CON)
    part = declared("a", [(CON, None)], 3, [0])

    assert sentence(counted(opening, part)) == (
        "Barsetshire: no result yet, 0 of 1 ward declared: CON 1, LAB 1, majority 3 of 4;"
        " Barsetshire hangs on A: CON hold with both seats, NOC otherwise."
    )
    assert counted(opening).before_any_vote
    assert not counted(opening, part).before_any_vote


def test_an_uncontested_ward_is_no_vote() -> None:
    """Its nominees are elected without a poll."""
    wide = opened(ward("a"), ward("b", 1, {CON: 1, LAB: 1}), ward("c", 1, {CON: 1}), before=CON)
    narrow = opened(ward("a"), ward("b", 1, {CON: 1}), wide.wards[2], before=CON, revision=2)

    assert call(wide, noticed("c", "uncontested"), narrow) == (
        "CON HOLD Barsetshire: certain before any vote: too few stand against CON to keep it below"
        " 2, majority 2 of 3, 2 wards to come."
    )


def test_a_majority_that_nominations_complete_says_so() -> None:
    """Halton 2021: 24 so far, and four more for want of opponents."""
    wards = [FIVE[0], ward("b", 2, {CON: 2}), FIVE[2]]
    text = call(opened(*wards, not_up={CON: 0, LAB: 1}, before=CON), won("a", CON))

    assert text.startswith(
        "CON HOLD Barsetshire: 1 of 5 so far and sure of 2 more, as too few stand against it,"
        " majority 3, 2 wards to come, settled at A"
    )


def test_voters_of_another_ward_stand_beside_no_margin() -> None:
    """Northumberland 2021: settled at one ward, and one voter of another would have changed it."""
    events = [
        opened(*FIVE[:3], before="NOC"),
        declared("a", [(CON, 869), (LAB, 868), (LD, 7)]),
        won("b", LD),
        declared("c", [(CON, 1_000), (LAB, 154), (LD, 7)]),
    ]

    assert call(*events) == (
        "CON GAIN Barsetshire from NOC: 2 of 3, majority 2, settled at C; 1 voter in A moving from"
        " PP52 1 (CON) to PP53 1 (LAB) would have changed it."
    )


def test_voters_who_would_not_have_decided_it_would_have_left_it_open() -> None:
    """With wards to come in which the party could still have won its majority."""
    opening = opened(*FIVE[:3], before=CON)
    close = declared("a", [(CON, 869), (LAB, 868), (LD, 7)])

    assert "in A moving from PP52 1 (CON) to PP53 1 (LAB) would have left it open" in call(
        opening, close, won("b", CON)
    )


def test_voters_of_several_wards_are_told_by_ward() -> None:
    """With the candidates for two of them, the wards alone for more."""
    opening = opened(*FIVE, before=CON)
    by = [("a", 10), ("b", 20), ("c", 30), ("d", 40), ("e", 50)]
    results = [declared(name, [(CON, 500 + margin), (LAB, 500), (LD, 7)]) for name, margin in by]

    assert sentence(counted(opening, *results[:4], won("e", LAB))) == (
        "CON HOLD Barsetshire: 4 of 5, majority 3, settled at C; 17 voters in 2 wards would have"
        " changed it: 11 in B moving from PP52 1 (CON) to PP53 1 (LAB) and 6 in A moving from"
        " PP52 1 (CON) to PP53 1 (LAB)."
    )
    assert sentence(counted(opening, *results)) == (
        "CON HOLD Barsetshire: 5 of 5, majority 3, settled at C; 33 voters in 3 wards would have"
        " changed it: 16 in C, 11 in B and 6 in A."
    )


def test_a_margin_between_two_of_one_party_is_left_out() -> None:
    """It was no battle between parties."""
    opening = opened(ward("a", 1, {CON: 2, LAB: 1}), *FIVE[1:3], before=CON)
    close = declared("a", [(CON, 900), (CON, 899), (LAB, 100)])
    text = call(opening, won("b", CON), close)

    assert ", settled at A; 534 voters in A moving" in text
    assert "went by" not in text


def test_names_too_long_for_a_line_are_left_out_one_by_one() -> None:
    """The line stays within its bound, and still says that it is no result yet."""
    wards = [ward(name, 1, {f"{'Residents of ' * 6}{name}": 1, CON: 1}) for name in "abcdefgh"]
    opening = opened(*wards, not_up={LAB: 9, LD: 9}, before="NOC")
    text = sentence(
        counted(opening, *[won(name, f"{'Residents of ' * 6}{name}") for name in "abc"])
    )

    assert len(text) <= 300
    assert text.endswith("others 1, 5 wards to come.")
