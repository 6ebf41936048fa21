"""A follower whose pages cannot all be rendered."""

from __future__ import annotations

from typing import Any

import pytest

from services.pages.live_view import View
from services.ticker.broadcast.page_key import (
    BrokenPageError,
    CouncilPage,
    NightPage,
    PageKey,
    UnknownPageError,
)
from services.ticker.broadcast.subscribers import Subscribers
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.follower import Follower

BROKEN = CouncilPage("local.barnet.2026-05-07")


def render(_state: ElectionState, key: PageKey) -> View:
    """Renders every page but one."""
    if key == BROKEN:
        raise OverflowError("date value out of range")
    return View({"progress": "0 of 1"})


@pytest.fixture
def follower() -> Follower:
    """A follower that has read nothing."""
    nothing: Any = None
    return Follower(nothing, "local.2026-05-07", Subscribers(), render)


def test_a_page_that_cannot_be_rendered_takes_no_other_with_it(follower: Follower) -> None:
    """Whoever asks for it is told; all other pages are there."""
    with pytest.raises(BrokenPageError, match="There is a fault"):
        follower.live_view(BROKEN)

    assert follower.live_view(NightPage()).view.fragments == {"progress": "0 of 1"}


def test_there_is_still_no_page_of_a_council_that_is_not_there() -> None:
    """A missing council is not a fault of rendering."""

    def missing(_state: ElectionState, _key: PageKey) -> View:
        raise UnknownPageError("local.nowhere.2026-05-07")

    nothing: Any = None
    with pytest.raises(UnknownPageError):
        Follower(nothing, "local.2026-05-07", Subscribers(), missing).live_view(BROKEN)
