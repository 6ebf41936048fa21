from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
from redis.asyncio import Redis

from services.platform.names import Keys
from services.platform.settings import Settings
from services.ticker.feed.entry import milliseconds
from services.ticker.pages.past_pages import rounded
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, MARKUP, WARDS, declared, opened, ticking

pytestmark = pytest.mark.redis_only

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
    assert "Corrected, version 2: a mistake in the earlier report was put right." in page


@pytest.fixture
async def time_before_cedar(
    client: httpx.AsyncClient,
    counted: Counted,
    redis: Redis,
    settings: Settings,
    eventually: Eventually,
) -> int:
    """A time of the night, in ms since 1970: a minute after two wards, a minute before a third."""
    feed = Keys(settings.namespace).feed(ELECTION)
    (before,) = await redis.xrevrange(feed, count=1)
    time_ms = milliseconds(before[0].decode()) + 60_000
    # Redis never writes an id before its last one, so the next entries are later by two minutes.
    await redis.xadd(feed, {"type": "pause"}, id=f"{time_ms + 60_000}-0")
    await counted.count(declared("Cedar", "PP52"))

    async def has_three() -> bool:
        return "CON GAIN" in (await client.get(f"/councils/{COUNCIL}")).text

    await eventually(has_three)
    return rounded(time_ms)


async def test_the_past_can_be_seen_as_it_was(
    client: httpx.AsyncClient, time_before_cedar: int
) -> None:
    """With `at`, a page shows the wards declared until that time and no later one."""
    past = await client.get(f"/councils/{COUNCIL}?at={time_before_cedar}")

    assert "2 of 5 wards declared" in past.text
    assert "CON GAIN" not in past.text
    assert "data-live" not in past.text
    assert "max-age=60" in past.headers["Cache-Control"]


@pytest.mark.parametrize(
    "query", ["at={}&x=1", "at=%20{}", "x&at={}", "at={}&at={}", "wall=&at={}"]
)
async def test_one_moment_of_the_past_has_one_address(
    client: httpx.AsyncClient, time_before_cedar: int, query: str
) -> None:
    """Times within ten seconds, and whatever else is in the query, lead to the same address."""
    asked = query.format(time_before_cedar + 4_321, time_before_cedar + 9_999)
    answer = await client.get(f"/elections/{ELECTION}?{asked}")
    wall = "wall=1&" if "wall" in query else ""

    assert answer.status_code == 307
    assert answer.headers["Location"] == f"?{wall}at={time_before_cedar}"
    there = await client.get(answer.url.join(answer.headers["Location"]))
    assert there.status_code == 200


@pytest.mark.parametrize("path", [f"/elections/{ELECTION}", f"/councils/{COUNCIL}"])
@pytest.mark.parametrize(
    "at", ["99999999999999999999", "1000000000000000", "-1", "0", "86400000", "soon", "1e3"]
)
async def test_a_time_that_the_night_does_not_have_is_refused(
    client: httpx.AsyncClient, path: str, at: str
) -> None:
    """The refusal names the parameter, for people and for programs."""
    for accept in ("text/html", "application/json"):
        answer = await client.get(f"{path}?at={at}", headers={"Accept": accept})

        assert answer.status_code == 422
        assert "at" in answer.text


@pytest.mark.parametrize("at", ["1", "{before}", "{after}"])
async def test_a_time_outside_the_night_leads_people_to_those_that_are_known(
    client: httpx.AsyncClient, time_before_cedar: int, at: str
) -> None:
    """The page says from when to when the night is known, and is marked as a rehearsal."""
    hour_ms = 3_600_000
    times = {"before": time_before_cedar - hour_ms, "after": time_before_cedar + hour_ms}
    address = f"/elections/{ELECTION}?at={at.format(**times)}"
    html = {"Accept": "text/html"}
    answer = await client.get(address, headers=html, follow_redirects=True)

    assert answer.status_code == 422
    assert '<aside class="rehearsal"' in answer.text
    assert "This night is known from" in answer.text
    (beginning,) = re.findall(r'href="(\?at=\d+)">As it stood at the beginning', answer.text)
    there = await client.get(f"/elections/{ELECTION}{beginning}", headers=html)
    assert there.status_code == 200


async def test_what_is_no_time_at_all_is_refused_on_a_page(client: httpx.AsyncClient) -> None:
    """A browser gets no JSON."""
    answer = await client.get(f"/elections/{ELECTION}?at=abc", headers={"Accept": "text/html"})

    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "abc" in answer.text


@pytest.mark.usefixtures("time_before_cedar")
async def test_a_rehearsal_is_marked_before_its_first_council_too(
    client: httpx.AsyncClient,
) -> None:
    """At the beginning of the slider nothing is open yet, and nothing else would say so."""
    page = (await client.get(f"/elections/{ELECTION}")).text
    (first,) = re.findall(r'<input type="range"[^>]* min="(\d+)"', page)
    past = await client.get(f"/elections/{ELECTION}?at={first}")

    assert past.status_code == 200
    assert "<b>0</b> of 0" in past.text
    assert '<aside class="rehearsal"' in past.text
    assert re.search(r'aria-valuetext="[^"]*\d\d\.\d\d\.\d\d"', past.text)


async def test_every_alert_has_a_page_and_data_of_its_own(
    client: httpx.AsyncClient, counted: Counted, eventually: Eventually
) -> None:
    """Also once it is withdrawn; an id that no alert has is not found."""
    await counted.count(declared("Cedar", "PP52"), declared("Cedar", "PP53", revision=2))

    async def told() -> list[dict[str, str]]:
        alerts = (await client.get(f"/v1/elections/{ELECTION}/alerts")).json()["alerts"]
        return alerts if any(each["retracts"] for each in alerts) else []

    alerts = await eventually(told)
    assert isinstance(alerts, list)
    withdrawal = next(each for each in alerts if each["retracts"])
    withdrawn = withdrawal["retracts"]
    page = await client.get(f"/elections/{ELECTION}/alerts/{withdrawn}")
    data = (await client.get(f"/v1/elections/{ELECTION}/alerts/{withdrawn}")).json()
    every = await client.get(f"/elections/{ELECTION}/alerts")

    assert page.status_code == 200
    assert "<s>" in page.text
    assert 'data-live="/live/' in page.text
    assert (data["alert"]["id"], data["withdrawn_by"]["id"]) == (withdrawn, withdrawal["id"])
    assert all(f'id="alert-{each["id"]}"' in every.text for each in alerts)
    for path in ("/v1/elections", "/elections"):
        assert (await client.get(f"{path}/{ELECTION}/alerts/{'f' * 32}")).status_code == 404
    assert (await client.get(f"/elections/{ELECTION}/alerts?page=9")).status_code == 404


async def test_the_list_of_elections_says_how_far_each_is(
    client: httpx.AsyncClient, counted: Counted
) -> None:
    """Councils and decided councils are counted, of elections that nobody reads, too."""
    other = "local.elsewhere.2010-05-06"
    await counted.count(opened(other, "Elsewhere"))
    await counted.count(*(declared(ward, "PP52", council=other) for ward in WARDS))
    page = (await client.get("/")).text

    assert re.search(r"6 May 2010</a>\s*<span>1 council, 1 decided · rehearsal", page)
    assert re.search(r"22 May 2014</a>\s*<span>1 council, 0 decided · rehearsal", page)


@pytest.mark.parametrize(
    ("path", "location"),
    [
        (f"/elections/{ELECTION}/", f"/elections/{ELECTION}"),
        (f"/councils/{COUNCIL}///?wall", f"/councils/{COUNCIL}?wall"),
        ("/v1/elections/", "/v1/elections"),
    ],
)
async def test_a_slash_too_many_is_redirected_within_this_host(
    client: httpx.AsyncClient, path: str, location: str
) -> None:
    """The redirect repeats nothing of what the request says of its host."""
    answer = await client.get(path, headers={"Host": "evil.example"})

    assert answer.status_code == 307
    assert answer.headers["Location"] == location


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "/nothing/"])
async def test_no_redirect_leads_to_another_host(settings: Settings, path: str) -> None:
    """An address that is not ours is not found, whatever its slashes."""
    async with ticking(settings) as url, httpx.AsyncClient() as client:
        assert (await client.get(url + path)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/elections/local.1999-05-06",
        "/councils/local.atlantis.2014-05-22",
        "/councils/rubbish",
        f"/councils/{COUNCIL}/wards/local.nowhere.fir.2014-05-22",
        "/v1/councils/local.atlantis.2014-05-22",
        "/v1/elections/local.1999-05-06/councils",
        "/static/pages.0.css",
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


async def test_a_page_in_another_language_has_its_own_updates_and_past(
    client: httpx.AsyncClient, time_before_cedar: int
) -> None:
    """The language stays in the key of a page's stream, and in the address of its past."""
    path = f"/councils/{COUNCIL}"
    page = (await client.get(path, params={"language": "cy"})).text
    past = await client.get(path, params={"language": "cy", "at": str(time_before_cedar + 1)})
    shown = await client.get(f"{path}{past.headers['location']}")
    refused = await client.get(path, params={"language": "de"})
    unknown = await client.get(f"/live/{ELECTION}", params={"view": f"council {COUNCIL} de"})

    assert f'data-live="/live/{ELECTION}?view=council%20{COUNCIL}%20cy"' in page
    assert past.headers["location"] == f"?at={time_before_cedar}&language=cy"
    assert (shown.status_code, refused.status_code, unknown.status_code) == (200, 422, 404)
    assert '<html lang="cy">' in page
