"""Childs Hill, Barnet, 2014, as its count was heard: by two stringers, on slow phones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, Page, expect

from readers.night import load_night
from schemas.ward import WardDeclared
from services.intake.producer import DeclarationProducer
from services.platform.settings import Settings
from tests.support.entering import entering
from tests.support.keys import invited
from tests.support.notifier_receivers import Receiver, rehearsal_channels
from tests.support.phones import mark_elected, sign_in, slow_phone, type_figures
from tests.support.sources import by
from tests.support.ticking import ticking

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]

BARNET = "local.barnet.2014-05-22"
CHILDS_HILL = "local.barnet.childs-hill.2014-05-22"
WARD = "#ward-local-barnet-childs-hill-2014-05-22"

SO_FAR = "19 of 21 wards declared"
"""All but Childs Hill, and Colindale, whose poll was held later."""

SLOW_MS = 30_000
"""How long a step on a slow phone may take on a busy machine."""


def ballot_of(event: object) -> str:
    """Returns the ballot that an event is about; blank if about none."""
    return getattr(event, "ballot_paper_id", "")


async def barnet_but_for_childs_hill(settings: Settings) -> WardDeclared:
    """Has an agency declare all other wards of Barnet; returns the result of Childs Hill."""
    night = load_night("barnet-2014")
    others = [each for each in night.on_the_night if ballot_of(each) != CHILDS_HILL]
    async with DeclarationProducer(settings) as producer:
        await producer.publish_all(
            [*night.openings, *(by("agency", "final", each) for each in others)]
        )
    (sheet,) = (
        each
        for each in night.on_the_night
        if isinstance(each, WardDeclared) and ballot_of(each) == CHILDS_HILL
    )
    return sheet


async def open_form(page: Page, url: str) -> None:
    """Opens the form of Childs Hill."""
    await page.goto(f"{url}/wards/{CHILDS_HILL}")
    await expect(page.locator("#votes-0")).to_be_focused(timeout=SLOW_MS)


async def enter(page: Page, sheet: WardDeclared) -> None:
    """Types the sheet's votes in the form's order, and has them read back."""
    votes = {each.candidate: str(each.votes) for each in sheet.candidates}
    people = await page.locator(".people label > b").all_inner_texts()
    figures = [votes[name] for name in people]
    await type_figures(page, figures)
    await mark_elected(page, figures)
    await expect(page.locator("#live .sentence")).to_contain_text("Childs Hill", timeout=SLOW_MS)


async def send(page: Page) -> None:
    """Sends what is read back, and waits for what became of it."""
    await page.get_by_role("button", name="Send").tap()
    await expect(page.locator("#became")).to_contain_text("Received.", timeout=SLOW_MS)


async def says_nothing_of(page: Page, sheet: WardDeclared) -> bool:
    """Returns whether neither the text of a page nor its fields have any of a sheet's figures."""
    fields = await page.locator("input").evaluate_all("them => them.map(it => it.value)")
    text = " ".join([await page.locator("body").inner_text(), *fields])
    figures = [each.votes for each in sheet.candidates]
    return not any(shown in text for each in figures for shown in (str(each), f"{each:,}"))


async def test_two_blind_entries_on_slow_phones_call_barnet(
    browser: Browser,
    settings: Settings,
    tmp_path: Path,
    process: Process,
    eventually: Eventually,
) -> None:
    """The first is on no air and not on the second's form; the second raises the alert."""
    keys = tmp_path / "keys.toml"
    first, second = (invited(keys, f"stringer-{each}", councils=("barnet",)) for each in (1, 2))
    sheet = await barnet_but_for_childs_hill(settings)
    process("aggregator", "run")
    async with (
        Receiver() as receiver,
        ticking(settings) as ticker,
        entering(settings, keys) as entry,
        slow_phone(browser) as ann,
        slow_phone(browser) as ben,
    ):
        process("notifier", "run", notifier_channels_file=channels(tmp_path, receiver))
        await eventually(partial(is_there, f"{ticker}/councils/{BARNET}"))
        council = await page_of_barnet(browser, ticker)

        await sign_in(ann, entry.url, first)
        await open_form(ann, entry.url)
        await enter(ann, sheet)
        await send(ann)
        await expect(ann.locator("#became")).to_contain_text("Being checked")
        await expect(council.locator(WARD)).to_contain_text("Being checked")
        assert not await says_nothing_of(ann, sheet)
        await expect(council.locator("h1")).to_contain_text(SO_FAR)
        assert await says_nothing_of(council, sheet)
        assert receiver.alerts == []

        await sign_in(ben, entry.url, second)
        assert await says_nothing_of(ben, sheet)
        await open_form(ben, entry.url)
        assert await says_nothing_of(ben, sheet)
        await enter(ben, sheet)
        await send(ben)
        await expect(ben.locator("#became")).to_contain_text("Counted.")
        await expect(ben.locator("#became")).to_contain_text("stringer-1 says the same")
        await expect(council.locator("h1")).to_contain_text("CON HOLD Barnet")
        await expect(council.locator(WARD)).to_contain_text("Declared")
        await eventually(lambda: receiver.alerts)
        assert await council.evaluate("window.neverReloaded")

    (alert,) = receiver.alerts
    assert (alert.council, alert.kind, alert.action) == (BARNET, "control", "raise")
    assert (alert.control, alert.outcome, alert.cause) == ("PP52", "hold", CHILDS_HILL)


def channels(folder: Path, receiver: Receiver) -> str:
    """Returns the name of a channels file by which a receiver is told who controls a council."""
    cms = f'name = "cms"\nwebhook = "{receiver.url}"\nkinds = ["control"]\n'
    return rehearsal_channels(folder, cms)


async def page_of_barnet(browser: Browser, ticker: str) -> Page:
    """Returns a reader's live page of Barnet, which has all but Childs Hill."""
    page = await browser.new_page()
    await page.goto(f"{ticker}/councils/{BARNET}")
    await expect(page.locator("h1")).to_contain_text(SO_FAR, timeout=SLOW_MS)
    await expect(page.locator("#connection")).to_have_text("Live")
    await page.evaluate("window.neverReloaded = true")
    return page


async def is_there(address: str) -> bool:
    """Returns whether the ticker has a page."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(address)).is_success
