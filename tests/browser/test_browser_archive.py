"""The archived pages, opened from their folder in a browser that has no network."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Request, expect

from readers.night import load_night
from services.archive.counted_log import count_log, election_states
from services.archive.pages import INDEX, Site
from tests.support.archived import PARTITIONS, log_of
from tests.support.browsing import complaints


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of London in 2014, as an archive has them."""
    made = tmp_path_factory.mktemp("night")
    night = load_night("london-2014")
    log = log_of([*night.openings, *night.declarations])
    for name, content in Site(election_states(count_log(log, PARTITIONS))).files():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(content)
    return made


async def offline(browser: Browser) -> tuple[Page, list[Request], list[str]]:
    """Returns a page without a network, what it asks for, and what it complains of."""
    context = await browser.new_context(offline=True)
    page = await context.new_page()
    asked: list[Request] = []
    page.on("request", lambda request: asked.extend([request]))
    return page, asked, complaints(page)


async def test_an_archived_night_opens_from_its_folder(browser: Browser, folder: Path) -> None:
    """With the ticker's look: nothing but the page and its style sheet is asked for."""
    page, asked, wrong = await offline(browser)

    await page.goto((folder / INDEX).as_uri())

    await expect(page.locator("h1")).to_contain_text("22 May 2014")
    await expect(page.locator("#progress")).to_contain_text("32 of 32")
    assert {request.url for request in asked if not request.url.startswith("data:")} == {
        (folder / INDEX).as_uri(),
        (folder / "pages.css").as_uri(),
    }
    shown = await page.evaluate("getComputedStyle(document.querySelector('.columns')).display")
    assert shown == "grid"
    assert wrong == []


async def test_a_reader_gets_from_the_night_to_a_ward_and_back(
    browser: Browser, folder: Path
) -> None:
    """By the links of the pages."""
    page, _, wrong = await offline(browser)

    await page.goto((folder / INDEX).as_uri())
    await page.locator(".row a", has_text="Barnet").click()
    await expect(page.locator("h1")).to_contain_text("Barnet")
    await page.locator(".alert-where a", has_text="Childs Hill").first.click()
    await expect(page.locator("h1")).to_contain_text("Childs Hill")
    await expect(page.locator("table.candidates")).to_be_visible()
    await page.get_by_role("link", name="The night").click()

    await expect(page).to_have_url((folder / INDEX).as_uri())
    assert wrong == []


async def test_the_alerts_are_filtered_without_a_script(browser: Browser, folder: Path) -> None:
    """What the style sheet does on the ticker it does here."""
    page, _, _ = await offline(browser)
    await page.goto((folder / INDEX).as_uri())
    others = page.locator(".alert:not(.k-control, .k-incumbent_out, .k-result)")
    assert await others.count() > 0

    await page.get_by_label("Control of councils only").check()

    assert [await each.is_visible() for each in await others.all()] == [False] * (
        await others.count()
    )


async def test_an_archived_page_is_for_everybody(browser: Browser, folder: Path) -> None:
    """No kind of page breaks a rule of axe."""
    page, _, _ = await offline(browser)
    ward = next((folder / "councils").glob("*/wards/*.html"))
    council = next((folder / "councils").glob("*.html"))
    for file in (folder / INDEX, council, ward):
        await page.goto(file.as_uri())
        found = await Axe().run(page)
        assert [each["id"] for each in found.response["violations"]] == [], file
