from __future__ import annotations

import re
from itertools import combinations

import pytest

from services.pages.assets import asset
from services.ticker.pages.party_style import styles
from tests.support.colour_vision import SIMULATIONS, Vision, ciede2000, contrast, difference

NON_TEXT_CONTRAST = 3.0
TEXT_CONTRAST = 4.5
DIFFERENCE_MIN = 10.0
"""CIEDE2000. A difference of 1 is just noticeable side by side; small boxes apart need more."""

UNDECLARED = "paper"
"""Who has not declared is shown by a box in the colour of the page, with an edge."""

CSS = asset("pages.css").decode()


def palette(scheme: str) -> dict[str, str]:
    """Returns the colours of a scheme by name, as the style sheet sets them."""
    blocks = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    found: dict[str, str] = {}
    for block in blocks if scheme == "dark" else blocks[:1]:
        found |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    return found


def looks() -> list[str]:
    """Returns every look that the style sheet has for a party, or for who controls a council."""
    return re.findall(r"\.c-([a-z]+) \{ fill: var\(--\1\)", CSS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("party", looks())
def test_a_party_colour_stands_out_from_the_page(scheme: str, party: str) -> None:
    """It or its edge has a contrast of 3:1 to the page, as shapes must (WCAG 1.4.11)."""
    colours = palette(scheme)
    edge = re.search(rf"\.c-{party} \{{[^}}]*--edge: var\(--([a-z-]+)\)", CSS)
    outline = colours[edge[1]] if edge else colours[party]

    assert max(contrast(each, colours["paper"]) for each in (colours[party], outline)) >= (
        NON_TEXT_CONTRAST
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("vision", list(SIMULATIONS))
def test_any_two_parties_differ_for_every_reader(scheme: str, vision: Vision) -> None:
    """Others, Independents, no overall control and who has not declared are among them."""
    colours = palette(scheme)
    alike = {
        pair: round(found, 1)
        for pair in combinations([*looks(), UNDECLARED], 2)
        if (found := difference(*(colours[each] for each in pair), vision)) < DIFFERENCE_MIN
    }

    assert alike == {}


def test_every_style_of_a_party_has_a_look() -> None:
    """The style sheet knows each style that a party, no overall control or Others is given."""
    assert {*looks()} == {*styles()}
    assert len(looks()) == len({*looks()})


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("party", looks())
def test_a_label_can_be_read_on_its_tile(scheme: str, party: str) -> None:
    """The short name of a borough on the colour of who controls it (WCAG 1.4.3)."""
    colours = palette(scheme)
    bright = re.findall(r"\.tiles \.on-([a-z]+)", CSS)
    label = colours["on-bright" if party in bright else "on-deep"]

    assert contrast(label, colours[party]) >= TEXT_CONTRAST


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "soft", "link"])
@pytest.mark.parametrize("background", ["paper", "wash", "fresh"])
def test_text_can_be_read_on_every_background(scheme: str, ink: str, background: str) -> None:
    """Every text colour has a contrast of 4.5:1 to every background (WCAG 1.4.3)."""
    colours = palette(scheme)

    assert contrast(colours[ink], colours[background]) >= TEXT_CONTRAST


@pytest.mark.parametrize(
    ("one", "other", "published"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_difference_is_that_of_its_authors(
    one: tuple[float, float, float], other: tuple[float, float, float], published: float
) -> None:
    """Pairs of the table that Sharma, Wu and Dalal published with CIEDE2000."""
    assert ciede2000(one, other) == pytest.approx(published, abs=0.0001)
