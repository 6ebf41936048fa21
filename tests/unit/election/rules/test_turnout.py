from __future__ import annotations

import pytest

from election.rules.turnout import Poll, turnout


@pytest.mark.parametrize(
    ("polls", "percent"),
    [
        ([Poll(1_000, 350, None)], 35.0),
        ([Poll(1_000, None, 35.0)], 35.0),
        ([Poll(1_000, 350, 90.0)], 35.0),
        ([Poll(100, 60, None), Poll(300, None, 20.0)], 30.0),
        ([Poll(3, 1, None)], 33.3),
        ([Poll(10, 0, None)], 0.0),
    ],
)
def test_turnout_is_the_share_of_all_electors_who_voted(polls: list[Poll], percent: float) -> None:
    """Ballot papers if they are stated, else the ward's own percentage of its electors."""
    assert turnout(polls) == percent


@pytest.mark.parametrize(
    "polls",
    [
        [],
        [Poll(None, 350, 35.0)],
        [Poll(0, 0, None)],
        [Poll(1_000, None, None)],
        [Poll(1_000, 350, None), Poll(1_000, None, None)],
    ],
)
def test_turnout_is_unknown_if_one_ward_is(polls: list[Poll]) -> None:
    """That of the other wards is not the council's."""
    assert turnout(polls) is None
