"""What cannot be read or shown is left out, and everything else goes on."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date

import httpx
import pytest
from redis.asyncio import Redis

from services.pages.live_view import View
from services.platform.names import Keys
from services.platform.settings import Settings
from services.ticker.broadcast.page_key import BrokenPageError, CouncilPage, NightPage, PageKey
from services.ticker.broadcast.subscriber import Subscriber
from services.ticker.broadcast.subscribers import Subscribers
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.followers import Followers
from services.ticker.feed.store import ReadOnlyStore
from services.ticker.pages.render import render
from tests.support.counted import Counted
from tests.support.recorded_stream import RecordedStream
from tests.support.ticking import COUNCIL, ELECTION, Reader, ballot, declared, opened, ticking

pytestmark = pytest.mark.redis_only

Eventually = Callable[..., Awaitable[object]]

OTHER = "local.elsewhere.2014-05-22"
LEFT_OUT = "Left out, because what is stored cannot be shown"


@pytest.fixture
async def two_councils(counted: Counted) -> Counted:
    """Two councils of one night, of one of which the stored data is about to be spoilt."""
    await counted.count(opened(), opened(OTHER, "Elsewhere"), declared("Ash", "PP52"))
    return counted


def unreadable(council: str, kind: str, **data: object) -> dict[str, str]:
    """Returns a feed entry that no version of the schemas allows."""
    return {"type": kind, "council": council, "data": json.dumps({"seats": "many"} | data)}


async def is_served_without(client: httpx.AsyncClient, council: str) -> None:
    """Asserts that everything but one council is served, and that readers are told so."""
    night = await client.get(f"/elections/{ELECTION}")
    own = await client.get(f"/councils/{council}", headers={"Accept": "text/html"})
    data = await client.get(f"/v1/elections/{ELECTION}/councils")

    assert night.status_code == 200
    assert f"{LEFT_OUT}: {council}." in night.text
    assert "Nowhere" in night.text
    assert own.status_code == 500
    assert "This page cannot be shown" in own.text
    assert council in own.text
    assert data.json()["left_out"] == [council]
    assert [each["council"] for each in data.json()["councils"]] == [COUNCIL]
    assert (await client.get(f"/v1/councils/{council}")).status_code == 500
    for path in (f"/councils/{COUNCIL}", f"/embed/headline/{ELECTION}", f"/v1/councils/{COUNCIL}"):
        assert (await client.get(path)).status_code == 200


@pytest.mark.usefixtures("two_councils")
@pytest.mark.parametrize("stored", ['{"seats": "many"}', "", "[" * 5_000, "\xff", "of another"])
async def test_a_council_that_cannot_be_read_is_left_out_with_a_note(
    redis: Redis, settings: Settings, stored: str
) -> None:
    """The ticker starts, and shows the others; the council's own page says what is wrong."""
    keys = Keys(settings.namespace)
    if stored == "of another":
        stored = (await redis.hget(keys.council(COUNCIL), "totals") or b"").decode()
    await redis.hset(keys.council(OTHER), "totals", stored or " ")
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url) as client:
        await is_served_without(client, OTHER)


async def test_a_council_that_becomes_unreadable_comes_back_with_its_next_totals(
    two_councils: Counted, redis: Redis, settings: Settings, eventually: Eventually
) -> None:
    """Until then it is left out of the page, not shown as it was; the stream goes on."""
    keys = Keys(settings.namespace)
    async with (
        ticking(settings) as url,
        httpx.AsyncClient(base_url=url) as client,
        Reader(f"{url}/live/{ELECTION}?view=night&after=1-1") as reader,
        Reader(f"{url}/v1/stream?election={ELECTION}") as feed,
    ):
        await redis.hset(keys.council(OTHER), "totals", '{"seats": "many"}')
        await redis.xadd(keys.feed(ELECTION), unreadable(OTHER, "totals"))
        await eventually(lambda: LEFT_OUT in str(reader.of("change")))
        await is_served_without(client, OTHER)
        await two_councils.count(declared("Ash", "PP52", council=OTHER))

        async def is_back() -> bool:
            return (await client.get(f"/councils/{OTHER}")).status_code == 200

        await eventually(is_back)
        assert LEFT_OUT not in (await client.get(f"/elections/{ELECTION}")).text
        assert not feed.of("reset")
        assert feed.of("totals")[-1].data["council"] == OTHER


async def test_a_ward_and_an_alert_that_cannot_be_read_are_named_on_the_councils_page(
    two_councils: Counted, redis: Redis, settings: Settings, eventually: Eventually
) -> None:
    """The council's other wards are shown, and the ward's own page says what is wrong."""
    keys = Keys(settings.namespace)
    ward = f"/councils/{COUNCIL}/wards/{ballot('Ash')}"
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url) as client:
        await client.get(ward)
        entry = unreadable(COUNCIL, "ward", ballot_paper_id=ballot("Ash"))
        await redis.xadd(keys.feed(ELECTION), entry)
        await redis.xadd(keys.feed(ELECTION), unreadable(COUNCIL, "alert"))

        async def is_named() -> bool:
            page = (await client.get(f"/councils/{COUNCIL}")).text
            return f"{LEFT_OUT}: alerts, {ballot('Ash')}." in page

        await eventually(is_named)
        assert (await client.get(ward)).status_code == 500
        await two_councils.count(declared("Ash", "PP53", revision=2))

        async def is_back() -> bool:
            return (await client.get(ward)).status_code == 200

        await eventually(is_back)


class Faulty:
    """Renders as the ticker does, except for some pages, of which it fails to render any."""

    def __init__(self) -> None:
        self.failing: set[PageKey] = set()

    def __call__(self, state: ElectionState, key: PageKey) -> View:
        """Returns a page's view, or fails as a fault in a template would."""
        if key in self.failing:
            raise ZeroDivisionError
        return render(state, key)


@pytest.fixture
def faulty() -> Faulty:
    """A renderer that can be made to fail."""
    return Faulty()


@pytest.fixture
async def followers(redis: Redis, settings: Settings, faulty: Faulty) -> AsyncIterator[Followers]:
    """Followers that render with it."""
    store = ReadOnlyStore(redis, Keys(settings.namespace))
    made = Followers(store, Subscribers(), faulty, lambda: date(2030, 1, 1))
    yield made
    await made.stop()


async def test_a_page_that_cannot_be_rendered_loses_itself_only(
    redis: Redis,
    settings: Settings,
    two_councils: Counted,
    faulty: Faulty,
    eventually: Eventually,
) -> None:
    """Its streams are ended and it is refused; other pages are updated, and it comes back."""
    subscribers = Subscribers()
    store = ReadOnlyStore(redis, Keys(settings.namespace))
    followers = Followers(store, subscribers, faulty, lambda: date(2030, 1, 1))
    follower = await followers.of(ELECTION)
    follower.live_view(NightPage())
    follower.live_view(CouncilPage(COUNCIL))
    of_night, of_council = Subscriber(), Subscriber()
    night, council = RecordedStream(of_night), RecordedStream(of_council)
    subscribers.add(follower.view_topic(NightPage()), of_night)
    subscribers.add(follower.view_topic(CouncilPage(COUNCIL)), of_council)
    faulty.failing.add(NightPage())
    await two_councils.count(declared("Beech", "PP52"))

    await eventually(lambda: night.ended and council.written)
    assert b'"broken"' in night.received
    assert b"ward-local-nowhere-beech" in council.received
    with pytest.raises(BrokenPageError):
        follower.live_view(NightPage())
    faulty.failing.clear()
    await two_councils.count(declared("Cedar", "PP52"))
    await eventually(lambda: "3 of" in str(_night_if_shown(followers)) or None)
    await followers.stop()


def _night_if_shown(followers: Followers) -> str:
    follower = followers.followed(ELECTION)
    assert follower is not None
    try:
        progress = follower.live_view(NightPage()).view.fragments["progress"]
    except BrokenPageError:
        return ""
    return progress.replace("<b>", "").replace("</b>", "")


@pytest.mark.usefixtures("two_councils")
async def test_a_start_with_a_page_that_cannot_be_rendered_serves_the_others(
    faulty: Faulty, followers: Followers
) -> None:
    """Preloading renders the night; that it fails is not the end."""
    faulty.failing.add(NightPage())
    await followers.preload()
    follower = followers.followed(ELECTION)

    assert follower is not None
    assert follower.live_view(CouncilPage(COUNCIL)).view.fragments
