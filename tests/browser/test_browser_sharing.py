from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from schemas.uk_time import UK_TIME
from services.platform.settings import Settings
from tests.support.browsing import complaints
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, MARKUP, declared, opened, ticking

pytestmark = pytest.mark.redis_only

FIRST = datetime(2014, 5, 23, 2, 40, tzinfo=UK_TIME)


async def test_what_is_shared_of_a_page_is_in_its_head_and_can_be_seen(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """A browser reads title, description and address, and shows the picture in its full size."""
    await counted.count(opened(name=MARKUP), declared("Ash", "PP52"), declared("Beech", "PP53"))
    async with ticking(settings) as url:
        page = await browser.new_page()
        complained = complaints(page)
        await page.goto(f"{url}/councils/{COUNCIL}")

        def content(name: str) -> str:
            return f'document.head.querySelector(\'[property="{name}"], [name="{name}"]\').content'

        title = await page.evaluate(content("og:title"))
        image = await page.evaluate(content("og:image"))
        alt = await page.evaluate(content("og:image:alt"))
        canonical = await page.evaluate("document.head.querySelector('[rel=canonical]').href")

        assert title.startswith(f"REHEARSAL: {MARKUP}: No result yet")
        assert canonical == f"{url}/councils/{COUNCIL}"
        assert await page.evaluate(content("description"))
        assert await page.evaluate(content("twitter:card")) == "summary_large_image"
        assert await page.evaluate(content("robots")) == "noindex"
        assert "3 Con, 3 Lab" in alt
        assert complained == []
        # The browser's own frame around a picture has styles that our policy keeps out.
        picture = await browser.new_page()
        await picture.goto(image)
        size = "[document.images[0].naturalWidth, document.images[0].naturalHeight]"
        assert await picture.evaluate(size) == [1_200, 630]


@pytest.mark.parametrize("name", ["closest", "expected"])
async def test_lists_of_a_night_can_be_read_on_a_phone(
    name: str, browser: Browser, counted: Counted, settings: Settings
) -> None:
    """At 360 pixels and with text at 200% nothing scrolls sideways, and axe finds no fault."""
    plain = opened()
    wards = tuple(
        ward.model_copy(update={"expected_at": FIRST + timedelta(hours=place)})
        for place, ward in enumerate(plain.wards)
    )
    await counted.count(
        plain.model_copy(update={"wards": wards}),
        declared("Ash", "PP52"),
        declared("Beech", "PP52"),
        declared("Cedar", "PP53"),
        declared("Dogwood", "PP53"),
    )
    async with ticking(settings) as url:
        page = await browser.new_page(viewport={"width": 360, "height": 740})
        complained = complaints(page)
        await page.goto(f"{url}/elections/{ELECTION}")
        await page.click(f"a[href='/elections/{ELECTION}/{name}']")
        await expect(page.locator("h1")).to_contain_text("22 May 2014")
        if name == "expected":
            await expect(page.locator("main")).to_contain_text("Elm decides Nowhere")
            await expect(page.locator("main time")).to_have_text("06.40")
        else:
            await expect(page.locator("main")).to_contain_text("Ash, Nowhere")
        faults = (await Axe().run(page)).response["violations"]
        await page.evaluate("document.documentElement.style.fontSize = '200%'")
        sideways = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )

        assert [fault["id"] for fault in faults] == []
        assert sideways <= 0
        assert complained == []


async def test_councillors_come_onto_an_open_page_as_they_are_elected(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """The list grows by the ward that was declared, and stays open where it was opened."""
    await counted.count(opened(), declared("Ash", "PP52"))
    async with ticking(settings) as url:
        page = await browser.new_page()
        complained = complaints(page)
        await page.goto(f"{url}/councils/{COUNCIL}")
        await expect(page.locator("#connection")).to_have_text("Live")
        await page.click("text=Councillors by ward")
        await expect(page.locator("#councillors > li")).to_have_count(1)
        await counted.count(declared("Beech", "PP53"))

        await expect(page.locator("#councillors > li")).to_have_count(2)
        await expect(page.locator("#councillors")).to_contain_text("Ann Labour (Lab)")
        await expect(page.locator("#councillors-known")).to_contain_text("6 councillors of 15")
        assert complained == []
