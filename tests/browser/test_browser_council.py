from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from readers.night import load_night
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports, is_listening
from tests.support.browsing import complaints
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, MARKUP, declared, opened, ticking

pytestmark = pytest.mark.redis_only

BARNET = "local.barnet.2014-05-22"
CHILDS_HILL = "local.barnet.childs-hill.2014-05-22"


async def test_a_declaration_arrives_without_a_reload(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """The open page shows the ward, the bar and the headline as soon as they are counted."""
    await counted.count(opened(), declared("Ash", "PP52"), declared("Beech", "PP52"))
    async with ticking(settings) as url:
        page = await browser.new_page()
        complained = complaints(page)
        await page.goto(f"{url}/councils/{COUNCIL}")
        await expect(page.locator("#connection")).to_have_text("Live")
        await page.evaluate("window.neverReloaded = true")
        await counted.count(declared("Cedar", "PP52"))

        await expect(page.locator("h1")).to_contain_text("CON GAIN Nowhere from LAB")
        ward = page.locator("#ward-local-nowhere-cedar-2014-05-22")
        await expect(ward).to_have_class("ward s-declared fresh")
        await expect(page.locator("#say")).to_contain_text("Conservatives gain Nowhere.")
        await expect(page.locator("#say")).to_contain_text("Cedar: declared, Con 3.")
        assert await page.evaluate("window.neverReloaded")
        assert complained == []


async def test_candidates_named_like_markup_stay_text(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """A name that contains tags is shown as it was written, before and after a live update."""
    await counted.count(opened())
    async with ticking(settings) as url:
        page = await browser.new_page()
        complained = complaints(page)
        await page.goto(f"{url}/councils/{COUNCIL}")
        ward = page.locator("#ward-local-nowhere-ash-2014-05-22")
        await expect(ward).to_contain_text(f"{MARKUP} Labour")
        await expect(page.locator("#connection")).to_have_text("Live")
        await counted.count(declared("Ash", "PP52"))

        await expect(ward).to_contain_text("Declared")
        await expect(ward).to_contain_text(f"{MARKUP} Conservative")
        assert complained == []


async def test_a_page_goes_on_after_the_ticker_was_killed(
    browser: Browser,
    counted: Counted,
    process: Callable[..., Any],
    eventually: Callable[..., Awaitable[object]],
) -> None:
    """The page shows the loss, and later what was declared before the ticker came back."""
    (port,) = free_ports(1, random.Random(7))
    await counted.count(opened())
    ticker = process("ticker", "run", ticker_port=str(port))
    await eventually(lambda: is_listening(port))
    page = await browser.new_page()
    await page.goto(f"http://127.0.0.1:{port}/councils/{COUNCIL}")
    await expect(page.locator("#connection")).to_have_text("Live")
    await page.evaluate("window.neverReloaded = true")
    ticker.kill()
    await expect(page.locator("#connection")).to_contain_text("Connection lost")
    await counted.count(declared("Ash", "PP52"), declared("Beech", "PP52"))
    ticker.start()
    await expect(page.locator("#connection")).to_have_text("Live", timeout=30_000)
    await expect(page.locator("h1")).to_contain_text("2 of 5 wards declared")
    await counted.count(declared("Cedar", "PP52"))

    await expect(page.locator("h1")).to_contain_text("CON GAIN Nowhere from LAB")
    assert await page.evaluate("window.neverReloaded")


async def barnet_before_childs_hill(counted: Counted) -> None:
    """Counts Barnet in 2014 without Childs Hill, the last ward to declare that night."""
    night = load_night("barnet-2014")
    await counted.count(*night.openings)
    await counted.count(
        *(
            event
            for event in night.on_the_night
            if getattr(event, "ballot_paper_id", "") != CHILDS_HILL
        )
    )


async def axe_violations(page: Page) -> list[str]:
    """Returns the violations of WCAG 2.2 AA and of axe's own best practices."""
    found = await Axe().run(page)
    return [
        f"{each['id']}: {node['html']}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [f"/councils/{BARNET}", "/elections/local.2014-05-22", "/"])
async def test_axe_finds_nothing(
    browser: Browser, counted: Counted, settings: Settings, scheme: str, path: str
) -> None:
    """No page breaks an accessibility rule of axe, in light or dark, with all details open."""
    await barnet_before_childs_hill(counted)
    async with ticking(settings) as url:
        page = await browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
        await page.goto(url + path)
        await page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")

        assert await axe_violations(page) == []


@pytest.mark.parametrize("width", [320, 768, 1920])
async def test_nothing_is_wider_than_the_window(
    browser: Browser, counted: Counted, settings: Settings, width: int
) -> None:
    """A page scrolls down and never sideways, from a small phone to a wall."""
    await barnet_before_childs_hill(counted)
    async with ticking(settings) as url:
        page = await browser.new_page(viewport={"width": width, "height": 800})
        for path in (f"/councils/{BARNET}", "/elections/local.2014-05-22"):
            await page.goto(url + path)
            await page.evaluate(
                "document.querySelectorAll('details').forEach(d => { d.open = true })"
            )

            assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_rehearsal_says_so_on_every_page(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """The banner is visible on pages and embeds, and the title says it too."""
    await barnet_before_childs_hill(counted)
    async with ticking(settings) as url:
        page = await browser.new_page()
        for path in (
            f"/councils/{BARNET}",
            f"/councils/{BARNET}/wards/{CHILDS_HILL}",
            "/elections/local.2014-05-22",
            "/",
            f"/embed/council/{BARNET}",
            "/embed/headline/local.2014-05-22",
        ):
            await page.goto(url + path)
            await expect(page.locator(".rehearsal")).to_be_in_viewport()
            assert (await page.title()).startswith("REHEARSAL")


async def test_a_ward_can_be_opened_and_kept_open_with_the_keyboard(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """Tab and Enter open a ward; when it declares it stays open and keeps the focus."""
    await counted.count(opened())
    async with ticking(settings) as url:
        page = await browser.new_page()
        await page.goto(f"{url}/councils/{COUNCIL}")
        await expect(page.locator("#connection")).to_have_text("Live")
        ward = page.locator("#ward-local-nowhere-ash-2014-05-22")
        for _ in range(60):
            await page.keyboard.press("Tab")
            if await ward.locator("summary").evaluate("it => it === document.activeElement"):
                break
        await page.keyboard.press("Enter")
        await expect(ward.locator("table")).to_be_visible()
        await counted.count(declared("Ash", "PP52"))

        await expect(ward).to_contain_text("Declared")
        await expect(ward.locator("table")).to_be_visible()
        await expect(ward.locator("summary")).to_be_focused()
