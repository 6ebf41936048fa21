"""What many readers missed is encoded once for all of them."""

from __future__ import annotations

from itertools import islice

from services.ticker.broadcast.subscriber import EVERYTHING, FeedFilter
from services.ticker.feed.missed import KEPT, NOTHING, Missed, encoded
from tests.support.fed_night import fed

ENTRIES = list(islice(fed("barnet-2014"), KEPT + 8))


def test_all_who_missed_the_same_have_the_same_frame() -> None:
    """So it is compressed once."""
    missed = Missed()

    frame = missed.frame(ENTRIES[2:], EVERYTHING, 1)

    assert missed.frame(ENTRIES[2:], EVERYTHING, 1) is frame
    assert frame.events == encoded(ENTRIES[2:], EVERYTHING).events


def test_whoever_missed_something_else_has_another() -> None:
    """By where it begins and ends, what was asked for, and which feed it is."""
    missed = Missed()
    frame = missed.frame(ENTRIES[2:], EVERYTHING, 1)
    only = FeedFilter(kinds=frozenset({"ward"}))

    assert missed.frame(ENTRIES[3:], EVERYTHING, 1).events != frame.events
    assert missed.frame(ENTRIES[2:-1], EVERYTHING, 1).events != frame.events
    assert missed.frame(ENTRIES[2:], only, 1).events == encoded(ENTRIES[2:], only).events
    assert missed.frame(ENTRIES[2:], EVERYTHING, 2) is not frame
    assert missed.frame([], EVERYTHING, 1) is NOTHING


def test_only_the_newest_are_kept() -> None:
    """However many different ids readers come back with."""
    missed = Missed()
    first = missed.frame(ENTRIES, EVERYTHING, 1)
    for begin in range(1, KEPT + 1):
        missed.frame(ENTRIES[begin:], EVERYTHING, 1)

    assert missed.frame(ENTRIES, EVERYTHING, 1) is not first
