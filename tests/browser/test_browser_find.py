from __future__ import annotations

import sys

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from readers.night import load_night
from services.platform.settings import Settings
from tests.support.browsing import complaints
from tests.support.counted import Counted
from tests.support.ticking import (
    COUNCIL,
    ELECTION,
    WARDS,
    ballot,
    declared,
    opened,
    ticking,
)

pytestmark = pytest.mark.redis_only

OTHER = "local.elsewhere.2014-05-22"
NIGHT_OF_181 = "/elections/local.2012-05-03"
PLAIN_BYTES_MAX = 300_000
SENT_BYTES_MAX = 40_000

FIRST_PAINT_BYTES = """
() => {
  const kinds = ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind));
  const files = kinds.filter((each) => /^http/.test(each.name) && !/[/]live[/]/.test(each.name));
  return [
    files.reduce((sum, each) => sum + each.decodedBodySize, 0),
    files.reduce((sum, each) => sum + each.encodedBodySize, 0),
  ];
}
"""


async def two_councils(counted: Counted) -> None:
    """Counts Nowhere in London, decided for Labour, and Elsewhere in Scotland, undecided."""
    await counted.count(opened())
    await counted.count(opened(OTHER, "Elsewhere").model_copy(update={"council_gss": "S12000033"}))
    await counted.count(*(declared(ward, "PP53") for ward in WARDS))
    await counted.count(declared("Ash", "PP52", council=OTHER))


async def test_search_works_without_script_and_by_keys(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """From the start page: Tab to the field, type, Enter, Tab to the hit, Enter."""
    await two_councils(counted)
    async with ticking(settings) as url:
        page = await (await browser.new_context(java_script_enabled=False)).new_page()
        await page.goto(url)
        await page.get_by_label("Find a council or ward").focus()
        await page.keyboard.type("ceder nowhere")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/search?q=ceder+nowhere")
        await page.locator(".found a").first.focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/wards/{ballot('Cedar')}")

        await expect(page.locator("h1")).to_contain_text("Cedar")


async def test_names_are_suggested_while_a_reader_types(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """From the night's own names, without any complaint of the browser."""
    await two_councils(counted)
    async with ticking(settings) as url:
        page = await browser.new_page()
        complained = complaints(page)
        await page.goto(f"{url}/elections/{ELECTION}")
        await page.get_by_label("Find a council or ward").press_sequentially("elsew")
        option = page.locator("#places option").first

        await expect(option).to_have_attribute("value", "Elsewhere")
        assert complained == []


async def test_a_filter_is_kept_while_results_come(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """A row that becomes what was chosen appears, one that no longer is goes, without a reload."""
    await two_councils(counted)
    async with ticking(settings) as url:
        page = await browser.new_page()
        complained = complaints(page)
        await page.goto(f"{url}/elections/{ELECTION}")
        await page.get_by_label("Outcome").select_option("undecided")
        await page.get_by_label("Order").select_option("name")
        await page.locator("#choose").get_by_role("button", name="Show").click()
        await page.wait_for_url("**outcome=undecided**")
        elsewhere = page.locator("#row-local-elsewhere-2014-05-22")
        nowhere = page.locator("#row-local-nowhere-2014-05-22")
        await expect(page.locator("#connection")).to_have_text("Live")
        await expect(elsewhere).to_be_visible()
        await expect(nowhere).to_be_hidden()
        await page.evaluate("window.neverReloaded = true")

        for ward in WARDS[1:]:
            await counted.count(declared(ward, "PP52", council=OTHER))
        await expect(elsewhere).to_be_hidden()
        await counted.count(*(declared(ward, "PP52", revision=2) for ward in WARDS[2:3]))
        await expect(page.locator("#shown")).to_have_text("0")
        assert await page.evaluate("window.neverReloaded")
        assert complained == []


async def test_an_order_is_kept_while_results_come_and_after_a_way_round(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """By region both councils stand under theirs; the plain address brings the choice back."""
    await two_councils(counted)
    async with ticking(settings) as url:
        page = await browser.new_page()
        await page.goto(f"{url}/elections/{ELECTION}?sort=region")
        await expect(page.locator("#connection")).to_have_text("Live")
        await expect(page.locator("#by-r-london > li")).to_have_count(1)
        await expect(page.locator("#by-r-scotland > li")).to_contain_text("1/5")
        await counted.count(declared("Beech", "PP52", council=OTHER))
        await expect(page.locator("#by-r-scotland > li")).to_contain_text("2/5")
        await page.goto(f"{url}/councils/{COUNCIL}")
        await page.get_by_role("link", name="The night").click()

        await page.wait_for_url("**?sort=region")
        await page.goto(f"{url}/elections/{ELECTION}?sort=near")
        await expect(page.locator("#by-r-london")).to_have_count(0)


async def test_the_choice_works_without_script(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """The form alone filters and sorts, and shows all again."""
    await two_councils(counted)
    async with ticking(settings) as url:
        page = await (await browser.new_context(java_script_enabled=False)).new_page()
        await page.goto(f"{url}/elections/{ELECTION}")
        await page.get_by_label("Region").select_option("r-scotland")
        await page.locator("#choose").get_by_role("button", name="Show").click()

        await expect(page.locator("#row-local-nowhere-2014-05-22")).to_be_hidden()
        await expect(page.locator(".shown")).to_contain_text("1 of 2 councils shown")
        await page.get_by_role("link", name="Show all").click()
        await expect(page.locator("#row-local-nowhere-2014-05-22")).to_be_visible()


async def test_terms_open_by_key_and_lead_to_all_of_them(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """Without script; each page explains its words once."""
    await two_councils(counted)
    async with ticking(settings) as url:
        page = await (await browser.new_context(java_script_enabled=False)).new_page()
        for path in (f"/elections/{ELECTION}", f"/councils/{COUNCIL}"):
            await page.goto(url + path)
            summary = page.locator(".terms summary")
            await expect(summary).to_have_count(1)
            await summary.focus()
            await page.keyboard.press("Enter")
            await expect(page.locator(".terms")).to_contain_text("No party has more than half")
        await page.locator(".terms a").click()

        await expect(page.locator("#words")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/how-it-works", "/search?q=nowhere", "/councils/local.nowher.2014-05-22"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_pages_that_help(
    browser: Browser, counted: Counted, settings: Settings, path: str, scheme: str
) -> None:
    """And they fit a narrow phone."""
    await two_councils(counted)
    async with ticking(settings) as url:
        page = await browser.new_page(
            viewport={"width": 320, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        await page.goto(url + path)
        found = await Axe().run(page)

        assert [each["id"] for each in found.response["violations"]] == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320


async def test_the_first_paint_of_181_councils_is_light(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """In at most 300 kB unpacked and 40 kB as it is sent, with all rows, lists and options."""
    night = load_night("councils-2012")
    await counted.count_batch([*night.openings, *night.on_the_night])
    async with ticking(settings) as url:
        page = await browser.new_page()
        await page.goto(url + NIGHT_OF_181)
        plain, sent = await page.evaluate(FIRST_PAINT_BYTES)
        sys.stdout.write(f"first paint of 181 councils: {plain} bytes, {sent} as sent\n")

        assert len(await page.locator(".row").all()) == 181
        assert plain <= PLAIN_BYTES_MAX
        assert sent <= SENT_BYTES_MAX
