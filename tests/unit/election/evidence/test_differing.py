"""In which fields a word is contradicted, without what is said there."""

from __future__ import annotations

from typing import Any

import pytest

from election.declaration import Declaration, declaration
from election.evidence.differing import NOTHING_DIFFERS, Differing, differing
from schemas.ward import Candidate
from tests.support.polls import CON, LAB, LD, declared

VOTES = [(CON, 480), (LAB, 500), (LD, 20)]


def said(
    *votes: int | None, elected: list[int] | None = None, seats: int = 1, **figures: Any
) -> Declaration:
    parties = (CON, LAB, LD)[: len(votes)]
    pairs = list(zip(parties, votes, strict=True))
    return declaration(declared("north", pairs, seats, elected, **figures))


SPOILT = frozenset({"num_spoilt_ballots"})
OWN = said(480, 500, 20, num_spoilt_ballots=9, num_turnout_reported=1_010)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (said(480, 500, 20), NOTHING_DIFFERS),
        (said(None, 500, None, elected=[1]), NOTHING_DIFFERS),
        (said(480, 510, 20), Differing(frozenset({1}))),
        (said(500, 480, 20), Differing(frozenset({0, 1}))),
        (
            said(480, 500, 20, num_spoilt_ballots=6),
            Differing(figures=frozenset({"num_spoilt_ballots"})),
        ),
        (
            said(481, 500, 20, num_turnout_reported=1_001),
            Differing(frozenset({0}), figures=frozenset({"num_turnout_reported"})),
        ),
        (said(480, 500, 20, seats=2), Differing(figures=frozenset({"seats_contested"}))),
    ],
)
def test_only_what_both_state_otherwise_differs(other: Declaration, expected: Differing) -> None:
    """Order, marks and turnout that only one gives do not."""
    assert differing(OWN, other, "plurality") == expected


def test_marks_differ_together() -> None:
    """Of one of them the other's would be known."""
    own, other = said(480, 500, 20, elected=[1]), said(None, None, None, elected=[0])

    assert differing(own, other, "plurality") == Differing(marks=True)


def test_votes_against_marks_differ_as_a_whole() -> None:
    """In the candidates who differ it would be told who won by the other."""
    own, other = said(480, 500, 20), said(None, None, None, elected=[0])

    assert differing(own, other, "plurality") == Differing(frozenset({0, 1, 2}))
    assert differing(other, own, "plurality") == Differing(marks=True)


def of(*people: tuple[str, str, int]) -> Declaration:
    listed = (
        Candidate(candidate=name, party_id=party, votes=votes) for name, party, votes in people
    )
    return OWN._replace(candidates=tuple(listed))


def test_people_in_another_order_or_spelling_are_the_same() -> None:
    """The form has them as they stand on the ballot paper, an agency by votes."""
    own = of(("Ann Able", LAB, 500), ("Bob Best", CON, 480))
    other = of(("BEST, Bob", CON, 430), ("A. Able", LAB, 500))

    assert differing(own, other, "plurality") == Differing(frozenset({1}))


def test_namesakes_are_told_apart_by_votes_that_are_the_same() -> None:
    """Three of one party without names: only the figure that nobody else has differs."""
    own = of(("", LAB, 500), ("", LAB, 400), ("", LAB, 300))
    other = of(("", LAB, 300), ("", LAB, 500), ("", LAB, 410))

    assert differing(own, other, "plurality") == Differing(frozenset({1}))


def test_somebody_whom_the_other_does_not_have_is_no_figure() -> None:
    """Who it is, is not told."""
    own = of(("Ann Able", LAB, 500), ("Bob Best", CON, 480))
    other = of(("Ann Able", LAB, 500), ("Eve Eden", LD, 480))

    assert differing(own, other, "plurality") == Differing(people=True)
