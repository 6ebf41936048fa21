"""What a source says now, and what of it intake has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from readers.said import Said
from schemas.ward import WardDeclared
from services.feeds.words import AGAIN_S, Result, Words
from tests.support.polls import CON, LAB, declared


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def words(clock: Clock) -> Words:
    return Words(clock)


def result(con: int, name: str = "hale", revision: int = 1) -> WardDeclared:
    return declared(name, [(CON, con), (LAB, 10)], revision=revision)


def silence(name: str = "hale") -> WardDeclared:
    people = tuple(replace(each, votes=None, elected=None) for each in result(0).candidates)
    return result(0, name).model_copy(update={"candidates": people})


def acknowledge(words: Words) -> tuple[Result, ...]:
    sent = words.pending()
    for event in sent:
        words.answered(event, again=False)
    return sent


def test_what_intake_has_is_not_sent_again(words: Words) -> None:
    """However often it is said."""
    words.hear(Said((result(20),)))
    acknowledge(words)
    words.hear(Said((result(20),)))

    assert words.pending() == ()


def test_what_intake_has_not_acknowledged_is_sent_until_it_has(words: Words) -> None:
    """Though the source says nothing new."""
    words.hear(Said((result(20),)))

    assert words.pending() == words.pending() == (result(20),)


def test_a_corrected_figure_is_sent_and_so_is_the_first_one_if_it_comes_back(words: Words) -> None:
    """Each is what the source says then."""
    sent: list[Result] = []
    for votes in (20, 21, 20):
        words.hear(Said((result(votes),)))
        sent += acknowledge(words)

    assert sent == [result(20), result(21), result(20)]


def test_only_the_newest_word_is_sent(words: Words) -> None:
    """While intake was away the source has corrected itself."""
    words.hear(Said((result(20), result(30, "vale"))))
    words.hear(Said((result(21),)))

    assert words.pending() == (result(30, "vale"), result(21))


def test_an_answer_to_an_earlier_word_settles_nothing(words: Words) -> None:
    """What the source says by now is still to be sent."""
    words.hear(Said((result(20),)))
    (sent,) = words.pending()
    words.hear(Said((result(21),)))
    words.answered(sent, again=False)

    assert words.pending() == (result(21),)


def test_a_lower_revision_that_comes_late_is_not_sent(words: Words) -> None:
    """A source that numbers its words has its highest as its word."""
    words.hear(Said((result(21, revision=2),)))
    words.hear(Said((result(20),)))

    assert words.pending() == (result(21, revision=2),)


def test_a_result_that_is_gone_is_taken_back_under_its_revision(words: Words) -> None:
    """Once, and only of what was said."""
    words.hear(Said((result(21, revision=2),)))
    acknowledge(words)
    words.hear(Said((), (silence(), silence("vale"))))
    (taken_back,) = acknowledge(words)
    words.hear(Said((), (silence(),)))

    assert isinstance(taken_back, WardDeclared)
    assert taken_back.revision == 2
    assert {each.votes for each in taken_back.candidates} == {None}
    assert words.pending() == ()


def test_what_is_refused_is_said_again_after_a_while(words: Words, clock: Clock) -> None:
    """By then the key may be for it."""
    words.hear(Said((result(20),)))
    (event,) = words.pending()
    words.answered(event, again=True)

    clock.now = AGAIN_S - 1
    assert words.pending() == ()
    clock.now = AGAIN_S
    assert words.pending() == (event,)
