"""How pages look to readers who enlarge text, choose their own colours, or print."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from services.ticker.broadcast.page_key import CouncilPage, NightPage, PageKey, WardPage
from tests.support.drawn import drawn, night_so_far

LONDON = ("london-2014", 0.5)
ENGLAND = ("england-2021", 0.5)
FINISHED = ("barnet-2014", 1.0)
BARNET = CouncilPage("local.barnet.2014-05-22")
HAVERING = CouncilPage("local.havering.2014-05-22")
SHEFFIELD = CouncilPage("local.sheffield.2021-05-06")
LONG_WORD = CouncilPage("local.north-northamptonshire.2021-05-06")
NORTHUMBERLAND = CouncilPage("local.northumberland.2021-05-06")
CHILDS_HILL = WardPage(BARNET.council, "local.barnet.childs-hill.2014-05-22")

BROKEN_WORDS = r"""
() => {
  const broken = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const parent = node.parentElement;
    if (parent.closest("svg, .unseen, .skip, script") || !parent.checkVisibility()) continue;
    for (const word of node.data.matchAll(/[^\s\-–—/·]+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = [...range.getClientRects()].filter((each) => each.width > 0);
      if (lines.some((each) => each.top - lines[0].top > 4)) broken.push(word[0]);
      else if (lines.some((each) => each.right > innerWidth)) broken.push(`${word[0]} (cut off)`);
    }
  }
  return broken;
}
"""

OVERPRINTED = """
() => {
  const texts = [...document.querySelectorAll(".bar text")]
    .filter((each) => each.checkVisibility());
  const boxes = texts.map((each) => [each.textContent, each.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], place) => boxes.slice(place + 1)
    .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1
      && a.top < b.bottom - 4 && b.top < a.bottom - 4)
    .map(([other]) => [one, other]));
}
"""

CUT_OFF_ALERTS = """
() => {
  const list = document.getElementById("alerts").getBoundingClientRect();
  return [...document.querySelectorAll(".alert")].map((each) => each.getBoundingClientRect())
    .filter((box) => box.left < list.right && (box.right > list.right + 1
      || box.bottom > list.bottom + 1)).length;
}
"""


async def opened(browser: Browser, address: str, *, width: int, **given: Any) -> Page:
    """Returns an open page with all details open."""
    height = given.pop("height", 800)
    page = await browser.new_page(viewport={"width": width, "height": height}, **given)
    await page.goto(address)
    await page.evaluate(
        "document.querySelectorAll('details').forEach((one) => { one.open = true })"
    )
    return page


@pytest.mark.parametrize(
    ("night", "key"),
    [
        (LONDON, NightPage()),
        (LONDON, HAVERING),
        (ENGLAND, NightPage()),
        (ENGLAND, SHEFFIELD),
        (ENGLAND, LONG_WORD),
        (FINISHED, BARNET),
        (FINISHED, CHILDS_HILL),
    ],
)
async def test_text_of_twice_the_size_is_whole_on_a_phone(
    browser: Browser, tmp_path: Path, night: tuple[str, float], key: PageKey
) -> None:
    """No word is broken or cut off, no label prints over another, and nothing scrolls sideways."""
    page = await opened(browser, drawn(tmp_path, night_so_far(*night), key), width=360)
    usual = await page.evaluate("document.documentElement.scrollHeight")
    for size in (100, 130, 200):
        await page.evaluate(f"document.documentElement.style.fontSize = '{size}%'")

        assert await page.evaluate(BROKEN_WORDS) == []
        assert await page.evaluate(OVERPRINTED) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    # Text of twice the size takes four times the area, so that is what the page may grow to.
    assert await page.evaluate("document.documentElement.scrollHeight") <= 4 * usual


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_who_won_is_told_where_readers_choose_the_colours(
    browser: Browser, tmp_path: Path, scheme: Any
) -> None:
    """In forced colours: in words for every ward, and by boxes and bars that have edges."""
    page = await opened(
        browser,
        drawn(tmp_path, night_so_far(*LONDON), HAVERING),
        width=1440,
        forced_colors="active",
        color_scheme=scheme,
    )
    winners = await page.locator("#wards-declared .ward-won").all_inner_texts()
    edges = await page.evaluate(
        """() => [...document.querySelectorAll(".swatch, .seats rect")]
          .filter((each) => each.checkVisibility())
          .map((each) => getComputedStyle(each))
          .filter((style) => style.borderStyle !== "solid" && style.stroke === "none").length"""
    )
    await page.screenshot(path=tmp_path / "forced.png")

    assert "Hornchurch Residents Association 3" in winners
    assert all(winners)
    assert edges == 0


async def test_a_map_in_forced_colours_keeps_who_leads_and_who_has_not_declared(
    browser: Browser, tmp_path: Path
) -> None:
    """Decided, leading and waiting are three kinds of tile, each with an edge."""
    address = drawn(tmp_path, night_so_far(*LONDON), NightPage())
    page = await opened(browser, address, width=1440, forced_colors="active")
    fills = await page.evaluate(
        """() => [...document.querySelectorAll(".tiles a > path")]
          .map((each) => getComputedStyle(each))
          .map((style) => [style.fill.slice(0, 4), style.stroke !== "none"])"""
    )

    assert all(has_edge for _, has_edge in fills)
    assert {fill for fill, _ in fills} == {"rgb(", "url("}


async def test_a_night_prints_on_few_pages_without_what_is_for_screens(
    browser: Browser, tmp_path: Path
) -> None:
    """143 councils on at most eight sheets: no navigation, dark on white, who won in words."""
    address = drawn(tmp_path, night_so_far(*ENGLAND), NightPage())
    page = await browser.new_page(color_scheme="dark")
    await page.goto(address)
    await page.emulate_media(media="print")
    printed = await page.pdf(path=tmp_path / "night.pdf", format="A4")
    decided = await page.locator("#stage-decided .row-line").all_inner_texts()

    assert 2 <= len(re.findall(rb"/Type /Page\b", printed)) <= 8
    assert not await page.locator("nav, .filter").first.is_visible()
    assert all(
        re.search(r"[A-Za-z]{2,} (hold|gain|win)|No overall control", each) for each in decided
    )
    assert (
        await page.evaluate("getComputedStyle(document.documentElement).color") == "rgb(22, 19, 14)"
    )


async def test_what_is_folded_on_a_screen_is_printed(browser: Browser, tmp_path: Path) -> None:
    """The candidates of every ward, although nobody has opened it."""
    page = await browser.new_page()
    await page.goto(drawn(tmp_path, night_so_far(*FINISHED), BARNET))
    table = page.locator("#ward-local-barnet-childs-hill-2014-05-22 table")
    is_shown = "(it) => it.checkVisibility() && it.getBoundingClientRect().height > 0"
    on_screen = await table.evaluate(is_shown)
    await page.emulate_media(media="print")
    on_paper = await table.evaluate(is_shown)
    await page.pdf(path=tmp_path / "council.pdf", format="A4")

    assert (on_screen, on_paper) == (False, True)


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160)])
async def test_a_wall_shows_only_what_fits_it(
    browser: Browser, tmp_path: Path, width: int, height: int
) -> None:
    """Nothing to scroll to, the map's key in sight, and no alert cut in half."""
    address = drawn(tmp_path, night_so_far(*ENGLAND), NightPage(), is_wall=True)
    page = await browser.new_page(viewport={"width": width, "height": height})
    await page.goto(address)
    key = await page.locator(".map .key").bounding_box()

    assert await page.evaluate("document.documentElement.scrollHeight") <= height
    assert key is not None
    assert key["y"] + key["height"] <= height
    assert await page.evaluate(CUT_OFF_ALERTS) == 0
    assert await page.locator(".alert").first.is_visible()


async def test_a_wall_of_a_council_fits_too(browser: Browser, tmp_path: Path) -> None:
    """Its bar and what fits of its parties, wards and alerts."""
    address = drawn(tmp_path, night_so_far(*LONDON), HAVERING, is_wall=True)
    page = await browser.new_page(viewport={"width": 1920, "height": 1080})
    await page.goto(address)
    size = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"

    assert await page.evaluate(size) == [1920, 1080]
    assert await page.locator(".bar").is_visible()


async def test_tiles_too_small_for_a_finger_are_a_picture(browser: Browser, tmp_path: Path) -> None:
    """On a phone a tap on the map leads nowhere unforeseen; the list below it has every name."""
    address = drawn(tmp_path, night_so_far(*ENGLAND), NightPage())
    for width, taps in ((390, "none"), (1440, "auto")):
        page = await opened(browser, address, width=width)
        tile = page.locator(".tiles > a").first

        assert await tile.evaluate("(it) => getComputedStyle(it).pointerEvents") == taps
        assert await page.get_by_role("link", name="Every council by name").is_visible()
        assert await page.locator(".row").count() == 143


async def test_boroughs_are_named_beside_their_codes(browser: Browser, tmp_path: Path) -> None:
    """All but those whose code is the name."""
    address = drawn(tmp_path, night_so_far(*LONDON), NightPage())
    page = await opened(browser, address, width=1440)
    names = await page.locator(".codes li").all_inner_texts()

    assert len(names) == 32
    assert "Brn Barnet" in names


async def test_a_map_of_one_council_is_no_larger_than_a_tile_of_many(
    browser: Browser, tmp_path: Path
) -> None:
    """A night of a single council has no giant square."""
    page = await opened(browser, drawn(tmp_path, night_so_far(*FINISHED), NightPage()), width=1440)
    box = await page.locator(".tiles").bounding_box()

    assert box is not None
    assert max(box["width"], box["height"]) <= 110


async def test_a_poll_that_was_put_off_is_in_a_list_of_its_own(
    browser: Browser, tmp_path: Path
) -> None:
    """Neither to come nor declared; the declared wards stand level with their neighbours."""
    address = drawn(tmp_path, night_so_far(*FINISHED), BARNET)
    page = await opened(browser, address, width=1440)
    declared = await page.locator("#declared-title").bounding_box()
    parties = await page.locator("#parties h2").bounding_box()

    assert await page.locator("#wards-to-come li.ward").count() == 0
    assert await page.locator("#wards-put-off .ward-name").all_inner_texts() == ["Colindale"]
    assert "called off" in await page.locator("#wards-put-off").inner_text()
    assert declared is not None
    assert parties is not None
    assert abs(declared["y"] - parties["y"]) < 2


async def test_many_wards_stand_beside_each_other(browser: Browser, tmp_path: Path) -> None:
    """66 wards on a wide screen are not a single column."""
    page = await opened(
        browser, drawn(tmp_path, night_so_far("england-2021", 1.0), NORTHUMBERLAND), width=1440
    )
    lefts = await page.evaluate(
        """() => new Set([...document.querySelectorAll("#wards-declared > li")]
          .map((each) => each.getBoundingClientRect().left)).size"""
    )

    assert lefts >= 2


@pytest.mark.parametrize("width", [640, 800, 1100])
async def test_tables_of_wards_beside_each_other_fit(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    """First preferences of long parties' candidates, with the wards in columns."""
    glasgow = CouncilPage("local.glasgow-city.2012-05-03")
    address = drawn(tmp_path, night_so_far("scotland-2012", 1.0), glasgow)
    page = await opened(browser, address, width=width)

    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert "First preferences" in await page.locator(".candidates").first.inner_html()


async def test_a_change_is_framed_and_does_not_tint_what_it_frames(
    browser: Browser, tmp_path: Path
) -> None:
    """Party colours are told apart by hue, so their ground stays as it is."""
    page = await opened(browser, drawn(tmp_path, night_so_far(*LONDON), HAVERING), width=1440)
    changed = await page.evaluate(
        """() => {
          const summary = document.getElementById("summary");
          summary.classList.add("fresh");
          return summary.getAnimations()
            .flatMap((each) => each.effect.getKeyframes()).flatMap((each) => Object.keys(each));
        }"""
    )

    assert "boxShadow" in changed
    assert "backgroundColor" not in changed


@pytest.mark.parametrize(
    ("key", "template"),
    [(BARNET, "embed_council.html"), (NightPage(), "embed_headline.html")],
)
async def test_axe_finds_nothing_in_what_others_embed(
    browser: Browser, tmp_path: Path, key: PageKey, template: str
) -> None:
    """All of it is in a landmark."""
    address = drawn(tmp_path, night_so_far(*FINISHED), key, template)
    page = await opened(browser, address, width=600)
    found = await Axe().run(page)

    assert [each["id"] for each in found.response["violations"]] == []
