"""What a hostile or careless client does to the ticker, and that nobody else notices."""

from __future__ import annotations

import httpx
import pytest
from redis.asyncio import Redis

from services.platform.names import Keys
from services.platform.settings import Settings
from services.ticker.feed.followers import ELECTIONS_MAX
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, declared, opened, ticking

pytestmark = pytest.mark.redis_only

ABSURD = ["-1", "1000000000000000", "99999999999999999999", "now", "1e3"]


@pytest.mark.parametrize("at", ABSURD)
@pytest.mark.parametrize("path", [f"/elections/{ELECTION}", f"/councils/{COUNCIL}"])
async def test_a_time_that_cannot_be_is_refused(
    client: httpx.AsyncClient, path: str, at: str
) -> None:
    """It is the reader's error and never the server's."""
    assert (await client.get(path, params={"at": at})).status_code == 422


@pytest.mark.parametrize("width", ["-99999999999999999999999", "0", "wide"])
async def test_a_width_that_cannot_be_is_refused(client: httpx.AsyncClient, width: str) -> None:
    """The same of an embed's size."""
    url = f"{client.base_url}/councils/{COUNCIL}"
    asked = await client.get("/oembed", params={"url": url, "maxwidth": width})

    assert asked.status_code == 422


async def test_no_page_repeats_what_a_request_says_of_its_host(
    client: httpx.AsyncClient,
) -> None:
    """A cache that ignores Host would hand a stranger's address to every reader."""
    for path in (f"/elections/{ELECTION}", f"/councils/{COUNCIL}", f"/elections/{ELECTION}/"):
        answer = await client.get(path, headers={"Host": "evil.example"})

        assert "evil.example" not in answer.text + str(answer.headers)


async def test_the_public_address_is_the_one_that_is_set(
    counted: Counted, settings: Settings
) -> None:
    """Links and embeds lead to where readers reach the ticker."""
    await counted.count(opened())
    behind = settings.model_copy(update={"public_url": "https://count.example.org"})
    async with ticking(behind) as url, httpx.AsyncClient(base_url=url) as client:
        page = await client.get(f"/councils/{COUNCIL}")
        embed = await client.get(
            "/oembed", params={"url": f"https://count.example.org/councils/{COUNCIL}"}
        )

    assert f"https%3A//count.example.org/councils/{COUNCIL}" in page.text
    assert f'src="https://count.example.org/embed/council/{COUNCIL}"' in embed.json()["html"]


async def test_made_up_elections_do_not_take_tonight_off_the_page(
    redis: Redis, counted: Counted, settings: Settings
) -> None:
    """The list follows none of them, and one that nobody reads makes room for another."""
    await counted.count(opened(), declared("Ash", "PP52"))
    keys = Keys(settings.namespace)
    made_up = [f"local.{year}-01-01" for year in range(3000, 3000 + ELECTIONS_MAX + 6)]
    await redis.sadd(keys.elections(), *made_up)
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url, timeout=30) as client:
        listed = await client.get("/")
        visited = [(await client.get(f"/elections/{each}")).status_code for each in made_up]
        tonight = await client.get(f"/elections/{ELECTION}")

    assert listed.status_code == 200
    assert set(visited) == {200}
    assert "Nowhere" in tonight.text


async def test_stored_json_that_cannot_be_read_takes_nothing_else_with_it(
    redis: Redis, counted: Counted, settings: Settings
) -> None:
    """A ward with the year 1 from an older version is left out; the council and its page stay."""
    await counted.count(opened(), declared("Ash", "PP52"), declared("Beech", "PP52"))
    wards = Keys(settings.namespace).wards(COUNCIL)
    (ballot, stored), *_ = sorted((await redis.hgetall(wards)).items())
    year_one = stored.replace(b'"declared_at":null', b'"declared_at":"0001-01-01T00:00:00Z"')
    assert year_one != stored
    await redis.hset(wards, ballot, year_one)
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url) as client:
        assert (await client.get(f"/elections/{ELECTION}")).status_code == 200
        assert (await client.get(f"/councils/{COUNCIL}")).status_code == 200
