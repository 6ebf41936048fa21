from __future__ import annotations

import re

import pytest

from services.pages.assets import asset

NON_TEXT_CONTRAST = 3.0
TEXT_CONTRAST = 4.5
PARTIES = ("con", "lab", "ld", "green", "ukip", "reform", "snp", "pc", "ind", "other", "noc")


def palette(scheme: str) -> dict[str, str]:
    """Returns the colours of a scheme by name, as the style sheet sets them."""
    css = asset("pages.css").decode()
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    found: dict[str, str] = {}
    for block in blocks if scheme == "dark" else blocks[:1]:
        found |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    return found


def luminance(colour: str) -> float:
    """Returns the relative luminance of a colour (WCAG 2.2)."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Returns the contrast ratio of two colours (WCAG 2.2)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("party", PARTIES)
def test_a_party_colour_stands_out_from_the_page(scheme: str, party: str) -> None:
    """Every party colour has a contrast of 3:1 to the page, as shapes must (WCAG 1.4.11)."""
    colours = palette(scheme)

    assert contrast(colours[party], colours["paper"]) >= NON_TEXT_CONTRAST


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "soft", "link"])
@pytest.mark.parametrize("background", ["paper", "wash", "fresh"])
def test_text_can_be_read_on_every_background(scheme: str, ink: str, background: str) -> None:
    """Every text colour has a contrast of 4.5:1 to every background (WCAG 1.4.3)."""
    colours = palette(scheme)

    assert contrast(colours[ink], colours[background]) >= TEXT_CONTRAST
