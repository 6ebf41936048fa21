"""A stringer's pages in a real Chromium, with a real Kafka."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from schemas.council import Nominee
from services.intake.producer import DeclarationProducer
from services.platform.settings import Settings
from tests.support.browsing import complaints
from tests.support.entering import entering
from tests.support.intake_log import log
from tests.support.phones import mark_elected, phone, sign_in, type_figures
from tests.support.polls import CON, LAB, LD, ballot, opened, ward
from tests.support.sources import by, result

Eventually = Callable[..., Awaitable[object]]

TEN, SMALL = ballot("long-name-ward"), ballot("small")
NOMINEES = tuple(
    Nominee(candidate=f"Wilhelmina Featherstonehaugh-{place}", party_id=party)
    for place, party in enumerate((CON, LAB, LD, "PP63", "ynmp-party:2") * 2)
)
OPENING = opened(
    ward("long-name-ward", 2).model_copy(update={"candidates": NOMINEES}),
    ward("small", 1, {CON: 1, LAB: 1}),
    total=60,
    not_up={CON: 20, LAB: 20, LD: 10},
    council_gss="W06000015",
)
FIGURES = [str(2_999 - 70 * place) for place in range(10)]
"""Ten figures of four digits, the longest that wards have."""

KEY_S, TAP_S, THINK_S = 0.2, 1.1, 1.35
"""The keystroke-level model of Card, Moran and Newell (The keystroke-level model for user
performance time with interactive systems, Communications of the ACM 23, 1980): a key of an average
skilled typist, pointing at something, and preparing to do something."""

COUNT_KEYS = """
window.addEventListener('keydown', () => {
  sessionStorage.keys = Number(sessionStorage.keys || 0) + 1;
}, true);
window.addEventListener('pointerdown', () => {
  sessionStorage.taps = Number(sessionStorage.taps || 0) + 1;
}, true);
"""


async def said(settings: Settings) -> list[dict[str, Any]]:
    """Returns what was said of wards, in the order of the log."""
    events = [json.loads(each.value) for each in await log(settings)]
    return [each for each in events if each["type"] in {"ward.declared", "ward.status"}]


async def counted(page: Page) -> tuple[int, int]:
    """Returns how many keys were pressed and how often the page was tapped."""
    return (
        await page.evaluate("Number(sessionStorage.keys || 0)"),
        await page.evaluate("Number(sessionStorage.taps || 0)"),
    )


@pytest.mark.usefixtures("night")
async def test_ten_candidates_take_fifty_keys_and_less_than_twenty_seconds(
    browser: Browser, settings: Settings, keys: Path, token: str
) -> None:
    """Four digits each, nine times on to the next, two marks and Send, after it was read back."""
    async with entering(settings, keys) as entry, phone(browser) as (page, context):
        await sign_in(page, entry.url, token)
        await context.add_init_script(COUNT_KEYS)
        await page.goto(f"{entry.url}/wards/{TEN}")
        await expect(page.locator("#votes-0")).to_be_focused()
        await type_figures(page, FIGURES)
        await expect(page.locator("#sum")).to_have_text("Total 26,840, 0 of 2 marked as elected")
        await mark_elected(page, FIGURES)
        await expect(page.locator("#sum")).to_have_text("Total 26,840, 2 of 2 marked as elected")
        await expect(page.locator("#live .sentence")).to_have_text(
            "Long-Name-Ward: CON 1, LAB 1, last seat by 70 votes"
        )
        await page.get_by_role("button", name="Send").tap()
        await expect(page.locator("#became")).to_contain_text("Received. Counted.")
        pressed, tapped = await counted(page)
        seconds = pressed * KEY_S + tapped * TAP_S + 3 * THINK_S

    assert (pressed, tapped) == (49, 3)
    assert seconds < 20
    (event,) = await said(settings)
    assert [each["votes"] for each in event["candidates"]] == list(map(int, FIGURES))


@pytest.mark.usefixtures("night")
async def test_a_ward_is_entered_by_keys_alone(
    browser: Browser, settings: Settings, keys: Path, token: str
) -> None:
    """Enter goes on to the next figure, the space bar marks, Enter goes to Send, and sends."""
    async with entering(settings, keys) as entry, phone(browser) as (page, _):
        complained = complaints(page)
        await sign_in(page, entry.url, token)
        await page.goto(f"{entry.url}/wards/{SMALL}")
        await type_figures(page, ["480", "520"])
        for key in ("Tab", "Space", "Enter"):
            await page.keyboard.press(key)
        await expect(page.get_by_role("button", name="Send")).to_be_focused()
        await expect(page.locator("#live .sentence")).to_have_text("Small: LAB, majority 40")
        await expect(page.locator("#say")).to_have_text("Small: LAB, majority 40")
        await page.keyboard.press("Enter")
        await expect(page.locator("#became")).to_contain_text("Received. Counted.")

        assert complained == []
    assert len(await said(settings)) == 1


@pytest.mark.usefixtures("night")
async def test_what_is_read_back_goes_when_something_else_is_typed(
    browser: Browser, settings: Settings, keys: Path, token: str
) -> None:
    """So that nothing is sent that was not read back."""
    async with entering(settings, keys) as entry, phone(browser) as (page, _):
        await sign_in(page, entry.url, token)
        await page.goto(f"{entry.url}/wards/{SMALL}")
        await type_figures(page, ["480", "5200"])
        await page.keyboard.press("Enter")
        await expect(page.locator("#faults")).to_contain_text("Mark who is elected")
        await mark_elected(page, ["480", "5200"])
        await expect(page.locator("#live .sentence")).to_have_text("Small: LAB, majority 4,720")
        await page.locator("#votes-1").press("End")
        await page.keyboard.press("Backspace")
        await expect(page.locator("#live .sentence")).to_have_text("Small: LAB, majority 40")
        await page.locator("#figures [name=elected-1]").uncheck()
        await page.locator("#votes-1").fill("")
        await expect(page.locator("#live .sentence")).to_have_count(0)
        await page.get_by_role("button", name="Check").click()
        await expect(page.locator("#faults")).to_contain_text("Votes of PP53 1 (LAB) are missing")
        await expect(page.locator("#faults")).to_be_focused()


@pytest.mark.usefixtures("night")
async def test_a_draft_outlasts_a_lost_connection_and_is_sent_once(
    browser: Browser, settings: Settings, keys: Path, token: str
) -> None:
    """It is on the phone when the page comes back, too; nobody has to press anything again."""
    async with entering(settings, keys) as entry, phone(browser) as (page, context):
        await sign_in(page, entry.url, token)
        await page.goto(f"{entry.url}/wards/{SMALL}")
        await context.set_offline(True)
        await type_figures(page, ["480", "520"])
        await mark_elected(page, ["480", "520"])
        await page.keyboard.press("Enter")
        await expect(page.locator("#live")).to_contain_text("PP52 1: 480")
        await page.keyboard.press("Enter")
        await expect(page.locator("#connection")).to_contain_text("Not sent yet: no connection")
        await context.set_offline(False)
        await expect(page.locator("#became")).to_contain_text("Received. Counted.")
        left = await page.evaluate("Object.keys(localStorage).length")

    assert left == 0
    assert len(await said(settings)) == 1


@pytest.mark.usefixtures("night")
async def test_a_word_whose_answer_was_lost_is_sent_again_and_is_one(
    browser: Browser, settings: Settings, keys: Path, token: str, eventually: Eventually
) -> None:
    """Also from another page, after signing in again, and where the hall's Wi-Fi answered first."""
    async with entering(settings, keys) as entry, phone(browser) as (page, context):
        await sign_in(page, entry.url, token)
        await page.goto(f"{entry.url}/wards/{SMALL}")
        await type_figures(page, ["480", "520"])
        await mark_elected(page, ["480", "520"])
        await expect(page.locator("#live .sentence")).to_be_visible()

        async def stand_in(route: Any) -> None:
            await route.fulfill(content_type="text/html", body="<main>Welcome to our Wi-Fi</main>")

        async def lose(route: Any) -> None:
            await route.fetch(max_redirects=0)
            await route.abort()

        await page.route("**/send", stand_in)
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator("#connection")).to_contain_text("Not sent yet")
        assert await said(settings) == []
        await page.unroute("**/send", stand_in)
        await page.route("**/send", lose)

        async def is_in_the_log() -> bool:
            return len(await said(settings)) > 0

        await eventually(is_in_the_log)
        await page.unroute("**/send", lose)
        await context.clear_cookies(name="livecount-entry")
        await sign_in(page, entry.url, token)
        await expect(page.locator("#connection")).to_have_text("Sent what was kept on this phone.")
        await page.goto(f"{entry.url}/wards/{SMALL}/sent")
        await expect(page.locator("#became")).to_contain_text("Received. Counted.")

    assert {each["revision"] for each in await said(settings)} == {1}
    assert len({dict(each.headers)["ce_id"] for each in (await log(settings))[1:]}) == 1


@pytest.mark.usefixtures("night")
async def test_a_draft_outlives_a_session_and_is_gone_when_its_person_signs_out(
    browser: Browser, settings: Settings, keys: Path, token: str
) -> None:
    """Whoever uses the phone next finds nothing of it."""
    async with entering(settings, keys) as entry, phone(browser) as (page, context):
        await sign_in(page, entry.url, token)
        await page.goto(f"{entry.url}/wards/{SMALL}")
        await type_figures(page, ["481"])
        await page.reload()
        await expect(page.locator("#votes-0")).to_have_value("481")
        await context.clear_cookies(name="livecount-entry")
        await sign_in(page, entry.url, token)
        await page.goto(f"{entry.url}/wards/{SMALL}")
        await expect(page.locator("#votes-0")).to_have_value("481")
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.locator("input[name=key]")).to_be_visible()
        left = await page.evaluate("Object.keys(localStorage).length")
        await sign_in(page, entry.url, token)
        await page.goto(f"{entry.url}/wards/{SMALL}")
        await expect(page.locator("#votes-0")).to_have_value("")

    assert left == 0


@pytest.mark.usefixtures("night")
@pytest.mark.parametrize(
    ("scheme", "width", "text"), [("light", 320, 100), ("dark", 320, 200), ("light", 1280, 100)]
)
async def test_every_page_is_accessible_on_a_small_phone(  # noqa: PLR0913, PLR0917 -- what it looks at
    browser: Browser,
    settings: Settings,
    keys: Path,
    token: str,
    scheme: str,
    width: int,
    text: int,
) -> None:
    """Axe finds nothing and nothing is too wide, at twice the size of text, too."""
    async with (
        entering(settings, keys) as entry,
        phone(browser, width=width, scheme=scheme) as (page, _),
    ):
        await sign_in(page, entry.url, token)
        await look_over(page, width, text)
        await page.goto(f"{entry.url}/wards/{TEN}")
        for summary in await page.locator("summary").all():
            await summary.click()
        await look_over(page, width, text)
        await type_figures(page, ["9999", "1"])
        await page.get_by_role("button", name="Check").click()
        await expect(page.locator("#faults")).to_be_visible()
        await look_over(page, width, text)
        for place, figure in enumerate(FIGURES):
            await page.locator(f"#votes-{place}").fill(figure)
        await mark_elected(page, FIGURES)
        await page.locator("#ballots").fill("900")
        await expect(page.locator("#live .told")).to_contain_text("Look again")
        await look_over(page, width, text)
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator("#became")).to_contain_text("Being checked")
        await look_over(page, width, text)


async def look_over(page: Page, width: int, text: int) -> None:
    """Checks that axe finds nothing, and that nothing is too wide."""
    await page.evaluate(f"document.documentElement.style.fontSize = '{text}%'")
    found = await Axe().run(page)

    assert [(each["id"], each["nodes"]) for each in found.response["violations"]] == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.usefixtures("night")
async def test_everything_works_without_javascript(
    browser: Browser, settings: Settings, keys: Path, token: str
) -> None:
    """Entered, read back, changed, sent, corrected and taken back."""
    async with (
        entering(settings, keys) as entry,
        phone(browser, java_script_enabled=False) as (page, _),
    ):
        await sign_in(page, entry.url, token)
        await page.get_by_role("link", name="Small").click()
        await page.get_by_label("PP52 1").first.fill("480")
        await page.locator("#votes-1").fill("52")
        await page.locator("#figures [name=elected-0]").check()
        await page.get_by_role("button", name="Check").click()
        await expect(page.locator(".sentence")).to_have_text("Small: CON, majority 428")
        await page.get_by_role("button", name="Change").click()
        await page.locator("#votes-1").fill("520")
        await page.locator("#figures [name=elected-0]").uncheck()
        await page.locator("#figures [name=elected-1]").check()
        await page.locator("#votes-1").press("Enter")
        await expect(page.locator(".sentence")).to_have_text("Small: LAB, majority 40")
        await page.keyboard.press("Enter")
        await expect(page.locator("#became")).to_contain_text("Received. Counted.")
        await page.get_by_role("link", name="Correct").click()
        await expect(page.locator("#votes-0")).to_have_value("480")
        await page.get_by_role("button", name="Take it back").click()
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator("#became")).to_contain_text("Taken back")

    assert [each["revision"] for each in await said(settings)] == [1, 2]


@pytest.mark.usefixtures("night")
async def test_pages_say_what_becomes_of_a_word_without_being_loaded_again(
    browser: Browser, settings: Settings, keys: Path, token: str
) -> None:
    """A screen reader is told, and whoever is on a link of the list stays on it."""
    async with (
        entering(settings, keys) as entry,
        phone(browser) as (page, context),
        DeclarationProducer(settings) as producer,
    ):
        await sign_in(page, entry.url, token)
        page_of_list = await context.new_page()
        await page_of_list.goto(f"{entry.url}/wards")
        await page_of_list.get_by_role("link", name="Small").focus()
        await page.goto(f"{entry.url}/wards/{SMALL}")
        await type_figures(page, ["480", "520"])
        await mark_elected(page, ["480", "520"])
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Send")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("#became")).to_contain_text("Counted")
        await producer.publish(by("site", "second", result("small", 480, 520)))
        await expect(page.locator("#became")).to_contain_text("site says the same", timeout=20_000)
        await expect(page.locator("#say")).to_contain_text("site says the same")
        await page_of_list.bring_to_front()
        await expect(page_of_list.locator(".mine")).to_have_text("Counted", timeout=20_000)
        stays = await page_of_list.evaluate("document.activeElement.textContent")

    assert "Small" in stays


@pytest.mark.usefixtures("night")
async def test_labels_are_in_welsh_too_where_the_council_is_in_wales(
    browser: Browser, settings: Settings, keys: Path, token: str
) -> None:
    """Marked as Welsh, so that a screen reader pronounces them so."""
    async with entering(settings, keys) as entry, phone(browser) as (page, _):
        await sign_in(page, entry.url, token)
        await page.goto(f"{entry.url}/wards/{SMALL}")

        await expect(page.locator("#check")).to_have_text("Check Gwirio")
        await expect(page.locator(".mark [lang=cy]").first).to_have_text("Etholwyd")


async def test_markup_in_names_is_text(
    browser: Browser, settings: Settings, keys: Path, token: str
) -> None:
    """Also in what a phone reads back by itself."""
    markup = "<img src=x onerror=window.hit=1>"
    nominees = (Nominee(candidate=markup, party=markup), Nominee(candidate="B", party_id=LAB))
    small = OPENING.wards[1].model_copy(update={"ward": markup, "candidates": nominees})
    async with DeclarationProducer(settings) as producer:
        await producer.publish(OPENING.model_copy(update={"name": markup, "wards": (small,)}))
    async with entering(settings, keys) as entry, phone(browser) as (page, context):
        await sign_in(page, entry.url, token)
        await page.goto(f"{entry.url}/wards/{SMALL}")
        await type_figures(page, ["480", "520"])
        await mark_elected(page, ["480", "520"])
        await expect(page.locator("#live .sentence")).to_contain_text(", majority 40")
        assert await page.locator("img").count() == 0
        await context.set_offline(True)
        await page.locator("#votes-1").press("End")
        await page.keyboard.type("1")
        await page.keyboard.press("Enter")
        await expect(page.locator("#live")).to_contain_text("read it back yourself")
        assert await page.locator("img").count() == 0
        assert await page.evaluate("window.hit") is None
