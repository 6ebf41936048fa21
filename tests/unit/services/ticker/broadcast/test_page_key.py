from __future__ import annotations

import pytest

from services.ticker.broadcast.page_key import (
    CouncilPage,
    NightPage,
    PageKey,
    WardPage,
    page_key_text,
    parse_page_key,
    shows_any,
)

BARNET = "local.barnet.2014-05-22"
CHILDS_HILL = "local.barnet.childs-hill.2014-05-22"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (NightPage(), "night"),
        (CouncilPage(BARNET), f"council {BARNET}"),
        (WardPage(BARNET, CHILDS_HILL), f"ward {BARNET} {CHILDS_HILL}"),
        (NightPage(language="cy"), "night cy"),
        (CouncilPage(BARNET, "cy"), f"council {BARNET} cy"),
        (WardPage(BARNET, CHILDS_HILL, "cy"), f"ward {BARNET} {CHILDS_HILL} cy"),
    ],
)
def test_a_key_is_read_back_from_its_text(key: PageKey, text: str) -> None:
    """The text in a page's address leads back to the same page."""
    assert page_key_text(key) == text
    assert parse_page_key(text) == key


@pytest.mark.parametrize(
    "text", ["", "nights", "night 2", "council", "ward x", "council a b", "council cy", "night de"]
)
def test_any_other_text_is_refused(text: str) -> None:
    """A text that no page wrote is not taken for a page."""
    with pytest.raises(ValueError, match="not the key of a page"):
        parse_page_key(text)


def test_a_page_is_rendered_again_only_if_its_council_changed() -> None:
    """The night shows every council, the other pages one."""
    changed = {BARNET}

    assert shows_any(NightPage(), changed)
    assert not shows_any(NightPage(), set())
    assert shows_any(CouncilPage(BARNET), changed)
    assert shows_any(WardPage(BARNET, CHILDS_HILL), changed)
    assert not shows_any(CouncilPage("local.brent.2014-05-22"), changed)
