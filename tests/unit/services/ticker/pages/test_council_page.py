from __future__ import annotations

from services.ticker.pages.council_page import seat_bar
from tests.support.past_night import totals_after


def test_the_seat_bar_holds_every_seat_once() -> None:
    """Not up, won, open and vacant seats fill the bar exactly, for all of a night's councils."""
    for portion in (0.0, 0.4, 1.0):
        for totals in totals_after("england-2021", portion):
            bar = seat_bar(totals)

            assert sum(segment.seats for segment in bar.segments) == totals.seats_total
            assert abs(sum(segment.width for segment in bar.segments) - 100) < 0.1


def test_a_label_that_would_run_into_the_next_is_left_to_the_key() -> None:
    """A long name is its party's letter, or none above the bar; the key has all of them."""
    for totals in totals_after("london-2014", 1.0):
        bar = seat_bar(totals)
        for label in bar.labels:
            share = 100 * label.seats / totals.seats_total

            assert not label.fits or len(label.name) * 2.4 <= share or len(label.name) == 1
        assert sum(label.seats for label in bar.labels) == totals.seats_total


def test_the_majority_line_is_drawn_through_seats_only_once_it_is_reached() -> None:
    """Before that it would run through another party's."""
    for portion in (0.4, 1.0):
        for totals in totals_after("england-2021", portion):
            largest = max((party.seats for party in totals.parties), default=0)

            assert seat_bar(totals).is_reached == (largest >= totals.majority)
