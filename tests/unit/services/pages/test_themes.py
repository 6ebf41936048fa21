from __future__ import annotations

import re

import pytest

from services.pages.assets import ASSETS, MEDIA_TYPES, THEMED, asset, asset_url
from services.pages.themes import Theme, themed


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_asks_the_system_for_nothing(theme: Theme) -> None:
    """Whatever the reader's system prefers, it looks the same."""
    styles = themed(asset("pages.css").decode(), theme)

    assert "prefers-color-scheme" not in styles
    assert re.findall(r"(?<![\w-])color-scheme:([^;]+);", styles)[0].strip() == theme


def test_a_theme_has_the_colours_of_the_one_style_sheet() -> None:
    """No rule is lost; what is for the other theme never holds."""
    styles = "@media (prefers-color-scheme: dark) and (min-width: 9rem) { a { color: red } }"

    assert "@media (min-width: 0) and (min-width: 9rem)" in themed(styles, "dark")
    assert "@media (max-width: 0) and (min-width: 9rem)" in themed(styles, "light")
    assert themed(styles, "dark").count("{ a { color: red } }") == 1


def test_every_theme_is_served_under_an_address_of_its_own() -> None:
    """So that each is cached by itself, and for ever."""
    addresses = {asset_url(name) for name in ("pages.css", *THEMED)}

    assert len(addresses) == 1 + len(THEMED)
    assert THEMED.keys() <= {*ASSETS}
    assert all(name.rpartition(".")[2] in MEDIA_TYPES for name in ASSETS)
