"""What councils come to together: as data, as a table and as events."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable

import httpx
import pytest
from redis.asyncio import Redis

from schemas.national import NationalTotals
from services.platform.names import Keys
from services.platform.settings import Settings
from services.ticker.routes.national import National
from tests.support.counted import Counted
from tests.support.national import LOCALS, Nation, national, night_alert, part
from tests.support.ticking import COUNCIL, ELECTION, Reader, declared, opened, ticking

pytestmark = pytest.mark.redis_only

Eventually = Callable[..., Awaitable[object]]

PATH = f"/v1/elections/{ELECTION}/national"


@pytest.fixture
def nation(redis: Redis, settings: Settings) -> Nation:
    """Writes totals of the night into the test's Redis."""
    return Nation(redis, settings)


async def at_version(client: httpx.AsyncClient, version: int) -> dict[str, object]:
    """Returns the night as data if it is at a version; else nothing."""
    answer = await client.get(PATH)
    found: dict[str, object] = answer.json() if answer.status_code == 200 else {}
    return found if found.get("version") == version else {}


async def test_a_night_that_nobody_adds_up_is_not_found_with_the_reason(
    client: httpx.AsyncClient,
) -> None:
    """As data and as a table; its councils are there."""
    for path in (PATH, f"{PATH}.csv"):
        answer = await client.get(path)

        assert answer.status_code == 404
        assert "`livecount nation run`" in answer.json()["detail"]
    assert (await client.get(f"/v1/elections/{ELECTION}/councils")).status_code == 200


async def test_the_night_is_data_with_its_parts(
    client: httpx.AsyncClient, nation: Nation, eventually: Eventually
) -> None:
    """As it was stored, and each part by kind and name; unchanged it is not sent again."""
    london, wales = part("region", "London"), part("region", "Wales")
    shires = part("authority_type", "county")
    await nation.store(national(1), part("region", "London"))
    await nation.store(national(2), wales, london, shires)
    found = await eventually(lambda: at_version(client, 2))
    assert isinstance(found, dict)

    regions = found.pop("regions")
    own = {name: value for name, value in found.items() if name in NationalTotals.model_fields}
    assert own == national(2).model_dump(mode="json")
    assert regions == [london.model_dump(mode="json"), wales.model_dump(mode="json")]
    assert found["authority_types"] == [shires.model_dump(mode="json")]
    assert found["nations"] == found["cycles"] == []
    councils = await client.get(f"/v1/elections/{ELECTION}/councils")
    assert found["feed_id"] == councils.json()["feed_id"]

    first = await client.get(PATH)
    assert National.model_validate_json(first.content).feed_id == found["feed_id"]
    again = await client.get(PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert "max-age=1" in first.headers["Cache-Control"]
    assert again.status_code == 304


async def test_the_night_is_a_table(
    client: httpx.AsyncClient, nation: Nation, eventually: Eventually
) -> None:
    """A row for each party of the night and of each part; no cell is a formula."""
    formula = national().parties[2].model_copy(update={"party": "=1+1"})
    empty = part("region", "Wales", parties=())
    await nation.store(
        national(1, parties=(*national().parties[:2], formula)), part("region", "London"), empty
    )
    await eventually(lambda: at_version(client, 1))
    answer = await client.get(f"{PATH}.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert [(row["kind"], row["name"], row["party_id"]) for row in rows] == [
        ("night", "", "PP53"),
        ("night", "", "PP52"),
        ("night", "", "Ashford First"),
        ("region", "London", "PP53"),
        ("region", "Wales", ""),
    ]
    labour = rows[0]
    assert labour["gained_from"] == "PP52 4; NOC 2"
    assert (labour["change_eve_of_poll"], labour["change_eve_of_poll_covers"]) == ("669", "133")
    assert labour["councils_total"] == "161"
    assert rows[2]["party"] == "'=1+1"


async def test_a_stream_has_the_night_as_it_changes_and_resumes(
    counted: Counted, nation: Nation, settings: Settings, eventually: Eventually
) -> None:
    """With alerts of the night; a stream of one council or of alerts has no totals of it."""
    await counted.count(opened())
    stream = f"/v1/stream?election={ELECTION}"
    async with ticking(settings) as url:
        async with (
            Reader(url + stream) as reader,
            Reader(f"{url}{stream}&council={COUNCIL}") as of_council,
            Reader(f"{url}{stream}&alerts=1") as of_alerts,
        ):
            await nation.store(national(1))
            await nation.tell(night_alert())
            await counted.count(declared("Ash", "PP52"))
            await eventually(lambda: reader.of("totals") and of_council.of("totals"))
            await eventually(lambda: of_alerts.of("alert"))
        seen = reader.events[-1].id
        for version in (2, 3):
            await nation.store(national(version))
        async with Reader(url + stream, last_event_id=seen) as later:
            await eventually(lambda: [each for each in later.events if each.data["version"] == 3])

    whole = national(1)
    matter = tuple(each for each in whole.parties if each not in LOCALS)
    sent = whole.model_copy(update={"parties": matter})
    assert [each.data for each in reader.of("national")] == [sent.model_dump(mode="json")]
    assert [each.data["council"] for each in reader.of("alert")] == [None]
    assert not of_council.of("national")
    assert {each.name for each in of_alerts.events} == {"alert"}
    assert later.of("national")[-1].data["version"] == 3


async def test_a_ticker_that_starts_late_has_the_night_and_its_alerts(
    counted: Counted, nation: Nation, settings: Settings
) -> None:
    """Also if the feed has gone on since."""
    await counted.count(opened())
    for version in (5, 6, 7):
        await nation.store(national(version), part("cycle", "thirds"))
    await nation.tell(night_alert())
    await counted.count(declared("Ash", "PP52"))
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url) as client:
        found = (await client.get(PATH)).json()
        alerts = (await client.get(f"/v1/elections/{ELECTION}/alerts")).json()["alerts"]
        feed = (await client.get(f"/v1/elections/{ELECTION}/feed")).json()["entries"]

    assert (found["version"], [each["name"] for each in found["cycles"]]) == (7, ["thirds"])
    assert night_alert().id in [each["id"] for each in alerts]
    # Each replaces those before.
    assert [each["data"]["version"] for each in feed if each["type"] == "national"] == [7]


async def test_totals_that_are_written_without_a_word_are_seen(
    client: httpx.AsyncClient,
    nation: Nation,
    redis: Redis,
    settings: Settings,
    eventually: Eventually,
) -> None:
    """As when they are counted again from the log after Redis was lost."""
    await nation.store(national(3))
    await eventually(lambda: at_version(client, 3))
    key = Keys(settings.namespace).national(ELECTION)
    async with Reader(f"{client.base_url}/v1/stream?election={ELECTION}") as reader:
        await redis.hset(key, "night", national(5).model_dump_json())
        await eventually(lambda: at_version(client, 5))

    assert "+669" in (await client.get(f"/elections/{ELECTION}")).text
    assert not reader.of("reset")


async def test_totals_that_cannot_be_read_take_nothing_else_with_them(
    client: httpx.AsyncClient,
    nation: Nation,
    redis: Redis,
    settings: Settings,
    eventually: Eventually,
) -> None:
    """The night is answered with 500 until it can be read; a part is left out; councils stay."""
    keys = Keys(settings.namespace)
    await redis.hset(
        keys.national(ELECTION), "region:Wales", part("region", "Kent").model_dump_json()
    )
    await redis.hset(keys.national(ELECTION), "offset", "17")
    await nation.store(national(1), part("region", "London"))
    found = await eventually(lambda: at_version(client, 1))
    assert isinstance(found, dict)
    assert [each["name"] for each in found["regions"]] == ["London"]

    await redis.hset(keys.national(ELECTION), "night", "{}")
    await redis.xadd(keys.feed(ELECTION), {"type": "national", "council": "", "data": "{}"})

    async def is_broken() -> bool:
        return (await client.get(PATH)).status_code == 500

    await eventually(is_broken)
    assert (await client.get(f"/elections/{ELECTION}")).status_code == 200
    await nation.store(national(2))
    await eventually(lambda: at_version(client, 2))
