from __future__ import annotations

from services.pages.live_view import LiveView, View


def view(**fragments: str) -> View:
    """Returns a view of these fragments in one list, in the given order."""
    return View(fragments, {"list": tuple(fragments)}, ())


def test_a_page_catches_up_by_the_changes_it_missed() -> None:
    """After a known id come only the later changes; after any other the whole view."""
    live_view = LiveView(view(a="1", b="1"), "1-0")
    live_view.update(view(a="2", b="1"), "2-0")
    last = live_view.update(view(b="1", a="2"), "3-0")

    assert live_view.after("3-0") == []
    assert live_view.after("2-0") == [last]
    assert len(live_view.after("1-0")) == 2
    (whole,) = live_view.after("99-0")
    assert whole.startswith(b"id: 3-0\nevent: whole\n")


def test_a_view_that_stays_the_same_is_not_sent() -> None:
    """An entry that changes nothing on a page makes no event for it."""
    live_view = LiveView(view(a="1"), "1-0")

    assert live_view.update(view(a="1"), "2-0") is None
    assert live_view.after("1-0") == []


def test_a_long_list_is_sent_by_what_moved_in_it() -> None:
    """And whole where most of it moved."""
    rows = tuple(f"row-{number}" for number in range(20))
    live_view = LiveView(View({}, {"list": rows}, ()), "1-0")

    one = live_view.update(View({}, {"list": (*rows[1:], rows[0])}, ()), "2-0")
    all_of_it = live_view.update(View({}, {"list": tuple(reversed(rows))}, ()), "3-0")

    assert one is not None
    assert b'"orders":{},"moves":{"list":[["row-0","row-19"]]}' in one
    assert all_of_it is not None
    assert b'"orders":{"list":["row-19",' in all_of_it
    assert b'"moves":{}' in all_of_it
