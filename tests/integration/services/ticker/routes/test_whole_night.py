from __future__ import annotations

import asyncio
import codecs
import csv
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from fastapi import HTTPException
from starlette.types import Message, Scope

from services.archive.counted_log import count_log, election_states
from services.platform.settings import Settings
from services.ticker.feed.election_state import ElectionState
from services.ticker.routes.caching import JSON
from services.ticker.routes.downloads import Download, Downloads
from services.ticker.routes.whole_night import snapshot, wards_json, wards_table_of
from tests.support.archived import PARTITIONS, log_of
from tests.support.counted import Counted
from tests.support.night_of_two import night_of_two
from tests.support.ticking import COUNCIL, ELECTION, WARDS, declared, opened, ticking

pytestmark = pytest.mark.redis_only

Eventually = Callable[..., Awaitable[object]]

OTHER = "local.elsewhere.2014-05-22"


def rows(body: bytes) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""))]


async def test_the_wards_of_a_night_are_those_of_its_councils(
    settings: Settings, counted: Counted
) -> None:
    """As JSON and as a table that a spreadsheet reads, each in one file under a name of its own."""
    await counted.count(opened(), opened(OTHER, "Ynys Môn"), declared("Ash", "PP52"))
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url, timeout=30) as client:
        of_councils = [
            (await client.get(f"/v1/councils/{council}/wards")).json()["wards"]
            for council in (COUNCIL, OTHER)
        ]
        night = await client.get(f"/v1/elections/{ELECTION}/wards")
        table = await client.get(f"/v1/elections/{ELECTION}/wards.csv")
        single = [
            await client.get(f"/v1/councils/{council}/wards.csv") for council in (COUNCIL, OTHER)
        ]

    assert night.json()["wards"] == [*of_councils[0], *of_councils[1]]
    assert night.json()["election"] == ELECTION
    assert rows(table.content) == [row for each in single for row in rows(each.content)]
    assert len(rows(table.content)) == 2 * 6 * len(WARDS)
    assert {row["council_name"] for row in rows(table.content)} == {"Nowhere", "Ynys Môn"}
    assert table.content.count(codecs.BOM_UTF8) == 1
    assert table.content.startswith(codecs.BOM_UTF8)
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    disposition = f'attachment; filename="wards.{ELECTION}.csv"'
    assert table.headers["Content-Disposition"] == disposition
    # Every row says when it was so, as the feed id of the same answer does.
    assert len({row["as_of"] for row in rows(table.content)}) == 1


async def test_a_whole_night_is_not_sent_again_unchanged(
    client: httpx.AsyncClient, counted: Counted, eventually: Eventually
) -> None:
    """Until something is declared."""
    for path in (f"/v1/elections/{ELECTION}/wards", f"/v1/elections/{ELECTION}/wards.csv"):
        first = await client.get(path)
        known = {"If-None-Match": first.headers["ETag"]}

        assert (await client.get(path, headers=known)).status_code == 304
        assert (await client.head(path)).headers["ETag"] == first.headers["ETag"]
    await counted.count(declared("Cedar", "PP52"))

    async def changed() -> bool:
        return (await client.get(path, headers=known)).status_code == 200

    await eventually(changed)


async def test_an_election_says_how_far_it_is_and_what_there_is(
    client: httpx.AsyncClient,
) -> None:
    """Its day, whether it is a rehearsal, its counts, and addresses that are served."""
    found = (await client.get(f"/v1/elections/{ELECTION}")).json()

    assert (found["title"], found["date"], found["mode"]) == (
        "22 May 2014",
        "2014-05-22",
        "rehearsal",
    )
    assert found["councils"] == {"opened": 1, "decided": 0, "complete": 0}
    assert found["wards"] == {"total": 5, "declared": 2}
    for name, address in found["links"].items():
        if name not in {"stream", "national"}:
            assert (await client.get(address)).status_code == 200, name
    assert (await client.get("/v1/elections/local.1999-05-06")).status_code == 404


async def test_parties_have_their_names_and_colours(client: httpx.AsyncClient) -> None:
    """So that a client shows what the pages show."""
    parties = {
        each["party_id"]: each for each in (await client.get("/v1/parties")).json()["parties"]
    }

    assert parties["PP53"]["name"] == "Labour Party"
    assert parties["PP53"]["short"] == "Lab"
    assert all(each["colour"].startswith("#") for each in parties.values())


@pytest.fixture
def state() -> ElectionState:
    (found,) = election_states(count_log(log_of(night_of_two(), "live"), PARTITIONS))
    return found


async def test_others_are_served_while_a_night_is_written(state: ElectionState) -> None:
    """The event loop gets its turn at least once for each council."""
    for pieces in (
        wards_json(state.election, state.at, snapshot(state)),
        wards_table_of(state.at, snapshot(state)),
    ):
        turns = 0

        async def count_turns() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counting = asyncio.create_task(count_turns())
        assert [piece async for piece in pieces]
        counting.cancel()

        assert turns >= len(state.councils)


async def test_what_changes_meanwhile_is_not_in_it(state: ElectionState) -> None:
    """An answer is of one moment, however slowly it is read."""
    whole = [piece async for piece in wards_json(state.election, state.at, snapshot(state))]
    taken = wards_json(state.election, state.at, snapshot(state))
    first = await anext(taken)
    for council in state.councils.values():
        council.wards_json.clear()
    rest = [piece async for piece in taken]

    assert b"".join([first, *rest]) == b"".join(whole)
    assert json.loads(b"".join(whole))["wards"]


def test_only_so_many_are_sent_at_once() -> None:
    """One more is asked to come back, and told what to ask for instead."""
    with pytest.raises(HTTPException, match="ask for single councils") as refused:
        Downloads(places=0).check()

    assert refused.value.status_code == 503
    assert refused.value.headers == {"Retry-After": "5"}


async def test_who_reads_too_slowly_gives_up_the_place() -> None:
    """A client that takes nothing does not keep it for ever."""
    downloads = Downloads(timeout_s=0.05)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"

    async def stuck(_: Message) -> None:
        await asyncio.Event().wait()

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    scope: Scope = {"type": "http", "path": "/", "asgi": {"spec_version": "2.3"}}
    await Download(downloads, pieces(), JSON, {})(scope, receive, stuck)

    assert downloads.under_way == 0
