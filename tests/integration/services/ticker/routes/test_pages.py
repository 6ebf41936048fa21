from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import httpx
import pytest
from redis.asyncio import Redis

from services.platform.names import Keys
from services.platform.settings import Settings
from services.ticker.feed.entry import milliseconds
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, MARKUP, declared, opened

Eventually = Callable[..., Awaitable[object]]


async def test_markup_in_a_name_is_shown_and_never_run(client: httpx.AsyncClient) -> None:
    """A candidate's name is escaped on the page and plain in the data."""
    page = await client.get(f"/councils/{COUNCIL}")
    data = await client.get(f"/v1/councils/{COUNCIL}")
    names = {each["candidate"] for each in data.json()["wards"][0]["candidates"]}

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Sons" in page.text
    assert f"{MARKUP} Labour" in names


async def test_a_correction_strikes_the_alert_through_and_says_why(
    client: httpx.AsyncClient, counted: Counted, eventually: Eventually
) -> None:
    """The withdrawn alert stays readable, struck through, with what withdrew it."""
    await counted.count(declared("Cedar", "PP52"), declared("Cedar", "PP53", revision=2))

    async def corrected() -> str:
        page = (await client.get(f"/councils/{COUNCIL}")).text
        return page if "Corrected" in page else ""

    page = str(await eventually(corrected))

    assert "<s>CON GAIN Nowhere from LAB" in page
    assert "what came of Cedar in revision 2</a>" in page
    assert "Revision 2: a mistake in the earlier report was put right." in page


async def test_the_past_can_be_seen_as_it_was(
    client: httpx.AsyncClient, counted: Counted, redis: Redis, settings: Settings
) -> None:
    """With `at`, a page shows the wards declared until that time and no later one."""
    feed = Keys(settings.namespace).feed(ELECTION)
    (before,) = await redis.xrevrange(feed, count=1)
    await counted.count(declared("Cedar", "PP52"))
    # Redis writes the ids of the feed; entries of one millisecond cannot be told apart by time.
    time_ms = milliseconds(before[0].decode())
    past = await client.get(f"/councils/{COUNCIL}?at={time_ms}")

    assert "2 of 5 wards declared" in past.text
    assert "CON GAIN" not in past.text
    assert "data-live" not in past.text


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
    """Unknown elections, councils, wards and files are answered with 404."""
    assert (await client.get(path)).status_code == 404


async def test_an_error_is_a_page_for_people(client: httpx.AsyncClient) -> None:
    """A browser that asks for what does not exist gets a page with the reason and a link."""
    response = await client.get(
        "/councils/local.atlantis.2014-05-22", headers={"Accept": "text/html"}
    )

    assert response.status_code == 404
    assert "<h1>There is no such page</h1>" in response.text
    assert 'href="/"' in response.text


async def test_totals_of_an_older_version_are_still_shown(
    client: httpx.AsyncClient, counted: Counted, redis: Redis, settings: Settings
) -> None:
    """Redis may hold totals without the fields that this version added; the night shows them."""
    keys = Keys(settings.namespace)
    other = "local.elsewhere.2014-05-22"
    await counted.count(opened(other, "Elsewhere"), declared("Ash", "PP52", council=other))
    stored = json.loads(await redis.hget(keys.council(other), "totals") or b"")
    for name in ("change", "seats_to_decision", "seats_to_none", "seats_to_change"):
        del stored[name]
    older = {"type": "totals", "council": other, "data": json.dumps(stored)}
    await redis.xadd(keys.feed(ELECTION), older)
    await redis.hset(keys.council(other), "totals", older["data"])
    page = await client.get(f"/elections/{ELECTION}")

    assert page.status_code == 200
    assert "Elsewhere" in page.text
