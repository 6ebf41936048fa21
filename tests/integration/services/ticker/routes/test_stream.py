from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from services.platform.names import Keys
from services.platform.settings import Settings
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, WARDS, Reader, declared, opened, ticking

pytestmark = pytest.mark.redis_only

Eventually = Callable[..., Awaitable[object]]

CORRECTIONS = 1_500
"""Of one ward, each with the totals of its council: some 6 MB of events."""


@pytest.fixture
async def night(counted: Counted) -> Counted:
    """A night with one council that has been opened."""
    await counted.count(opened())
    return counted


async def feed_ids(redis: Redis, settings: Settings) -> list[str]:
    """Returns the ids of the election's feed in Redis."""
    entries = await redis.xrange(Keys(settings.namespace).feed(ELECTION))
    return [entry[0].decode() for entry in entries]


async def snapshot(url: str) -> dict[str, object]:
    """Returns the election's snapshot."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/v1/elections/{ELECTION}/councils")
        return dict(answer.raise_for_status().json())


async def test_a_client_gets_every_change_after_its_snapshot_once(
    night: Counted, redis: Redis, settings: Settings, eventually: Eventually
) -> None:
    """The snapshot's feed id and the stream fit together without a gap or a repeat."""
    async with ticking(settings) as url:
        taken = await snapshot(url)
        await night.count(declared("Ash", "PP52"))
        stream = f"{url}/v1/stream?election={ELECTION}&after={taken['feed_id']}"
        async with Reader(stream) as reader:
            await night.count(declared("Beech", "PP52"))
            everything = await feed_ids(redis, settings)
            missing = everything[everything.index(str(taken["feed_id"])) + 1 :]
            await eventually(lambda: len(reader.events) >= len(missing))

            assert [event.id for event in reader.events] == missing
            assert reader.of("ward")[0].data["ward"] == "Ash"


async def test_a_stream_resumes_where_it_stopped(
    night: Counted, redis: Redis, settings: Settings, eventually: Eventually
) -> None:
    """A client that reconnects with Last-Event-ID gets the rest and nothing twice."""
    stream = f"/v1/stream?election={ELECTION}"
    async with ticking(settings) as url:
        async with Reader(url + stream) as reader:
            await night.count(declared("Ash", "PP52"))
            await eventually(lambda: reader.of("totals"))
        seen = [event.id for event in reader.events]
        await night.count(declared("Beech", "PP52"), declared("Cedar", "PP52"))
    async with ticking(settings) as url, Reader(url + stream, last_event_id=seen[-1]) as later:
        everything = await feed_ids(redis, settings)
        rest = everything[everything.index(seen[-1]) + 1 :]
        await eventually(lambda: len(later.events) >= len(rest))

        assert [event.id for event in later.events] == rest


async def test_an_id_that_has_fallen_off_the_feed_asks_for_a_reload(
    night: Counted, settings: Settings, eventually: Eventually
) -> None:
    """A client whose id is not in the feed is asked to load the snapshot again."""
    async with ticking(settings) as url:
        stream = f"{url}/v1/stream?election={ELECTION}"
        async with Reader(stream, last_event_id="17-0") as reader:
            await eventually(lambda: reader.of("reset"))
            await night.count(declared("Ash", "PP52"))
            await eventually(lambda: reader.of("totals"))

            assert [event.name for event in reader.events].index("reset") == 0


async def test_a_client_that_has_missed_megabytes_is_asked_to_reload(
    night: Counted, settings: Settings, eventually: Eventually
) -> None:
    """What it missed is more than may wait for one client, whom coming back would not help."""
    async with ticking(settings) as url:
        before = str((await snapshot(url))["feed_id"])
        for revision in range(1, CORRECTIONS + 1):
            party = "PP52" if revision % 2 else "PP53"
            await night.count(declared("Ash", party, revision=revision))
        newest = str((await snapshot(url))["feed_id"])
        stream = f"{url}/v1/stream?election={ELECTION}"
        async with Reader(stream, last_event_id=before) as reader:
            await eventually(lambda: reader.of("reset"))
            await night.count(declared("Beech", "PP52"))
            await eventually(lambda: reader.of("totals"))

            assert [event.name for event in reader.events if event.name != "ward"][:2] == [
                "reset",
                "totals",
            ]
            assert reader.events[0].id == newest


async def test_streams_go_on_after_redis_was_wiped_and_rebuilt(
    night: Counted, redis: Redis, settings: Settings, eventually: Eventually
) -> None:
    """What a rebuilt Redis says again is not sent again, and what is new arrives."""
    await night.count(declared("Ash", "PP52"), declared("Beech", "PP52"))
    async with ticking(settings) as url, Reader(f"{url}/v1/stream?election={ELECTION}") as reader:
        async for key in redis.scan_iter(Keys(settings.namespace).pattern()):
            await redis.unlink(key)
        rebuilt = Counted(redis, settings.namespace)
        await rebuilt.count_batch([opened()])
        await rebuilt.count(declared("Ash", "PP52"), declared("Beech", "PP52"))
        await rebuilt.count(declared("Cedar", "PP52"))
        await eventually(
            lambda: [event for event in reader.of("totals") if event.data["wards_declared"] == 3]
        )
        raised = [event.data["id"] for event in reader.of("alert")]

        assert len(raised) == len(set(raised))
        assert (await snapshot(url))["councils"][0]["wards_declared"] == 3  # type: ignore[index]


class Gateway:
    """A proxy to Redis that can be closed and opened again."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def open(self) -> None:
        """Accepts connections, on the same port as before."""
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Cuts every connection and refuses new ones."""
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    @property
    def url(self) -> str:
        """The Redis URL of this proxy."""
        return self._target._replace(
            netloc=f"{self._target.username}:{self._target.password}@127.0.0.1:{self.port}"
        ).geturl()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._target.hostname, self._target.port)
        self._writers |= {writer, back}
        await asyncio.gather(_copy(reader, back), _copy(there, writer), return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()


async def test_clients_are_told_that_redis_is_away_and_back(
    night: Counted, settings: Settings, eventually: Eventually
) -> None:
    """The stream says that its figures are old, then new, and sends what was missed meanwhile."""
    gateway = Gateway(settings.redis_url.get_secret_value())
    await gateway.open()
    through = settings.model_copy(update={"redis_url": SecretStr(gateway.url)})
    async with ticking(through) as url, Reader(f"{url}/v1/stream?election={ELECTION}") as reader:
        gateway.close()
        await eventually(lambda: reader.of("stale"))
        await night.count(declared("Ash", "PP52"))
        assert (await snapshot(url))["councils"]
        await gateway.open()
        await eventually(lambda: reader.of("fresh"))
        await eventually(lambda: reader.of("totals"))
        gateway.close()

    assert reader.events[0].name == "stale"
    assert [event.data["wards_declared"] for event in reader.of("totals")] == [1]


async def test_an_entry_that_cannot_be_read_stops_nothing(
    night: Counted, redis: Redis, settings: Settings, eventually: Eventually
) -> None:
    """Unreadable data in the feed or in a ward is left out; what comes after it arrives."""
    keys = Keys(settings.namespace)
    async with ticking(settings) as url, Reader(f"{url}/v1/stream?election={ELECTION}") as reader:
        unreadable = {"type": "totals", "council": COUNCIL, "data": '{"seats": "many"}'}
        await redis.xadd(keys.feed(ELECTION), unreadable)
        await redis.xadd(keys.feed(ELECTION), {"type": "weather", "data": "{}"})
        await redis.hset(keys.wards(COUNCIL), "local.nowhere.fir.2014-05-22", "{}")
        await night.count(declared("Ash", "PP52"))
        await eventually(lambda: reader.of("totals"))
    async with ticking(settings) as url:
        assert len((await snapshot(url))["councils"]) == 1  # type: ignore[arg-type]

    assert [event.data["wards_declared"] for event in reader.of("totals")] == [1]


async def test_a_ward_that_is_no_longer_listed_leaves_every_reader(
    night: Counted, settings: Settings, eventually: Eventually
) -> None:
    """Its page, its council's data and its stream: as if it had never been listed."""
    first = opened()
    without = first.model_copy(update={"revision": 2, "wards": first.wards[:4], "seats_total": 12})
    gone = first.wards[4].ballot_paper_id
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url) as client:
        page = f"/councils/{COUNCIL}/wards/{gone}"
        assert (await client.get(page)).status_code == 200
        async with Reader(f"{url}/v1/stream?election={ELECTION}") as reader:
            await night.count(without)
            await eventually(lambda: reader.of("totals"))
        wards = (await client.get(f"/v1/councils/{COUNCIL}/wards")).json()["wards"]

        assert [each.data for each in reader.of("ward_gone")] == [
            {"council": COUNCIL, "ballot_paper_id": gone}
        ]
        assert [ward["ward"] for ward in wards] == list(WARDS[:4])
        assert (await client.get(page)).status_code == 404


async def test_a_stream_can_be_narrowed_to_a_council_or_to_alerts(
    night: Counted, settings: Settings, eventually: Eventually
) -> None:
    """`council` and `alerts` leave out everything else."""
    other = "local.elsewhere.2014-05-22"
    await night.count(opened(other, "Elsewhere"))
    async with (
        ticking(settings) as url,
        Reader(f"{url}/v1/stream?election={ELECTION}&council={other}") as council,
        Reader(f"{url}/v1/stream?election={ELECTION}&alerts=1") as alerts,
    ):
        for ward in WARDS[:3]:
            await night.count(declared(ward, "PP52"), declared(ward, "PP52", council=other))
        await eventually(lambda: len(alerts.of("alert")) >= 4)
        await eventually(lambda: len(council.of("totals")) >= 3)

        assert {event.data["council"] for event in council.events} == {other}
        assert {event.name for event in alerts.events} == {"alert"}


@pytest.mark.usefixtures("night")
async def test_one_stream_too_many_is_refused_with_the_reason(settings: Settings) -> None:
    """At the limit of clients the next is told so, and when to try again."""
    async with ticking(settings, clients_max=1) as url:
        stream = f"{url}/v1/stream?election={ELECTION}"
        async with Reader(stream), httpx.AsyncClient() as client:
            refused = await client.get(stream)

    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "10"
    assert "1 streams are open" in refused.json()["detail"]


@pytest.mark.usefixtures("night")
async def test_readers_and_the_desk_are_served_while_one_address_holds_all_streams(
    settings: Settings, eventually: Eventually
) -> None:
    """Another address gets a stream, which the greedy one loses, and the desk has its own."""
    token = "a-token-of-the-desk"  # noqa: S105 -- used only by this test
    locked = settings.model_copy(update={"desk_token": SecretStr(token)})
    async with ticking(locked, clients_max=3) as url:
        stream = f"{url}/v1/stream?election={ELECTION}"
        desk = f"{url.replace('//', f'//desk:{token}@')}/desk/live"
        async with Reader(stream) as first, Reader(stream), Reader(stream) as newest:
            async with httpx.AsyncClient() as client:
                assert (await client.get(stream)).status_code == 503
            elsewhere = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
            async with (
                httpx.AsyncClient(transport=elsewhere) as client,
                client.stream("GET", stream) as from_elsewhere,
                client.stream("GET", desk) as of_desk,
            ):
                await eventually(lambda: newest.of("closed"))

                assert (from_elsewhere.status_code, of_desk.status_code) == (200, 200)
                assert newest.of("closed")[0].data["reason"] == "displaced"
                assert not first.of("closed")


async def test_a_page_gets_only_the_parts_that_changed(
    night: Counted, settings: Settings, eventually: Eventually
) -> None:
    """A page's stream sends the ward that declared and not its neighbours."""
    async with ticking(settings) as url:
        at = (await snapshot(url))["feed_id"]
        live = f"{url}/live/{ELECTION}?view=council%20{COUNCIL}&after={at}"
        async with Reader(live) as reader:
            await night.count(declared("Ash", "PP52"))
            await eventually(lambda: reader.of("change"))
            parts = reader.of("change")[0].data["replace"]

            assert "ward-local-nowhere-ash-2014-05-22" in parts
            assert "ward-local-nowhere-elm-2014-05-22" not in parts
            assert "&lt;script&gt;" in parts["ward-local-nowhere-ash-2014-05-22"]


@pytest.mark.usefixtures("night")
@pytest.mark.parametrize("wrong", ["yesterday", "1-2-3", "<1-0>"])
async def test_an_id_that_is_no_feed_id_is_refused(settings: Settings, wrong: str) -> None:
    """The refusal names the parameter or header that no feed could have written, and no other."""
    address = {"election": ELECTION}
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url) as client:
        after = await client.get("/v1/stream", params=address | {"after": wrong})
        header = await client.get("/v1/stream", params=address, headers={"Last-Event-ID": wrong})

    assert (after.status_code, header.status_code) == (400, 400)
    assert after.json()["detail"].startswith(f"after: {wrong!r}; give ")
    assert header.json()["detail"].startswith(f"Last-Event-ID: {wrong!r}; give ")
