from __future__ import annotations

import pytest

from schemas.totals import CouncilTotals
from services.ticker.pages.ranking import (
    NEAREST_MAX,
    STAGES,
    contenders,
    is_nearest_to_none,
    ranked,
    stage,
)
from tests.support.past_night import totals_after


@pytest.fixture(scope="module")
def councils() -> list[CouncilTotals]:
    """England 2021, half counted."""
    return totals_after("england-2021", 0.5, shuffled=True)


def test_the_nearest_to_a_decision_comes_first(councils: list[CouncilTotals]) -> None:
    """Each council is in one stage, and there the fewest seats to a decision come first."""
    stages = ranked(councils)
    near = [*stages["deciding"], *stages["close"]]
    seats = [totals.seats_to_decision or 0 for totals in near]

    assert sum(len(stages[name]) for name in STAGES) == len(councils)
    assert seats == sorted(seats)
    assert len(stages["deciding"]) == NEAREST_MAX < len(near)
    assert all(stage(totals) == "deciding" for totals in near)


def test_a_council_says_if_no_majority_is_nearer_than_a_majority(
    councils: list[CouncilTotals],
) -> None:
    """The leader may need many seats while one more miss leaves nobody in control."""
    undetermined = [totals for totals in councils if totals.control is None and contenders(totals)]
    nearest = [totals for totals in undetermined if is_nearest_to_none(totals)]

    assert 0 < len(nearest) < len(undetermined)
    assert all(
        (totals.seats_to_none or 0) <= min(party.needs or 0 for party in contenders(totals))
        for totals in nearest
    )


def test_councils_that_changed_hands_are_in_a_stage_of_their_own() -> None:
    """Three boroughs of 2022 all went from Conservative to Labour control."""
    stages = ranked(totals_after("three-boroughs-2022", 1.0))

    assert len(stages["changed"]) == 3
    assert stages["decided"] == []


def test_a_council_that_is_certain_before_any_vote_still_waits() -> None:
    """Seats that are not up and nominations have settled it, and nobody has declared."""
    (decided,) = totals_after("barnet-2014", 1.0)
    early = decided.model_copy(update={"before_any_vote": True})

    assert (stage(decided), stage(early)) == ("decided", "waiting")


def test_totals_of_an_older_version_come_last(councils: list[CouncilTotals]) -> None:
    """Without the seats to a decision a council is counting, behind all whose seats are known."""
    counting = ranked(councils)["counting"]
    old = counting[0].model_copy(
        update={"change": None, "seats_to_decision": None, "seats_to_none": None}
    )

    assert ranked([old, *counting[1:]])["counting"] == [*counting[1:], old]
    assert not is_nearest_to_none(old)
