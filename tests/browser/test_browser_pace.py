"""A page of 143 councils at 13 results a second: what is said aloud, and what stays in place."""

from __future__ import annotations

import re
import sys

import pytest
from playwright.async_api import Browser, Page, expect
from redis.asyncio import Redis

from services.platform.names import Keys
from services.platform.settings import Settings
from services.ticker.feed.entry import Entry, milliseconds
from tests.support.browsing import complaints
from tests.support.counted import Counted
from tests.support.fed_night import fed
from tests.support.played_night import PlayedNight
from tests.support.ticking import COUNCIL, declared, ticking
from tests.support.ticking import ELECTION as ELECTION_OF_COUNCIL
from tests.support.ticking import opened as opened_council

pytestmark = pytest.mark.redis_only

ELECTION = "local.2021-05-06"
RATE = 13
"""Results a second, by the clock of the page, which the test sets."""

BEGIN = 2_600
"""Openings and results before: two thirds of the night, where control changes most often."""

COLLECT = """
() => {
  window.said = [];
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) {
      window.said.push([performance.now(), node.textContent]);
    }
  }).observe(document.getElementById("say"), { childList: true });
}
"""

TOP_OF = "(id) => document.getElementById(id).getBoundingClientRect().top"
LIST_OF = "(id) => document.getElementById(id).parentElement.id"
IN_VIEW = """
() => [...document.querySelectorAll("#councils .row")]
  .find((row) => row.getBoundingClientRect().top > 100).id
"""


@pytest.fixture(scope="module")
def england() -> list[Entry]:
    """The feed of England in 2021."""
    return list(fed("england-2021"))


async def opened(browser: Browser, night: PlayedNight) -> Page:
    """Returns the night's page with a clock that stands still."""
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    await page.clock.install(time=1_620_340_000_000)
    await night.open(page)
    await page.clock.pause_at(1_620_340_001_000)
    await page.evaluate(COLLECT)
    return page


async def test_a_minute_at_13_results_a_second_can_be_followed_by_ear(
    browser: Browser, england: list[Entry]
) -> None:
    """At most 60 words are said in any minute, and each change of control is among them."""
    night = PlayedNight(ELECTION, england, BEGIN)
    page = await opened(browser, night)
    complained = complaints(page)
    changed, alerts = [], 0
    for number, change in enumerate(night.changes(60 * RATE)):
        await night.deliver(page, change)
        alerts += len(change[2])
        changed += [each for each in change[2] if each.kind == "control" and each.change]
        if number % RATE == RATE - 1:
            await page.clock.run_for(1_000)
    in_the_minute = await page.evaluate("window.said")
    await page.clock.run_for(60_000)
    said = await page.evaluate("window.said")

    words = [(at, len(text.split())) for at, text in said]
    in_any_minute = max(
        sum(many for at, many in words if first <= at < first + 60_000) for first, _ in words
    )
    sys.stdout.write(
        f"{alerts} alerts, {len(changed)} changes of control; {len(in_the_minute)} announcements,"
        f" {sum(len(text.split()) for _, text in in_the_minute)} words in the minute,"
        f" {in_any_minute} at most in any: {[text for _, text in said]}\n"
    )
    told = " ".join(text for _, text in in_the_minute)
    assert sum(len(text.split()) for _, text in in_the_minute) <= 60
    assert len(changed) >= 5
    assert [each.name for each in changed if each.name not in told] == []
    assert in_any_minute <= 60
    assert complained == []


async def test_nothing_moves_while_updates_are_paused(
    browser: Browser, england: list[Entry]
) -> None:
    """The page says how many changes wait; then it is as if it had never been paused."""
    night = PlayedNight(ELECTION, england, BEGIN)
    page = await opened(browser, night)
    pause = page.get_by_role("button", name="Pause updates")
    await pause.press("Enter")
    await page.evaluate("window.scrollTo(0, 2000)")
    row = await page.evaluate(IN_VIEW)
    before = await page.evaluate(TOP_OF, row), await page.locator("main").inner_text()
    for change in night.changes(100):
        await night.deliver(page, change)
        assert abs(await page.evaluate(TOP_OF, row) - before[0]) < 1

    assert await page.locator("main").inner_text() == before[1]
    await expect(page.locator("#held")).to_have_text("Paused. 100 changes wait.")
    await expect(pause).to_have_attribute("aria-pressed", "true")
    await page.reload()
    await expect(pause).to_have_attribute("aria-pressed", "true")
    await page.evaluate("window.stream.on.open()")
    for change in night.changes(10):
        await night.deliver(page, change)
    await pause.press("Enter")

    await expect(page.locator("#held")).to_have_text("")
    late = await browser.new_page(viewport={"width": 1280, "height": 800})
    await night.open(late)
    assert await page.locator("main").inner_text() == await late.locator("main").inner_text()
    assert await page.title() == await late.title()


async def test_a_row_that_is_looked_at_stays_where_it_is_while_others_move(
    browser: Browser, england: list[Entry]
) -> None:
    """The first council in view is in its place after each change, until it is decided itself."""
    night = PlayedNight(ELECTION, england, BEGIN)
    page = await opened(browser, night)
    await page.evaluate("window.scrollTo(0, 2000)")
    row = await page.evaluate(IN_VIEW)
    await page.locator(f"#{row} a").focus()
    top, list_before = await page.evaluate(TOP_OF, row), await page.evaluate(LIST_OF, row)
    moved = []
    for change in night.changes(200):
        await night.deliver(page, change)
        if await page.evaluate(LIST_OF, row) != list_before:
            break
        moved.append(abs(await page.evaluate(TOP_OF, row) - top))

    assert len(moved) > 20
    # Windows scroll by whole pixels.
    assert max(moved) < 2


async def test_announcements_can_be_turned_off(browser: Browser, england: list[Entry]) -> None:
    """Then nothing is said, also after the page is loaded again."""
    night = PlayedNight(ELECTION, england, BEGIN)
    page = await opened(browser, night)
    await page.get_by_role("button", name="Announcements: on").click()
    await page.reload()
    await page.evaluate("window.stream.on.open()")
    await page.evaluate(COLLECT)
    for change in night.changes(60):
        await night.deliver(page, change)

    await expect(page.get_by_role("button", name="Announcements: off")).to_be_visible()
    assert await page.evaluate("window.said") == []


async def test_the_slider_goes_by_ten_seconds_and_by_minutes_and_says_the_time(
    browser: Browser, counted: Counted, redis: Redis, settings: Settings
) -> None:
    """With the keys that sliders have; what a screen reader reads is a time of day."""
    await counted.count(opened_council())
    feed = Keys(settings.namespace).feed(ELECTION_OF_COUNCIL)
    (newest,) = await redis.xrevrange(feed, count=1)
    hour_later = milliseconds(newest[0].decode()) + 3_600_000
    await redis.xadd(feed, {"type": "pause"}, id=f"{hour_later}-0")
    await counted.count(declared("Ash", "PP52"))
    async with ticking(settings) as url:
        page = await browser.new_page()
        await page.goto(f"{url}/councils/{COUNCIL}")
        slider = page.locator("#at")
        first, last = [int(await slider.get_attribute(name) or 0) for name in ("min", "max")]
        await expect(slider).to_have_attribute("aria-valuetext", "Now")
        for key, moved_to in (
            ("ArrowLeft", last - 10_000),
            ("PageDown", last - 70_000),
            ("PageDown", last - 130_000),
            ("PageUp", last - 70_000),
            ("ArrowRight", last - 60_000),
            ("Home", first),
            ("End", last),
        ):
            await slider.press(key)
            assert int(await slider.input_value()) == moved_to
            text = await slider.get_attribute("aria-valuetext") or ""
            assert re.fullmatch(r"(\d+ [A-Z][a-z]+ )?\d\d\.\d\d\.\d\d", text)
