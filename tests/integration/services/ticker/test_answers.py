from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from redis.asyncio import Redis

from services.platform.names import Keys
from services.platform.settings import Settings
from services.ticker.feed.entry import milliseconds
from tests.support.counted import Counted
from tests.support.ticking import (
    COUNCIL,
    ELECTION,
    MARKUP,
    WARDS,
    ballot,
    declared,
    opened,
    ticking,
)

Eventually = Callable[..., Awaitable[object]]


@pytest.fixture
async def night(redis: Redis, settings: Settings) -> Counted:
    """A night with one council and two of its five wards declared."""
    counted = Counted(redis, settings.namespace)
    await counted.tell(opened(), declared("Ash", "PP52"), declared("Beech", "PP52"))
    return counted


@pytest.fixture
async def client(night: Counted, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a ticker that shows the night."""
    assert night
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url, timeout=10) as client:
        yield client


PAGES = (
    "/",
    f"/elections/{ELECTION}",
    f"/elections/{ELECTION}?wall",
    f"/councils/{COUNCIL}",
    f"/councils/{COUNCIL}/wards/{ballot('Ash')}",
    f"/embed/council/{COUNCIL}",
    f"/embed/headline/{ELECTION}",
)


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_locked_down(client: httpx.AsyncClient, path: str) -> None:
    """No page may run or load anything but the ticker's own; only embeds may be framed."""
    answer = await client.get(path)
    policy = answer.headers["Content-Security-Policy"]

    assert answer.status_code == 200
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert ("frame-ancestors *" in policy) == path.startswith("/embed/")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "style=" not in answer.text


async def test_markup_in_a_name_is_shown_and_never_run(client: httpx.AsyncClient) -> None:
    """A candidate's name is escaped on the page and plain in the data."""
    page = await client.get(f"/councils/{COUNCIL}")
    data = await client.get(f"/v1/councils/{COUNCIL}")
    names = {each["candidate"] for each in data.json()["wards"][0]["candidates"]}

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Sons" in page.text
    assert f"{MARKUP} Labour" in names


async def test_an_unchanged_answer_is_not_sent_again(
    client: httpx.AsyncClient, night: Counted, eventually: Eventually
) -> None:
    """A client that has the snapshot gets 304 until something is declared."""
    path = f"/v1/elections/{ELECTION}/councils"
    first = await client.get(path)
    known = {"If-None-Match": first.headers["ETag"]}

    assert "max-age=1" in first.headers["Cache-Control"]
    assert (await client.get(path, headers=known)).status_code == 304
    await night.tell(declared("Cedar", "PP52"))

    async def changed() -> bool:
        return (await client.get(path, headers=known)).status_code == 200

    await eventually(changed)


async def test_a_correction_strikes_the_alert_through_and_says_why(
    client: httpx.AsyncClient, night: Counted, eventually: Eventually
) -> None:
    """The withdrawn alert stays readable, struck through, with what withdrew it."""
    await night.tell(declared("Cedar", "PP52"), declared("Cedar", "PP53", revision=2))

    async def text() -> str:
        page = (await client.get(f"/councils/{COUNCIL}")).text
        return page if "Corrected" in page else ""

    page = str(await eventually(text))

    assert "<s>CON GAIN Nowhere from LAB" in page
    assert "what came of Cedar in revision 2</a>" in page
    assert "Revision 2: a mistake in the earlier report was put right." in page


async def test_the_past_can_be_seen_as_it_stood(
    client: httpx.AsyncClient, night: Counted, redis: Redis, settings: Settings
) -> None:
    """With `at`, a page shows the wards declared by that moment and no later one."""
    feed = Keys(settings.namespace).feed(ELECTION)
    (before,) = await redis.xrevrange(feed, count=1)
    await night.tell(declared("Cedar", "PP52"))
    # The feed's clock is Redis's; entries of one millisecond cannot be told apart by time.
    moment = milliseconds(before[0].decode())
    past = await client.get(f"/councils/{COUNCIL}?at={moment}")

    assert "2 of 5 wards declared" in past.text
    assert "CON GAIN" not in past.text
    assert "data-live" not in past.text


async def test_tables_hold_every_council_and_candidate(client: httpx.AsyncClient) -> None:
    """The CSV files have a row for each party and for each candidate."""
    councils = await client.get(f"/v1/elections/{ELECTION}/councils.csv")
    wards = await client.get(f"/v1/councils/{COUNCIL}/wards.csv")
    parties = list(csv.DictReader(io.StringIO(councils.text)))
    candidates = list(csv.DictReader(io.StringIO(wards.text)))

    assert [(row["party_id"], row["seats"]) for row in parties] == [("PP52", "6"), ("PP53", "0")]
    assert len(candidates) == 6 * len(WARDS)
    assert candidates[0]["votes"] == "2000"


async def test_the_feed_can_be_paged(client: httpx.AsyncClient) -> None:
    """Following `feed_id` brings every entry once; an unknown id is gone."""
    path = f"/v1/elections/{ELECTION}/feed"
    whole = (await client.get(path)).json()["entries"]
    first = (await client.get(path, params={"limit": 3})).json()
    rest = (await client.get(path, params={"after": first["feed_id"]})).json()

    assert first["entries"] + rest["entries"] == whole
    assert (await client.get(path, params={"after": "17-0"})).status_code == 410


async def test_data_may_be_read_by_any_page(client: httpx.AsyncClient) -> None:
    """Everything under /v1 allows reading from another origin; pages do not."""
    data = await client.get(f"/v1/elections/{ELECTION}/alerts")
    page = await client.get(f"/elections/{ELECTION}")

    assert data.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in page.headers


async def test_a_page_names_its_embed(client: httpx.AsyncClient) -> None:
    """A system that is given the address finds the embed by the page's own link."""
    for path in (f"/councils/{COUNCIL}", f"/elections/{ELECTION}"):
        page = await client.get(path)
        (link,) = re.findall(r'type="application/json\+oembed" href="([^"]+)"', page.text)

        assert (await client.get(html.unescape(link))).json()["type"] == "rich"


async def test_an_address_becomes_an_embed(client: httpx.AsyncClient) -> None:
    """OEmbed answers with an iframe that the ticker serves, and refuses other addresses."""
    url = f"{client.base_url}/councils/{COUNCIL}"
    found = (await client.get("/oembed", params={"url": url})).json()
    foreign = await client.get("/oembed", params={"url": f"https://example.org/councils/{COUNCIL}"})

    assert f"/embed/council/{COUNCIL}" in found["html"]
    assert found["type"] == "rich"
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/elections/local.1999-05-06",
        "/councils/local.atlantis.2014-05-22",
        "/councils/rubbish",
        f"/councils/{COUNCIL}/wards/local.nowhere.fir.2014-05-22",
        "/v1/councils/local.atlantis.2014-05-22",
        "/v1/elections/local.1999-05-06/councils",
        "/static/ticker.0.css",
    ],
)
async def test_what_does_not_exist_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    """Unknown elections, councils, wards and files are 404 and say what was asked for."""
    assert (await client.get(path)).status_code == 404


async def test_the_interface_is_described(client: httpx.AsyncClient) -> None:
    """OpenAPI lists the data's paths with their models, and no page loads from elsewhere."""
    described = (await client.get("/v1/openapi.json")).json()

    assert "/v1/elections/{election}/councils" in described["paths"]
    assert "CouncilTotals" in described["components"]["schemas"]
    assert (await client.get("/docs")).status_code == 404


async def test_a_refusal_is_a_page_for_people(client: httpx.AsyncClient) -> None:
    """A browser that asks for what does not exist gets a page with the reason and a way on."""
    answer = await client.get(
        "/councils/local.atlantis.2014-05-22", headers={"Accept": "text/html"}
    )

    assert answer.status_code == 404
    assert "<h1>There is no such page</h1>" in answer.text
    assert 'href="/"' in answer.text
