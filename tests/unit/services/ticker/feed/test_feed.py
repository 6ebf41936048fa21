from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from schemas.totals import WardTotals
from services.ticker.broadcast.live_view import Channel, View
from services.ticker.feed.entry import BEGINNING, Entry, Ring


def entry(number: int) -> Entry:
    """Returns the feed's entry of that number."""
    return Entry(f"{number}-0", "totals", "local.x.2014-05-22", b"{}", b"data")


@given(st.integers(1, 60), st.integers(1, 20), st.data())
def test_resuming_gives_the_rest_exactly_or_says_it_cannot(
    written: int, limit: int, data: st.DataObject
) -> None:
    """After any id a ring gives every later entry in order, or None where one may be missing."""
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


def test_a_ring_filled_from_a_feed_knows_nothing_of_what_was_before() -> None:
    """A feed that has entries may have lost older ones, so its beginning is no place to resume."""
    assert Ring([entry(5)]).after(BEGINNING) is None
    assert Ring([]).after(BEGINNING) == []


def test_a_line_break_in_json_does_not_end_the_event() -> None:
    """Data with line breaks between its tokens stays one field of one event."""
    ward = WardTotals(
        ballot_paper_id="local.barnet.childs-hill.2014-05-22",
        council="local.barnet.2014-05-22",
        ward="Childs Hill",
        seats_contested=3,
        status="waiting",
    )
    data = ward.model_dump_json(indent=1).replace("\n", "\r\n").encode()
    fields = {b"type": b"ward", b"council": ward.council.encode(), b"data": data}
    frame = Entry.read(b"1-0", fields).frame

    assert frame.count(b"\n") == 4
    assert frame.endswith(b"\n\n")


def view(**fragments: str) -> View:
    """Returns a view of these fragments in one list, in the given order."""
    return View(fragments, {"list": tuple(fragments)}, ())


def test_a_page_catches_up_by_the_steps_it_missed() -> None:
    """From a known id come the later steps alone; from any other the whole view; else nothing."""
    channel = Channel(view(a="1", b="1"), "1-0")
    channel.show(view(a="2", b="1"), "2-0")
    last = channel.show(view(b="1", a="2"), "3-0")

    assert channel.after("3-0") == []
    assert channel.after("2-0") == [last]
    assert len(channel.after("1-0")) == 2
    (whole,) = channel.after("99-0")
    assert whole.startswith(b"id: 3-0\nevent: whole\n")


def test_a_view_that_looks_the_same_is_not_sent() -> None:
    """An entry that changes nothing on a page makes no event for it."""
    channel = Channel(view(a="1"), "1-0")

    assert channel.show(view(a="1"), "2-0") is None
    assert channel.after("1-0") == []
