from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.ticker.feed.entry import BEGINNING, Entry
from services.ticker.feed.ring import Ring


def entry(number: int) -> Entry:
    """Returns the feed's entry of that number."""
    return Entry(f"{number}-0", "totals", "local.x.2014-05-22", b"{}", is_sent=True)


@given(st.integers(1, 60), st.integers(1, 20), st.data())
def test_resuming_returns_exactly_the_rest_or_says_it_cannot(
    written: int, limit: int, data: st.DataObject
) -> None:
    """After any id a ring returns every later entry in order, or None if one may be missing."""
    ring = Ring(limit=limit)
    for number in range(1, written + 1):
        ring.append(entry(number))
    last_seen = data.draw(st.integers(0, written + 2))
    seen_id = f"{last_seen}-0" if last_seen else BEGINNING
    rest = ring.after(seen_id)
    expected = list(range(last_seen + 1, written + 1))

    if last_seen > written or last_seen < written - limit:
        assert rest is None
    else:
        assert rest is not None
        assert [each.id for each in rest] == [f"{number}-0" for number in expected]


def test_a_ring_filled_from_a_feed_does_not_know_what_came_before() -> None:
    """A feed with entries may have lost older ones, so its beginning is no id to resume from."""
    assert Ring([entry(5)]).after(BEGINNING) is None
    assert Ring([]).after(BEGINNING) == []
