from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from redis.asyncio import Redis

from services.platform.names import Keys
from services.platform.settings import Settings
from services.ticker.broadcast.subscriber import Subscriber
from services.ticker.broadcast.subscribers import Subscribers
from services.ticker.feed.followers import ELECTIONS_MAX, Followers, TooManyElectionsError
from services.ticker.feed.store import ReadOnlyStore
from services.ticker.feed.summaries import Summaries
from services.ticker.pages.render import render
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, WARDS, Reader, declared, opened, ticking

pytestmark = pytest.mark.redis_only

TODAY = date(2030, 5, 2)


def made_up(number: int) -> str:
    """Returns a council whose election is not tonight's."""
    return f"local.x.{9_000 + number}-01-01"


def election(council: str) -> str:
    """Returns a council's election."""
    return f"local.{council.rpartition('.')[2]}"


@pytest.fixture
async def subscribers() -> Subscribers:
    """The streams of the followers."""
    return Subscribers()


@pytest.fixture
async def followers(
    redis: Redis, settings: Settings, subscribers: Subscribers
) -> AsyncIterator[Followers]:
    """Followers that follow nothing yet."""
    store = ReadOnlyStore(redis, Keys(settings.namespace))
    made = Followers(store, subscribers, render, lambda: TODAY)
    yield made
    await made.stop()


async def test_made_up_elections_do_not_take_tonight_off_the_page(
    counted: Counted, settings: Settings
) -> None:
    """However many others are opened and read, tonight's election is served, and the list too."""
    await counted.count_batch([opened(), *(opened(made_up(number)) for number in range(70))])
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url, timeout=30) as client:
        listed = await client.get("/")
        for number in range(70):
            read = await client.get(f"/v1/councils/{made_up(number)}")
            assert read.status_code == 200
        for path in (
            "/",
            f"/elections/{ELECTION}",
            f"/councils/{COUNCIL}",
            f"/v1/councils/{COUNCIL}",
            "/health/ready",
        ):
            assert (await client.get(path)).status_code == 200

    assert listed.status_code == 200
    assert ELECTION in listed.text
    assert election(made_up(69)) in listed.text


async def test_tonight_has_a_place_while_all_others_are_taken(
    counted: Counted, settings: Settings
) -> None:
    """Streams of many other elections refuse one more of those with 503, and never tonight's."""
    # Tomorrow would do as well as today: whenever this runs, one of the last days is meant.
    tonight = f"local.tonight.{datetime.now(UTC).date() - timedelta(days=1)}"
    others = [made_up(number) for number in range(ELECTIONS_MAX + 1)]
    await counted.count_batch([opened(council) for council in [tonight, *others]])
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url, timeout=30) as client:
        async with AsyncExitStack() as streams:
            for council in others[:ELECTIONS_MAX]:
                reader = Reader(f"{url}/v1/stream?election={election(council)}")
                await streams.enter_async_context(reader)
            full = await client.get(f"/elections/{election(others[-1])}")
            of_tonight = await client.get(f"/elections/{election(tonight)}")
        assert full.status_code == 503
        assert full.headers["Retry-After"] == "10"
        assert of_tonight.status_code == 200


async def test_the_list_follows_no_election(
    redis: Redis, counted: Counted, settings: Settings, followers: Followers
) -> None:
    """What nobody reads is summed up without being followed."""
    await counted.count(opened(), opened(made_up(0)))
    store = ReadOnlyStore(redis, Keys(settings.namespace))
    listed = await Summaries(store, followers, lambda: TODAY).all()

    assert [each.election for each in listed] == [election(made_up(0)), ELECTION]
    assert [followers.followed(each.election) for each in listed] == [None, None]


async def test_what_is_certain_before_any_vote_is_not_listed_as_decided(
    counted: Counted, followers: Followers, redis: Redis, settings: Settings
) -> None:
    """Labour keeps nine of its seats whoever is elected to the others."""
    wide = opened()
    kept = wide.standing[0].model_copy(update={"seats_not_up": 9})
    certain = wide.model_copy(
        update={
            "cycle": "thirds",
            "standing": (kept, *wide.standing[1:]),
            "wards": wide.wards[:2],
        }
    )
    await counted.count(certain)
    store = ReadOnlyStore(redis, Keys(settings.namespace))

    before = await Summaries(store, followers, lambda: TODAY).all()
    await counted.count(declared(WARDS[0], "PP52"))
    after = await Summaries(store, followers, lambda: TODAY).all()

    assert ([each.decided for each in before], [each.decided for each in after]) == ([0], [1])


async def test_what_nobody_reads_is_let_go_of(
    counted: Counted, followers: Followers, subscribers: Subscribers
) -> None:
    """An election without streams is let go of, and followed again when it is read again."""
    recent = f"local.recent.{TODAY - timedelta(days=1)}"
    streamed = made_up(1)
    await counted.count(opened(), opened(recent), opened(streamed))
    for council in (COUNCIL, recent, streamed):
        await followers.of(election(council))
    listened = await followers.of(election(streamed))
    subscribers.add(listened.topic, Subscriber())
    await followers.let_go_of_unread(unread_s=0.0)

    assert followers.followed(ELECTION) is None
    assert followers.followed(election(recent)) is not None
    assert followers.followed(election(streamed)) is listened
    assert (await followers.of(ELECTION)).state.find(COUNCIL) is not None


async def test_the_election_read_longest_ago_makes_place(
    counted: Counted, followers: Followers, subscribers: Subscribers
) -> None:
    """One more takes the place of one without streams; if all have some, it is refused."""
    councils = [made_up(number) for number in range(ELECTIONS_MAX + 2)]
    await counted.count_batch([opened(council) for council in councils])
    for council in councils[: ELECTIONS_MAX + 1]:
        follower = await followers.of(election(council))
        subscribers.add(follower.topic, Subscriber()) if council != councils[0] else None

    assert followers.followed(election(councils[0])) is None
    with pytest.raises(TooManyElectionsError):
        await followers.of(election(councils[-1]))


async def test_an_election_still_to_come_is_not_loaded_before_those_that_were_polled(
    counted: Counted, followers: Followers
) -> None:
    """The start loads the latest nights, and not polls of far away years."""
    await counted.count_batch([opened(), *(opened(made_up(number)) for number in range(5))])
    await followers.preload()

    assert followers.followed(ELECTION) is not None
    assert followers.followed(election(made_up(4))) is None
