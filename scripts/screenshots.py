"""Takes the screenshots of the pages in `docs/images`, from past nights counted by the rules.

    python -m scripts.screenshots

Starts its own Kafka, Redis, ticker and Chromium, and stops them at the end.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.async_api import Browser
from pydantic import SecretStr

from election.council import Council
from election.fold import apply as fold
from election.nation.night import Night, apply
from election.nation.place import WHOLE_NIGHT
from election.nation.plan import NightPlan
from election.nation.totals import national_totals, parts
from election.totals import council_totals
from readers.local_authorities import place
from readers.night import load_night
from schemas.alert import Alert
from schemas.events import Event
from schemas.examples import DELIVERY, REJECT
from schemas.ward import WardDeclared
from services.entry.ballot_paper import in_order
from services.intake.producer import DeclarationProducer
from services.platform.kafka import producer
from services.platform.names import Topics
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.stack import Stack
from services.platform.topics import create_topics
from tests.support.browsing import chromium
from tests.support.counted import Counted
from tests.support.entering import entering
from tests.support.keys import added, invited
from tests.support.national import Nation
from tests.support.ticking import ticking

IMAGES = Path(__file__).parent.parent / "docs" / "images"

CHILDS_HILL = "local.barnet.childs-hill.2014-05-22"
BARNET = "/councils/local.barnet.2014-05-22"
LONDON = "/elections/local.2014-05-22"
ENGLAND = "/elections/local.2021-05-06"


COUNT_LASTS = 0.9
"""How long a council counts if all begin within 1: some are finished before others begin."""

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


@dataclass(frozen=True, slots=True)
class Picture:
    """One screenshot: the name of its file, the page, and the size of the window in pixels."""

    name: str
    path: str
    width: int
    height: int
    dark: bool = False


BEFORE_CHILDS_HILL = (
    Picture("council", BARNET, 1440, 1000),
    Picture("council-phone-dark", BARNET, 390, 844, dark=True),
)
AFTER_CHILDS_HILL = (
    Picture("council-decided", BARNET, 1440, 1000),
    Picture("ward", f"{BARNET}/wards/{CHILDS_HILL}", 1000, 800),
    Picture("embed-council", "/embed/council/local.barnet.2014-05-22", 600, 480),
)
LONDON_HALF_COUNTED = (
    Picture("night-london", LONDON, 1440, 1000),
    Picture("night-phone", LONDON, 390, 844),
    Picture("embed-headline", "/embed/headline/local.2014-05-22", 600, 640),
)
ENGLAND_HALF_COUNTED = (
    Picture("night", ENGLAND, 1440, 1000),
    Picture("night-dark", ENGLAND, 1440, 1000, dark=True),
    Picture("night-wall", f"{ENGLAND}?wall", 1920, 1080, dark=True),
)


async def take(browser: Browser, url: str, pictures: tuple[Picture, ...]) -> None:
    """Takes screenshots of a running ticker."""
    for picture in pictures:
        page = await browser.new_page(
            viewport={"width": picture.width, "height": picture.height},
            color_scheme="dark" if picture.dark else "light",
            reduced_motion="reduce",
        )
        await page.goto(url + picture.path)
        await page.wait_for_selector("#connection.live", state="attached")
        await page.screenshot(path=IMAGES / f"{picture.name}.png")
        await page.close()


async def barnet(browser: Browser, settings: Settings) -> None:
    """Takes Barnet in 2014 before and after Childs Hill declared."""
    night = load_night("barnet-2014")
    last = [each for each in night.on_the_night if _ballot(each) == CHILDS_HILL]
    async with connect(settings) as redis, ticking(settings) as url:
        counted = Counted(redis, settings.namespace)
        await counted.count(*night.openings)
        await counted.count(*(each for each in night.on_the_night if _ballot(each) != CHILDS_HILL))
        await take(browser, url, BEFORE_CHILDS_HILL)
        await counted.count(*last)
        await take(browser, url, AFTER_CHILDS_HILL)


async def half_a_night(
    browser: Browser, settings: Settings, name: str, pictures: tuple[Picture, ...]
) -> None:
    """Takes a night with half of its wards declared, the councils in random order."""
    night = load_night(name)
    rng = random.Random(1)  # noqa: S311 - an order, not a secret
    begins = {opening.council: rng.random() for opening in night.openings}
    events = sorted(
        night.on_the_night, key=lambda event: begins[event.council] + COUNT_LASTS * rng.random()
    )
    async with connect(settings) as redis, ticking(settings) as url:
        counted = Counted(redis, settings.namespace)
        await counted.count(*night.openings)
        so_far = events[: len(events) // 2]
        await counted.count(*so_far)
        await add_up(Nation(redis, settings), [*night.openings, *so_far])
        await take(browser, url, pictures)


async def add_up(nation: Nation, events: Sequence[Event]) -> None:
    """Stores and tells what the councils of a night come to together, by the rules."""
    plan = NightPlan(place_of=place)
    councils: dict[str, Council] = {}
    night: Night | None = None
    told: list[Alert] = []
    for event in events:
        councils[event.council], _ = fold(event, councils.get(event.council))
        totals = council_totals(councils[event.council])
        if totals is not None:
            change = apply(totals, night, plan)
            night, told = change.night, [*told, *change.alerts]
    if night is not None:
        summed = {part: national_totals(night, *part, plan) for part in parts(night)}
        whole = summed.pop(WHOLE_NIGHT)
        await nation.tell(*told)
        await nation.store(whole, *summed.values())


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
        if isinstance(each, WardDeclared) and _ballot(each) == CHILDS_HILL
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
        if isinstance(each, WardDeclared) and _ballot(each) == CHILDS_HILL
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


def _ballot(event: object) -> str:
    return getattr(event, "ballot_paper_id", "")


async def main() -> None:
    """Takes every screenshot."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="livecount-pictures-") as directory,
        Stack(Path(directory)) as running,
    ):

        def settings(namespace: str) -> Settings:
            return running.endpoints.settings(
                namespace=namespace,
                desk_token=SecretStr(DESK_TOKEN) if namespace == "desk" else None,
            )

        async with chromium() as browser:
            await desk(browser, settings("desk"))
            await deciding(browser, settings("entry"), Path(directory))
            await at_the_count(browser, settings("count"), Path(directory))
            await barnet(browser, settings("barnet"))
            await half_a_night(browser, settings("london"), "london-2014", LONDON_HALF_COUNTED)
            await half_a_night(browser, settings("england"), "england-2021", ENGLAND_HALF_COUNTED)


if __name__ == "__main__":
    asyncio.run(main())
