"""What is typed is read back by the rules of the count, and says nothing of what others say."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.council import CouncilOpened, PartyStanding
from schemas.events import Event
from schemas.source import Trust
from schemas.ward import WardDeclared, WardStatus
from services.entry.read_back import Figures, ReadBack, read_back
from tests.support.earlier import before, poll, redrawn
from tests.support.polls import CON, LAB, LD, declared, noticed, opened, ward, won
from tests.support.sources import by, heard, result

WARDS = (ward("abbey", 1, {CON: 1, LAB: 1}), ward("east", 3, {CON: 3, LAB: 3, LD: 1}))
OPENING = opened(*WARDS, total=60, not_up={CON: 28, LAB: 27})


def back(word: Event, *before: Event, opening: CouncilOpened = OPENING) -> ReadBack:
    """Returns what a word of a stringer reads back after what others have said."""
    council, _ = heard(opening, *before)
    said = by("ann", "single", word)
    assert isinstance(said, WardDeclared | WardStatus)
    return read_back(said, council, council.wards[said.ballot_paper_id])


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        (result("abbey", 480, 520), "Abbey: LAB, majority 40"),
        (declared("abbey", [(CON, None), (LAB, None)], elected=[0]), "Abbey: CON"),
        (result("abbey", 500, 500), "Abbey: tied for the last seat, waiting for the lot"),
        (won("east", CON, CON, LAB), "East: CON 2, LAB 1"),
        (noticed("abbey", "recount", recount=2), "Abbey: second recount"),
        (
            declared("east", [(CON, 9), (CON, 8), (CON, 4), (LAB, 7), (LD, 6)], 3),
            "East: CON 2, LAB 1, last seat by 1 vote",
        ),
        (
            declared("east", [(CON, None), (LAB, None)], 3, elected=[1]),
            "East: LAB 1, 2 seats to come",
        ),
    ],
)
def test_a_word_is_read_back_in_a_sentence(word: Event, sentence: str) -> None:
    """With the majority of a single seat, or the votes that the last of several hung on."""
    assert back(word).figures.sentence == sentence


@pytest.mark.parametrize(
    ("votes", "sentence"),
    [
        ((480, 520), "Abbey: LAB gain from CON, majority 40"),
        ((520, 480), "Abbey: CON hold, majority 40"),
    ],
)
def test_a_gain_is_said_where_one_party_held_what_is_up(
    votes: tuple[int, int], sentence: str
) -> None:
    """As in a by-election."""
    held = (
        PartyStanding(party_id=CON, seats_eve_of_poll=29, seats_not_up=28),
        PartyStanding(party_id=LAB, seats_eve_of_poll=27, seats_not_up=27),
    )
    opening = opened(WARDS[0], total=60).model_copy(update={"standing": held})

    assert back(result("abbey", *votes), opening=opening).figures.sentence == sentence


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        (result("abbey", 480, 520), "Abbey: LAB gain from CON, majority 40"),
        (result("abbey", 520, 480), "Abbey: CON hold, majority 40"),
        (
            declared("east", [(CON, 9), (CON, 8), (CON, 4), (LAB, 7), (LD, 6)], 3),
            "East: CON 2, LAB 1 (CON gain 1 from LD), last seat by 1 vote",
        ),
        (
            declared("east", [(CON, None), (LAB, None)], 3, elected=[1]),
            "East: LAB 1, 2 seats to come",
        ),
    ],
)
def test_gains_and_holds_are_said_beside_when_the_seats_were_last_fought(
    word: Event, sentence: str
) -> None:
    """Where the opening says so, of wards of any number of seats."""
    seats = {
        "Abbey": {CON: (500, 1), LAB: (400, 0)},
        "East": {CON: (9, 1), LAB: (8, 1), LD: (7, 1)},
    }
    wards = tuple(
        each.model_copy(update={"previous": before(poll(seats[each.ward]))}) for each in WARDS
    )
    opening = opened(*wards, total=60, not_up={CON: 28, LAB: 27})

    assert back(word, opening=opening).figures.sentence == sentence


def test_of_changed_boundaries_nothing_is_said() -> None:
    """Who held them is not known of the seats that are up."""
    wards = tuple(each.model_copy(update={"previous": redrawn()}) for each in WARDS)
    opening = opened(*wards, total=60, not_up={CON: 28, LAB: 27})

    found = back(result("abbey", 480, 520), opening=opening).figures.sentence
    assert found == "Abbey: LAB, majority 40"


def test_votes_are_added_up() -> None:
    """Who is elected stands beside them."""
    found = back(result("abbey", 480, 520)).figures

    assert found.total == 1_000
    assert [(each.votes, each.elected) for each in found.people] == [(480, False), (520, True)]


def test_what_looks_like_a_slip_is_warned_of() -> None:
    """In the words of intake's answer."""
    (warning,) = back(result("abbey", 480, 5_200, num_turnout_reported=1_000)).warnings

    assert warning.startswith("held until a second source says the same, or the desk accepts it:")
    assert "more than 1,000 ballot papers" in warning


OTHERS = [
    declared(name, [(CON, 900 + place), (LAB, 700 + place), (LD, 300 + place)])
    for place, name in enumerate(("bede", "cove", "dale"))
]
FOUR = opened(
    *(ward(name, 1, {CON: 1, LAB: 1, LD: 1}) for name in ("abbey", "bede", "cove", "dale")),
    total=60,
    not_up={CON: 20, LAB: 20, LD: 10},
)


@pytest.mark.parametrize(
    ("votes", "more", "warning"),
    [
        ((900, 700, 300), {}, "the same"),
        ((9_200, 7_100, 3_100), {}, "would be usual by other wards"),
        ((910, 720, 310), {"elected": [1]}, "elected"),
        ((910, 720, 310), {"num_spoilt_ballots": 90, "num_turnout_reported": 2_030}, "spoilt"),
    ],
)
def test_a_figure_is_compared_with_itself_and_the_other_wards(
    votes: tuple[int, int, int], more: dict[str, Any], warning: str
) -> None:
    """Another ward's figures, one far from its neighbours, marks against votes, spoilt papers."""
    word = declared("abbey", list(zip((CON, LAB, LD), votes, strict=True)), **more)
    others = [by("agency", "final", each) for each in OTHERS]
    plain = declared("abbey", [(CON, 910), (LAB, 720), (LD, 310)])

    assert back(plain, *others, opening=FOUR).warnings == ()
    assert warning in " ".join(back(word, *others, opening=FOUR).warnings)


@pytest.mark.parametrize("trust", ["final", "second"])
def test_it_is_the_same_whatever_others_have_said_of_the_ward(trust: Trust) -> None:
    """Whoever tries figures until no warning is left learns nothing of theirs."""
    others = by("agency", trust, result("abbey", 481, 520))
    words = [result("abbey", 480, 520), result("abbey", 481, 520), result("abbey", 520, 481)]

    assert [back(word, others) for word in words] == [back(word) for word in words]


def test_a_word_that_is_taken_back_says_so() -> None:
    """It is a result without votes and marks."""
    empty = declared("abbey", [(CON, None), (LAB, None)], revision=2)
    found = back(empty, by("ann", "single", result("abbey", 480, 520)))

    assert found == ReadBack(Figures("Abbey: nothing, as you take back what you sent"))
