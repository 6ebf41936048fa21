"""Takes the screenshots of the desk's and the stringers' pages, for `scripts.screenshots`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from playwright.async_api import Browser

from readers.night import load_night
from schemas.examples import DELIVERY, REJECT
from schemas.ward import WardDeclared
from services.entry.ballot_paper import in_order
from services.intake.producer import DeclarationProducer
from services.platform.kafka import producer
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topics import create_topics
from tests.support.entering import entering
from tests.support.keys import added, invited
from tests.support.ticking import ticking

IMAGES: Final = Path(__file__).parent.parent / "docs" / "images"

CHILDS_HILL: Final = "local.barnet.childs-hill.2014-05-22"

DESK_TOKEN = "a-token-for-a-picture"  # noqa: S105 - of this script's own ticker
FAILURES = (
    (
        "newsdesk",
        "answered 503",
        12,
        "CON HOLD Barnet: 32 of 63, settled at Childs Hill",
    ),
    ("cms", "answered 401", 3, "Barnet hangs on Childs Hill: CON hold with 2 of 3 seats"),
)
REJECTS = (
    ("payload", "seats_contested: 0; give at least 1"),
    ("conflict", "candidates: 4 elected of 3 seats; correct the elected flags"),
    ("key", "key: 'local.barnet'; send the council's id, local.barnet.2014-05-22"),
)


async def desk(browser: Browser, settings: Settings) -> None:
    """Takes the desk page, with examples of what can go wrong."""
    topics = Topics(settings.namespace)
    await create_topics(settings)
    sending = producer(settings, "livecount-pictures")
    await sending.start()
    for number, (channel, detail, attempts, text) in enumerate(FAILURES):
        failed = {"alert_id": f"{number:032x}", "status": "failed", "attempts": attempts}
        failed |= {"channel": channel, "detail": detail, "text": f"REHEARSAL: {text}."}
        record = DELIVERY.model_copy(update=failed).model_dump_json().encode()
        await sending.send_and_wait(topics.deliveries, record, key=channel.encode())
    for number, (reason, detail) in enumerate(REJECTS):
        refused = {"offset": 1_207 + 61 * number, "reason": reason, "detail": detail}
        record = REJECT.model_copy(update=refused).model_dump_json().encode()
        await sending.send_and_wait(topics.rejects, record)
    await sending.stop()
    context = await browser.new_context(
        viewport={"width": 1440, "height": 760},
        http_credentials={"username": "desk", "password": DESK_TOKEN},
    )
    async with ticking(settings) as url, context:
        page = await context.new_page()
        await page.goto(f"{url}/desk")
        await page.wait_for_selector(f"#failures > li:nth-child({len(FAILURES)})")
        await page.wait_for_selector(f"#rejects > li:nth-child({len(REJECTS)})")
        await page.wait_for_selector(".away", state="detached")
        await page.wait_for_timeout(7_000)  # New entries stay highlighted for six seconds.
        await page.screenshot(path=IMAGES / "desk.png")


async def deciding(browser: Browser, settings: Settings, folder: Path) -> None:
    """Takes the desk's page of Childs Hill, of which two sources have different figures."""
    night = load_night("barnet-2014")
    (said,) = (
        each
        for each in night.on_the_night
        if isinstance(each, WardDeclared) and ballot_of(each) == CHILDS_HILL
    )
    first, second, *others = said.candidates
    swapped = (replace(first, votes=second.votes), replace(second, votes=first.votes), *others)
    await create_topics(settings)
    async with DeclarationProducer(settings) as sending:
        await sending.publish_all(
            [
                *night.openings,
                said.model_copy(update={"source_id": "agency", "trust": "final"}),
                said.model_copy(
                    update={"source_id": "stringer", "trust": "single", "candidates": swapped}
                ),
            ]
        )
    token = added(folder / "keys.toml", "desk-1", role="desk")
    async with entering(settings, folder / "keys.toml") as entry:
        page = await browser.new_page(viewport={"width": 1000, "height": 1000})
        await page.goto(f"{entry.url}/sign-in?to={CHILDS_HILL}")
        await page.get_by_label("Your name").fill("Ann Able")
        await page.get_by_label("The desk’s key").fill(token)
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url(f"**/desk/{CHILDS_HILL}")
        await page.screenshot(path=IMAGES / "desk-ballot.png")


async def at_the_count(browser: Browser, settings: Settings, folder: Path) -> None:
    """Takes the stringers' pages: the wards of Barnet, and Childs Hill as it is entered."""
    night = load_night("barnet-2014")
    (result,) = (
        each
        for each in night.on_the_night
        if isinstance(each, WardDeclared) and ballot_of(each) == CHILDS_HILL
    )
    await create_topics(settings)
    async with DeclarationProducer(settings) as sending:
        await sending.publish_all(night.openings)
    token = invited(folder / "stringers.toml", "stringer-barnet", person="Ann Able")
    votes = {(each.candidate, each.party_id): each.votes for each in result.candidates}
    elected = {(each.candidate, each.party_id) for each in result.candidates if each.elected}
    (nominees,) = (
        ward.candidates or ()
        for opening in night.openings
        for ward in opening.wards
        if ward.ballot_paper_id == CHILDS_HILL
    )
    async with entering(settings, folder / "stringers.toml") as entry:
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        await page.goto(f"{entry.url}/invitation#{token}")
        await page.get_by_role("button", name="Sign in on this device").click()
        await page.wait_for_url("**/wards")
        await page.goto(f"{entry.url}/wards/{CHILDS_HILL}")
        for place, person in enumerate(in_order(nominees)):
            number = votes[person.candidate, person.party_id]
            await page.locator(f"#votes-{place}").fill(str(number))
            if place == len(nominees) // 2:
                await page.screenshot(path=IMAGES / "count-form.png")
        for place, person in enumerate(in_order(nominees)):
            if (person.candidate, person.party_id) in elected:
                await page.locator(f"#figures [name=elected-{place}]").check()
        await page.locator("#live .sentence").scroll_into_view_if_needed()
        await page.locator("#live").screenshot(path=IMAGES / "count-read-back.png")
        await page.get_by_role("button", name="Send").click()
        await page.wait_for_selector("#became")
        await page.screenshot(path=IMAGES / "count-sent.png")
        await page.goto(f"{entry.url}/wards")
        await page.screenshot(path=IMAGES / "count-wards.png")
        await page.close()


def ballot_of(event: object) -> str:
    """Returns the ballot that an event is about; blank for one of a whole council."""
    return getattr(event, "ballot_paper_id", "")
