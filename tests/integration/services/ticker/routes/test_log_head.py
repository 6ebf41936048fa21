"""The head of the log as the ticker publishes it, and what pages say of it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
from redis.asyncio import Redis

from schemas.log_head import LogHead
from services.platform.names import Keys
from services.platform.settings import Settings
from tests.support.counted import PARTITION, Counted
from tests.support.merkle import heads_in_redis
from tests.support.ticking import COUNCIL, ELECTION, ballot, declared

pytestmark = pytest.mark.redis_only

Eventually = Callable[..., Awaitable[object]]


async def test_the_head_is_published_as_verify_takes_it(
    client: httpx.AsyncClient, counted: Counted, redis: Redis, settings: Settings
) -> None:
    """Every partition, or a council's own; it changes with each declaration and may be cached."""
    first = await client.get("/v1/log")
    head = LogHead.model_validate_json(first.content)
    again = await client.get("/v1/log", headers={"If-None-Match": first.headers["ETag"]})
    await counted.count(declared("Cedar", "PP52"))
    later = LogHead.model_validate_json((await client.get("/v1/log")).content)
    council = (await client.get(f"/v1/councils/{COUNCIL}")).json()
    own = LogHead.model_validate_json((await client.get(council["log"])).content)

    assert (head.namespace, len(head.partitions)) == (settings.namespace, 1)
    assert head.partitions[0].messages == 3
    assert again.status_code == 304
    stored = (await heads_in_redis(redis, settings))[PARTITION]
    found = later.partitions[0]
    assert (found.first_offset, found.end_offset, found.messages, found.root) == stored
    assert found.root != head.partitions[0].root
    assert own == later


async def test_a_council_without_a_head_has_none(
    client: httpx.AsyncClient, redis: Redis, settings: Settings
) -> None:
    """Before the log has trees, and for a council that nobody has opened."""
    await redis.delete(Keys(settings.namespace).log_trees())

    assert (await client.get("/v1/log")).json()["partitions"] == []
    for council in (COUNCIL, "local.nobody.2014-05-22"):
        assert (await client.get(f"/v1/councils/{council}/log")).status_code == 404


async def test_a_tree_that_cannot_be_read_costs_itself_only(
    client: httpx.AsyncClient, redis: Redis, settings: Settings
) -> None:
    """Whatever stands in Redis, the other partitions' heads are published."""
    key = Keys(settings.namespace).log_trees()
    await redis.hset(key, mapping={"8": "no tree", "nine": "{}"})

    found = LogHead.model_validate_json((await client.get("/v1/log")).content)
    assert [each.partition for each in found.partitions] == [PARTITION]


async def test_pages_of_nights_and_councils_show_the_head(
    client: httpx.AsyncClient, redis: Redis, settings: Settings, eventually: Eventually
) -> None:
    """With how many messages it has and where to check it; in Welsh too, and not on other pages."""
    _, _, messages, root = (await heads_in_redis(redis, settings))[PARTITION]
    path = f"/councils/{COUNCIL}"

    async def shown() -> bool:
        return 'class="note log"' in (await client.get(path)).text

    await eventually(shown)
    council, night = (await client.get(path)).text, await client.get(f"/elections/{ELECTION}")
    welsh = (await client.get(path, params={"language": "cy"})).text
    ward = (await client.get(f"{path}/wards/{ballot('Ash')}")).text

    link = f'<a href="/v1/councils/{COUNCIL}/log">'
    assert f"The head of its {messages} messages: {link}" in council
    assert f"<code>{root[:16]}…</code>" in council
    assert '<a href="/v1/log">by partition</a>' in night.text
    assert "neges:" in welsh
    assert 'class="note log"' not in ward
    for page in (council, night.text):
        (address,) = set(re.findall(r'href="(/how-it-works#log)"', page))
        assert 'id="log"' in (await client.get(address)).text


async def test_pages_are_shown_without_a_head_while_there_is_none(
    client: httpx.AsyncClient, redis: Redis, settings: Settings, eventually: Eventually
) -> None:
    """As with an aggregator of a version before: the line is left out, and nothing else."""
    await redis.delete(Keys(settings.namespace).log_trees())

    async def left_out() -> bool:
        return 'class="note log"' not in (await client.get(f"/councils/{COUNCIL}")).text

    await eventually(left_out)
    night = await client.get(f"/elections/{ELECTION}")
    assert night.status_code == 200
    assert 'class="note log"' not in night.text
