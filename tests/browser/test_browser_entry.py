"""The desk's pages in a real Chromium, with a real Kafka, an aggregator and a ticker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from services.intake.producer import DeclarationProducer
from services.platform.settings import Settings
from tests.support.browsing import complaints
from tests.support.entering import entering
from tests.support.identity_provider import PASSWORD
from tests.support.intake_log import log
from tests.support.keys import added, invited
from tests.support.polls import CON, COUNCIL, LAB, ballot, opened, ward
from tests.support.prepared import NightFolder
from tests.support.signing_in import provided
from tests.support.sources import by, result
from tests.support.ticking import ticking

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]

OPENING = opened(ward("north", 1, {CON: 1, LAB: 1}), ward("south", 1, {CON: 1, LAB: 1}))
NORTHERN = ballot("north")


@pytest.fixture
async def held(settings: Settings) -> None:
    """A night with one result held."""
    async with DeclarationProducer(settings) as producer:
        await producer.publish_all([OPENING, by("site", "second", result("north", 900, 500))])


@asynccontextmanager
async def somebody(
    browser: Browser, scheme: str = "light", width: int = 1280
) -> AsyncIterator[tuple[Page, list[str]]]:
    """A page in a browser of its own, and what it complains about."""
    context = await browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    async with context:
        page = await context.new_page()
        yield page, complaints(page)


async def sign_in(page: Page, url: str, token: str) -> None:
    """Signs in by keyboard alone."""
    await page.goto(f"{url}/desk")
    await page.get_by_label("Your name").focus()
    await page.keyboard.type("Ann Able")
    await page.keyboard.press("Tab")
    await page.keyboard.type(token)
    await page.keyboard.press("Enter")
    await expect(page.locator("#connection")).to_have_text("Live")


async def access_key(page: Page, key: str) -> None:
    """Presses Alt and a key as a keyboard does; what Playwright sends misses the character."""
    keyboard = await page.context.new_cdp_session(page)
    for kind in ("rawKeyDown", "char", "keyUp"):
        pressed = {"type": kind, "modifiers": 1, "key": key, "unmodifiedText": key, "text": key}
        if kind != "char":
            pressed.pop("text")
        await keyboard.send("Input.dispatchKeyEvent", pressed)
    await keyboard.detach()


async def look_over(page: Page, width: int) -> None:
    """Checks that axe finds nothing, and that nothing is too wide."""
    found = await Axe().run(page)

    assert [(each["id"], each["nodes"]) for each in found.response["violations"]] == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.usefixtures("held")
async def test_a_held_result_is_accepted_by_keyboard_and_counted_on_the_ticker(
    browser: Browser, settings: Settings, keys: Path, process: Process, eventually: Eventually
) -> None:
    """From the list by Tab and Enter; an access key chooses, the reason is typed, Enter decides."""
    token = added(keys, "desk-1", role="desk")
    process("aggregator", "run")
    address = f"/councils/{COUNCIL}/wards/{NORTHERN}"
    async with (
        ticking(settings) as ticker,
        entering(settings, keys) as entry,
        somebody(browser) as (page, complained),
        somebody(browser) as (reader, _),
    ):
        await eventually(partial(is_there, ticker, address))
        await reader.goto(f"{ticker}{address}")
        await expect(reader.locator("main")).to_contain_text("Being checked")
        await sign_in(page, entry.url, token)
        await page.locator("#waiting a").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_contain_text("North, Barsetshire")
        await access_key(page, "1")
        await expect(page.locator("#accept-1")).to_be_checked()
        await access_key(page, "r")
        await page.keyboard.type("the sheet says so")
        await page.keyboard.press("Enter")
        told = page.locator("#told")
        await expect(told).to_contain_text("Decided: North, Barsetshire: CON 1")
        await expect(told).to_be_focused()
        await expect(reader.locator("main")).to_contain_text("PP52 1")
        await expect(reader.locator("main")).not_to_contain_text("Being checked")
        await access_key(page, "l")
        await expect(page.locator("#waiting + .none")).to_be_visible()
        assert complained == []


async def is_there(ticker: str, address: str) -> bool:
    """Returns whether the ticker has a page."""
    async with httpx.AsyncClient(base_url=ticker, trust_env=False) as client:
        return (await client.get(address)).status_code == httpx.codes.OK


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
async def test_every_page_is_live_and_accessible(
    browser: Browser, settings: Settings, keys: Path, scheme: str, width: int
) -> None:
    """Axe finds nothing and nothing is too wide; what comes to wait arrives without a reload."""
    token = added(keys, "desk-1", role="desk")
    async with (
        entering(settings, keys) as entry,
        somebody(browser, scheme, width) as (page, complained),
        DeclarationProducer(settings) as producer,
    ):
        await page.goto(f"{entry.url}/sign-in")
        await look_over(page, width)
        await sign_in(page, entry.url, token)
        await producer.publish_all(
            [
                by("agency", "final", result("south", 900, 500)),
                by("ann", "single", result("south", 500, 900)),
            ]
        )
        await expect(page.locator("#waiting > li")).to_have_count(2)
        await expect(page.locator("#say")).to_contain_text("To decide: South, Barsetshire")
        await look_over(page, width)
        await page.goto(f"{entry.url}/desk/{ballot('south')}")
        await page.locator("summary").click()
        await look_over(page, width)
        await expect(page.locator("tr.differs").first).to_contain_text("differs")
        await page.locator("#clear").check()
        await page.get_by_label("Votes of PP52 1").fill("12")
        await page.get_by_label("Why?").fill("mistyped")
        await page.get_by_role("button", name="Decide").click()
        await expect(page.locator("#faults")).to_contain_text("choose Own figure")
        await look_over(page, width)
        assert [each for each in complained if "422" not in each] == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
async def test_what_is_left_before_the_polls_close_is_one_click_from_the_list(  # noqa: PLR0913, PLR0917 -- fixtures
    browser: Browser, settings: Settings, keys: Path, tmp_path: Path, scheme: str, width: int
) -> None:
    """Axe finds nothing and nothing is too wide, also with faults in files of long names."""
    token = added(keys, "desk-1", role="desk")
    night = NightFolder.with_samples(tmp_path / "2027-05-06")
    night.prepare()
    own = settings.model_copy(update={"night_dir": night.folder})
    async with (
        entering(own, keys) as entry,
        somebody(browser, scheme, width) as (page, complained),
    ):
        await sign_in(page, entry.url, token)
        await page.get_by_role("link", name="Ready for the night?").click()
        await expect(page.locator("h1")).to_contain_text("2027-05-06")
        await expect(page.locator("#checks > li")).to_have_count(5)
        await expect(page.locator("#checks")).to_contain_text("Exampleborough: not opened")
        await look_over(page, width)
        results = night.folder / "results.csv"
        results.write_text(f"{results.read_text('utf-8')}{'x' * 300}\n" * 30, encoding="utf-8")
        await page.reload()
        await page.locator("summary").click()
        await expect(page.locator("#checks > li").first).to_contain_text(f"{results}:")
        await look_over(page, width)
        assert complained == []


@pytest.mark.usefixtures("held")
async def test_a_form_on_another_sites_page_decides_nothing(
    browser: Browser, settings: Settings, keys: Path
) -> None:
    """The browser sends it no cookie, and says whose page it is from."""
    token = added(keys, "desk-1", role="desk")
    async with entering(settings, keys) as entry, somebody(browser) as (page, _):
        await sign_in(page, entry.url, token)
        stood = len(await log(settings))
        await page.goto(f"{entry.url}/desk/{NORTHERN}")
        hidden = await page.locator("form.sheet").evaluate(
            "form => form.querySelector('[name=form]').remove()"
        )
        assert hidden is None
        await page.locator("#clear").check()
        await page.get_by_label("Why?").fill("without its token")
        await page.get_by_role("button", name="Decide").click()
        await expect(page.locator("main")).to_contain_text("nothing was done")
        # The same machine under another name is another site.
        await page.route("http://localhost:1/*", forged(f"{entry.url}/desk/{NORTHERN}"))
        await page.goto("http://localhost:1/")
        await page.get_by_role("button").click()
        await page.wait_for_url("**/sign-in")

        assert len(await log(settings)) == stood


def forged(target: str) -> Callable[..., Any]:
    """Returns what answers with a page whose form is sent to somewhere else."""

    async def answer(route: Any) -> None:
        await route.fulfill(
            content_type="text/html",
            body=f"<form method=post action='{target}'><input name=decision value=clear>"
            "<input name=reason value=forged><button>Win a prize</button></form>",
        )

    return answer


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
async def test_an_invitation_is_used_with_one_button_and_its_pages_are_accessible(
    browser: Browser, settings: Settings, keys: Path, scheme: str, width: int
) -> None:
    """Its token is in no request but the form's, and a second device is told what to do."""
    token = invited(keys, "ann-able", "admin")
    async with (
        entering(settings, keys) as entry,
        somebody(browser, scheme, width) as (page, complained),
        somebody(browser, scheme, width) as (other, _),
    ):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
        for each in (page, other):
            await each.goto(f"{entry.url}/invitation#{token}")
            await expect(each.get_by_label("Your invitation")).to_be_hidden()
        await look_over(page, width)
        await page.get_by_role("button", name="Sign in on this device").click()
        await expect(page.locator("h1")).to_contain_text("To decide")
        await page.get_by_role("link", name="Audit").click()
        await expect(page.locator("table.audit")).to_contain_text("signed in")
        await look_over(page, width)
        await other.get_by_role("button", name="Sign in on this device").click()
        await expect(other.locator("#fault")).to_contain_text("invite you anew")
        await look_over(other, width)
        assert complained == []
        assert not [url for url in asked if token.partition(".")[2] in url]


@pytest.fixture
def groups(keys: Path) -> Path:
    """A file of keys with what a group may do, and no key."""
    keys.write_text('[[groups]]\ngroup = "night-desk"\nrole = "viewer"\n')
    return keys


@pytest.mark.usefixtures("held")
async def test_somebody_comes_back_from_another_sites_sign_in_and_is_signed_in(
    browser: Browser, settings: Settings, groups: Path, eventually: Eventually
) -> None:
    """The provider is another site, so the session's cookie is not sent with its redirects."""
    async with (
        provided(settings, eventually) as newsroom,
        entering(newsroom, groups) as entry,
        somebody(browser) as (page, _),
    ):
        await page.goto(f"{entry.url}/sign-in")
        await look_over(page, 1280)
        await page.get_by_role("link", name="Sign in with the newsroom’s account").click()
        await page.locator("[name=login]").fill("ann")
        await page.keyboard.press("Enter")
        await page.locator("[name=password]").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_contain_text("To decide")
        await expect(page.locator("footer")).to_contain_text("Signed in as Ann Able (oidc-")
