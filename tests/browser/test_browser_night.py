from __future__ import annotations

import random
import sys

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Request, Response, expect

from readers.night import Night, load_night
from services.platform.settings import Settings
from tests.support.browsing import complaints
from tests.support.counted import Counted
from tests.support.ticking import ticking

pytestmark = pytest.mark.redis_only

NIGHT = "/elections/local.2021-05-06"
FIRST_PAINT_BYTES_MAX = 300_000

VITALS = """
() => new Promise((resolve) => {
  const found = { lcp: 0, shift: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) found.lcp = entry.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) found.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(found), 1000);
})
"""


async def half_of_england(counted: Counted) -> tuple[Night, list[object]]:
    """Counts half of the wards of 143 councils; returns the night and its other events."""
    night = load_night("england-2021")
    events = list(night.on_the_night)
    random.Random(1).shuffle(events)
    await counted.count_batch([*night.openings, *events[: len(events) // 2]])
    return night, events[len(events) // 2 :]


async def shown(page: Page) -> list[str]:
    """Returns the texts of a night page."""
    return [
        await page.locator(part).inner_text()
        for part in ("#progress", "#strip", "#stage-decided", "#stage-changed", "#alerts")
    ]


async def test_the_first_paint_of_143_councils_is_light(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """One page, one style sheet, two scripts, all from the ticker, in at most 300 kB unpacked."""
    await half_of_england(counted)
    async with ticking(settings) as url:
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        asked: list[Request] = []
        answered: list[Response] = []
        page.on("request", lambda request: asked.extend([request]))
        page.on("response", lambda response: answered.extend([response]))
        await page.goto(url + NIGHT)
        vitals = await page.evaluate(VITALS)
        painted = [each for each in asked if "/live/" not in each.url]
        kinds = sorted(each.resource_type for each in painted if not each.url.startswith("data:"))
        sizes = [len(await each.body()) for each in answered if "/live/" not in each.url]
        sys.stdout.write(
            f"first paint: {sum(sizes)} bytes, largest after {vitals['lcp']:.0f} ms,"
            f" layout shift {vitals['shift']:.4f}\n"
        )

        assert kinds == ["document", "script", "script", "stylesheet"]
        assert all(each.url.startswith((url, "data:")) for each in asked)
        assert sum(sizes) <= FIRST_PAINT_BYTES_MAX
        assert vitals["shift"] < 0.1


async def test_a_night_of_143_councils_keeps_up(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """An open page follows the declarations, and in the end equals a page opened late."""
    _, to_come = await half_of_england(counted)
    async with ticking(settings) as url:
        page = await browser.new_page()
        complained = complaints(page)
        await page.goto(url + NIGHT)
        await expect(page.locator("#connection")).to_have_text("Live")
        await page.evaluate("window.neverReloaded = true")
        for event in to_come[:40]:
            await counted.count(event)  # type: ignore[arg-type]
        await counted.count_batch(to_come[40:])  # type: ignore[arg-type]
        late = await browser.new_page()
        await expect(page.locator("#progress")).to_contain_text("3,864 of 3,864", timeout=20_000)
        await late.goto(url + NIGHT)
        followed, opened_late = [await shown(page), await shown(late)]

        assert followed == opened_late
        assert await page.evaluate("window.neverReloaded")
        assert complained == []


async def test_the_map_and_the_list_say_the_same(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """Every council has a tile and a row, decided ones in the colour of their control."""
    await half_of_england(counted)
    async with ticking(settings) as url:
        page = await browser.new_page()
        await page.goto(url + NIGHT)

        await expect(page.locator(".tiles > a")).to_have_count(143)
        await expect(page.locator(".row")).to_have_count(143)
        decided = await page.locator("#stage-decided > li, #stage-changed > li").count()
        await expect(page.locator(".tiles > a > path[class^='c-']")).to_have_count(decided)


@pytest.mark.parametrize("width", [320, 1920])
async def test_143_councils_fit_a_phone_and_a_wall(
    browser: Browser, counted: Counted, settings: Settings, width: int
) -> None:
    """The night and its embed scroll down and never sideways."""
    await half_of_england(counted)
    async with ticking(settings) as url:
        page = await browser.new_page(viewport={"width": width, "height": 800})
        for path in (NIGHT, "/embed/headline/local.2021-05-06"):
            await page.goto(url + path)

            assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_axe_finds_nothing_on_a_wall_of_143_councils(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """The wall view breaks no accessibility rule of axe."""
    await half_of_england(counted)
    async with ticking(settings) as url:
        page = await browser.new_page(viewport={"width": 1920, "height": 1080}, color_scheme="dark")
        await page.goto(f"{url}{NIGHT}?wall")
        found = await Axe().run(page)

        assert [each["id"] for each in found.response["violations"]] == []
