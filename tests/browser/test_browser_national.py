"""What councils come to together, on a night's page in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect
from redis.asyncio import Redis

from schemas.national import NationalCouncils
from services.platform.settings import Settings
from tests.support.browsing import complaints
from tests.support.counted import Counted
from tests.support.national import LABOUR, Nation, national, night_alert, part
from tests.support.ticking import ELECTION, declared, opened, ticking

pytestmark = pytest.mark.redis_only

NIGHT = f"/elections/{ELECTION}"
REGIONS = (part("region", "London"), part("region", "Yorkshire and The Humber"))


@pytest.fixture
async def nation(counted: Counted, redis: Redis, settings: Settings) -> Nation:
    """A night of one council that is added up, with a milestone."""
    await counted.count(opened(), declared("Ash", "PP52"))
    nation = Nation(redis, settings)
    await nation.store(national(1), *REGIONS)
    await nation.tell(night_alert(1))
    return nation


async def test_an_open_page_follows_the_night(
    browser: Browser, nation: Nation, settings: Settings
) -> None:
    """The table, the marks and the alerts change in place, and what was opened stays open."""
    async with ticking(settings) as url:
        page = await browser.new_page()
        complained = complaints(page)
        await page.goto(url + NIGHT)
        await expect(page.locator("#connection")).to_have_text("Live")
        await page.evaluate("window.neverReloaded = true")
        await expect(page.locator("#strip")).to_contain_text("+669")
        await page.locator("#night-parties summary").click()
        await expect(page.locator("#night-parties")).to_contain_text(
            "+669 since just before this election"
        )

        gains = LABOUR.model_copy(update={"change_eve_of_poll": 703})
        await page.locator(".parts summary", has_text="By region").click()
        await expect(page.locator(".parts summary", has_text="By nation")).to_be_hidden()
        later = (part("region", "London", councils=NationalCouncils(opened=2, decided=2)),)
        await nation.store(national(2, parties=(gains,)), *later, part("region", "Wales"))
        await nation.tell(night_alert(2, text="MILESTONE Labour past 700 gains: 703 net"))

        await expect(page.locator("#strip")).to_contain_text("+703")
        await expect(page.locator("#night-parties .said")).to_be_visible()
        await expect(page.locator("#parts-region tr").first).to_contain_text("2 of 2")
        await expect(page.locator("#parts-region tr")).to_have_count(3)
        await expect(page.locator("#night-parties")).to_contain_text(
            "+703 since just before this election"
        )
        await expect(page.locator("#alerts > li").first).to_contain_text("Labour past 700 gains")
        assert await page.evaluate("window.neverReloaded")
        assert complained == []


async def test_the_night_is_complete_without_a_script(
    browser: Browser, nation: Nation, settings: Settings
) -> None:
    """Every number with what it covers, marks, what is to come, projections, and parts."""
    assert nation
    async with ticking(settings) as url:
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(url + NIGHT)
        await page.locator(".parts summary", has_text="By region").click()

        for part_of_page, words in (
            ("#progress", "36.2% in 130 councils"),
            ("#strip", "in 133"),
            ("#parts-region", "Yorkshire and The Humber"),
            ("#night-milestones", "Withdrawn by a correction."),
            ("#night-to-come", "03.30 Nowhere"),
            ("#night-projections", "as published by BBC"),
        ):
            await expect(page.locator(part_of_page)).to_contain_text(words)
        await expect(page.locator(f"#alert-{night_alert(1).id}")).to_contain_text("Milestone")


@pytest.mark.parametrize("path", [NIGHT, f"/embed/headline/{ELECTION}", f"{NIGHT}?wall"])
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1440, "dark")])
async def test_the_night_fits_and_axe_finds_nothing(  # noqa: PLR0913, PLR0917 -- two of them parameters
    browser: Browser,
    nation: Nation,
    settings: Settings,
    tmp_path: Path,
    path: str,
    width: int,
    scheme: str,
) -> None:
    """On a phone, on a desk and on a wall, with everything opened; also inside a frame."""
    assert nation
    async with ticking(settings) as url:
        page = await browser.new_page(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type] # pytest's parameters
        )
        await page.goto(url + path)
        await page.evaluate(
            "document.querySelectorAll('details').forEach((one) => one.open = true)"
        )
        name = path.strip("/").replace("/", "-").replace("?", "-")
        await page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
        found = await Axe().run(page)

        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        broken = {each["id"] for each in found.response["violations"]}
        assert broken <= ({"region"} if "embed" in path else set())
