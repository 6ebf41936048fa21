from __future__ import annotations

import io
import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
from icalendar import Calendar
from PIL import Image

from services.platform.settings import Settings
from services.ticker.cards.plan import HEIGHT_PX, WIDTH_PX
from services.ticker.routes.cards import FRESH_FOR_S, VERSIONED_FRESH_FOR_S
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, ballot, declared, opened, ticking

pytestmark = pytest.mark.redis_only

Eventually = Callable[..., Awaitable[object]]

WARD = f"/councils/{COUNCIL}/wards/{ballot('Ash')}"
PAGES = (f"/elections/{ELECTION}", f"/councils/{COUNCIL}", WARD)


def image_of(html: str) -> str:
    (found,) = re.findall(r'property="og:image" content="([^"]+)"', html)
    return str(found)


async def test_the_picture_that_a_page_names_is_served_and_may_be_kept_for_a_year(
    client: httpx.AsyncClient,
) -> None:
    """A PNG of the size that the head states, under an address with its version."""
    for path in PAGES:
        answer = await client.get(image_of((await client.get(path)).text))
        image = Image.open(io.BytesIO(answer.content))

        assert answer.headers["content-type"] == "image/png"
        assert (image.format, image.size) == ("PNG", (WIDTH_PX, HEIGHT_PX))
        assert f"max-age={VERSIONED_FRESH_FOR_S}" in answer.headers["cache-control"]


async def test_a_picture_without_its_version_is_current_and_kept_for_a_minute(
    client: httpx.AsyncClient,
) -> None:
    """Whoever has an old address, or none, gets what is true now and asks again soon."""
    for query in ("", "?v=0123456789abcdef", "?v="):
        answer = await client.get(f"/councils/{COUNCIL}/card.png{query}")

        assert answer.status_code == 200
        assert f"max-age={FRESH_FOR_S}," in answer.headers["cache-control"]


async def test_a_declaration_changes_the_address_of_the_picture(
    client: httpx.AsyncClient, counted: Counted, eventually: Eventually
) -> None:
    """A cache that has the old one does not show it beside the new page."""
    path = f"/councils/{COUNCIL}"
    before = image_of((await client.get(path)).text)
    old = (await client.get(before)).content
    await counted.count(declared("Cedar", "PP53"))

    async def changed() -> str:
        now = image_of((await client.get(path)).text)
        return now if now != before else ""

    after = str(await eventually(changed))

    assert (await client.get(after)).content != old


async def test_there_is_no_picture_of_what_is_not_there(client: httpx.AsyncClient) -> None:
    """An unknown night, council or ward is 404, and a version that is none 422."""
    for path in (
        "/elections/local.1999-05-06/card.png",
        "/councils/local.elsewhere.2014-05-22/card.png",
        f"/councils/{COUNCIL}/wards/local.nowhere.yew.2014-05-22/card.png",
        "/councils/nonsense/card.png",
    ):
        assert (await client.get(path)).status_code == 404, path
    assert (await client.get(f"{PAGES[0]}/card.png?v={'0' * 33}")).status_code == 422


async def test_browsers_and_search_engines_find_what_they_ask_every_site_for(
    client: httpx.AsyncClient,
) -> None:
    """Icons, robots.txt and site maps; a rehearsal is in none of them, nor is the desk."""
    icon = await client.get("/favicon.ico")
    touch = await client.get("/apple-touch-icon.png")
    robots = await client.get("/robots.txt")
    index = await client.get("/sitemap.xml")
    of_night = await client.get(f"/elections/{ELECTION}/sitemap.xml")

    assert Image.open(io.BytesIO(icon.content)).format == "ICO"
    assert Image.open(io.BytesIO(touch.content)).size == (180, 180)
    assert "Disallow: /desk\n" in robots.text
    assert f"Sitemap: {str(client.base_url).rstrip('/')}/sitemap.xml" in robots.text
    assert "sitemap-front.xml" in index.text
    assert ELECTION not in index.text
    assert "<loc>" not in of_night.text
    assert "<loc>" in (await client.get("/sitemap-front.xml")).text


async def test_a_live_night_may_be_indexed_and_a_rehearsal_may_not(
    counted: Counted, settings: Settings, client: httpx.AsyncClient
) -> None:
    """Every page of a rehearsal asks search engines to leave it out."""
    lists = (f"/elections/{ELECTION}/closest", f"/elections/{ELECTION}/expected")
    for path in (*PAGES, *lists):
        assert '<meta name="robots" content="noindex">' in (await client.get(path)).text, path
    other = "local.somewhere.2015-05-07"
    await counted.count(opened(other, "Somewhere").model_copy(update={"mode": "live"}))
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url, timeout=10) as second:
        page = await second.get(f"/councils/{other}")
        index = await second.get("/sitemap.xml")
        of_night = await second.get("/elections/local.2015-05-07/sitemap.xml")

    assert "noindex" not in page.text
    assert "/elections/local.2015-05-07/sitemap.xml" in index.text
    assert f"<loc>{url}/councils/{other}</loc>" in of_night.text


async def test_lists_of_a_night_are_served_as_pages_and_as_data(client: httpx.AsyncClient) -> None:
    """The closest, the expected and the councillors: JSON, CSV, calendar and page agree."""
    base = f"/v1/elections/{ELECTION}"
    closest = (await client.get(f"{base}/closest")).json()
    table = await client.get(f"{base}/closest-wards.csv")
    expected = (await client.get(f"{base}/expected")).json()
    calendar = await client.get(f"{base}/expected.ics")
    sitting = (await client.get(f"/v1/councils/{COUNCIL}/councillors")).json()
    night = await client.get(f"/elections/{ELECTION}")

    assert {each["ward"] for each in closest["wards"]} == {"Ash", "Beech"}
    assert table.text.count("\r\n") == 3
    assert [each["name"] for each in expected["councils"]] == ["Nowhere"]
    assert calendar.headers["content-type"] == "text/calendar; charset=utf-8"
    assert Calendar.from_ical(calendar.content) is not None
    assert (sitting["seats_elected"], sitting["seats_to_come"]) == (6, 9)
    assert len({closest["feed_id"], expected["feed_id"], sitting["feed_id"]}) == 1
    for name in ("closest", "expected"):
        page = await client.get(f"/elections/{ELECTION}/{name}")

        assert page.status_code == 200
        assert "Nowhere" in page.text
        assert f'href="/elections/{ELECTION}/{name}"' in night.text
    assert (await client.get(f"{base}/closest?limit=1001")).status_code == 422
    assert len((await client.get(f"{base}/closest?limit=1")).json()["wards"]) == 1


async def test_the_page_of_a_council_lists_who_was_elected(client: httpx.AsyncClient) -> None:
    """By ward, with what is to come and what is not known; names of others are escaped."""
    page = (await client.get(f"/councils/{COUNCIL}")).text
    _, _, section = page.partition('id="councillors-title"')

    assert "6 councillors of 15 elected at this poll. 9 seats to come." in section
    assert "Ann Conservative (Con)" in section
    assert "<script>alert" not in section
