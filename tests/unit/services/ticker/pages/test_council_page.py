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
