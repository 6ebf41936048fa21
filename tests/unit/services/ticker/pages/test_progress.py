"""How far the councils on a night's page are."""

from __future__ import annotations

from services.ticker.pages.progress import progress
from tests.support.national import national
from tests.support.past_night import totals_after


def test_progress_counts_the_councils_on_the_page() -> None:
    """Decided ones, their wards and the seats that are filled."""
    found = progress(totals_after("three-boroughs-2022", 1.0))

    assert (found.councils, found.decided) == (3, 3)
    assert found.wards == found.wards_declared > 0
    assert found.seats_declared == 63 + 54 + 58
    assert found.turnout_percentage is None


def test_councils_are_of_those_on_the_newsrooms_list() -> None:
    """And turnout is known if the night's is."""
    found = progress(totals_after("three-boroughs-2022", 1.0), national())

    assert (found.councils, found.decided) == (161, 3)
    assert (found.turnout_percentage, found.turnout_covers) == (36.2, 130)


def test_seats_of_a_council_whose_seats_up_are_unknown_are_not_counted() -> None:
    """Worcester has 35 seats, of which a third were up in 2012."""
    every = totals_after("councils-2012", 1.0)
    worcester = next(totals for totals in every if totals.name == "Worcester")

    assert not worcester.seats_won_known
    assert progress([worcester]).seats_declared == 0


def test_a_council_that_is_certain_before_any_vote_is_not_decided() -> None:
    """It is once votes are declared."""
    (decided,) = totals_after("barnet-2014", 1.0)
    early = decided.model_copy(update={"before_any_vote": True, "complete": False})

    assert (progress([decided]).decided, progress([early]).decided) == (1, 0)


def test_councils_declared_without_wards_are_counted_beside_the_wards() -> None:
    """All but Burnley of 2012, whose wards are known."""
    found = progress(totals_after("councils-2012", 1.0))

    assert (found.councils, found.as_a_whole, found.wards) == (181, 180, 15)
