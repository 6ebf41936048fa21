"""Takes the screenshots of the pages in `docs/images`, from past nights counted by the rules.

    python -m scripts.screenshots

Starts its own Kafka, Redis, ticker and Chromium, and stops them at the end.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
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
from scripts.screenshots_of_entry import (
    CHILDS_HILL,
    DESK_TOKEN,
    IMAGES,
    at_the_count,
    ballot_of,
    deciding,
    desk,
)
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.stack import Stack
from tests.support.browsing import chromium
from tests.support.counted import Counted
from tests.support.national import Nation
from tests.support.ticking import ticking

BARNET = "/councils/local.barnet.2014-05-22"
LONDON = "/elections/local.2014-05-22"
ENGLAND = "/elections/local.2021-05-06"


COUNT_LASTS = 0.9
"""How long a council counts if all begin within 1: some are finished before others begin."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One screenshot: the name of its file, the page, and the size of the window in pixels.

    `forced` is for readers who choose the colours, `printed` as on paper, and `large` with text of
    twice the size. `whole` takes all of the page and not only what is in the window.
    """

    name: str
    path: str
    width: int
    height: int
    dark: bool = False
    forced: bool = False
    printed: bool = False
    large: bool = False
    whole: bool = False


BEFORE_CHILDS_HILL = (
    Picture("council", BARNET, 1440, 1000),
    Picture("council-phone-dark", BARNET, 390, 844, dark=True),
    Picture("council-phone-large", BARNET, 390, 844, large=True),
    Picture("council-forced", BARNET, 1440, 1000, dark=True, forced=True),
)
AFTER_CHILDS_HILL = (
    Picture("council-decided", BARNET, 1440, 1000),
    Picture("ward", f"{BARNET}/wards/{CHILDS_HILL}", 1000, 800),
    Picture("embed-council", "/embed/council/local.barnet.2014-05-22", 600, 480),
)
LONDON_HALF_COUNTED = (
    Picture("night-london", LONDON, 1440, 1000),
    Picture("night-phone", LONDON, 390, 844),
    Picture("night-forced", LONDON, 1440, 1000, forced=True),
    Picture("night-printed", LONDON, 720, 1020, printed=True),
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
            forced_colors="active" if picture.forced else "none",
        )
        await page.goto(url + picture.path)
        await page.wait_for_selector("#connection.live", state="attached")
        if picture.printed:
            await page.emulate_media(media="print")
        if picture.large:
            await page.evaluate("document.documentElement.style.fontSize = '200%'")
        await page.screenshot(path=IMAGES / f"{picture.name}.png", full_page=picture.whole)
        await page.close()


async def barnet(browser: Browser, settings: Settings) -> None:
    """Takes Barnet in 2014 before and after Childs Hill declared."""
    night = load_night("barnet-2014")
    last = [each for each in night.on_the_night if ballot_of(each) == CHILDS_HILL]
    async with connect(settings) as redis, ticking(settings) as url:
        counted = Counted(redis, settings.namespace)
        await counted.count(*night.openings)
        await counted.count(
            *(each for each in night.on_the_night if ballot_of(each) != CHILDS_HILL)
        )
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
