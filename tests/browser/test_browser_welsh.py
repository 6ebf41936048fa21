"""The page of a council in Welsh in a real Chromium, with a real ticker."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from services.platform.settings import Settings
from tests.support.browsing import complaints
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, declared, opened, ticking

pytestmark = pytest.mark.redis_only


async def test_a_page_in_welsh_is_updated_in_welsh(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """A reader switches to Welsh, and what comes after that, and what the script says, is Welsh."""
    welsh = opened().model_copy(update={"council_gss": "W06000015"})
    await counted.count(welsh, declared("Ash", "PP52"), declared("Beech", "PP52"))
    async with ticking(settings) as url:
        page = await browser.new_page()
        complained = complaints(page)
        await page.goto(f"{url}/councils/{COUNCIL}")
        await page.get_by_role("link", name="Cymraeg").click()
        await expect(page.locator("html")).to_have_attribute("lang", "cy")
        await expect(page.locator("#connection")).to_have_text("Byw")
        await expect(page.locator("#spoken")).to_have_text("Cyhoeddiadau llafar: ymlaen")
        await page.evaluate("window.neverReloaded = true")
        await page.locator("#pause").click()
        await counted.count(declared("Cedar", "PP52"))
        await expect(page.locator("#held")).to_have_text("Wedi oedi. 1 newid yn aros.")
        await page.locator("#pause").click()

        await expect(page.locator("h1")).to_contain_text(
            "Nowhere: Conservatives yn cipio rheolaeth oddi ar Labour"
        )
        ward = page.locator("#ward-local-nowhere-cedar-2014-05-22")
        await expect(ward.locator(".ward-state")).to_contain_text("Cyhoeddwyd")
        await expect(page).to_have_title(
            "YMARFER: Nowhere: Conservatives yn cipio rheolaeth oddi ar Labour – livecount"
        )
        assert await page.evaluate("window.neverReloaded")
        found = await Axe().run(page)
        assert found.response["violations"] == []
        assert complained == []
