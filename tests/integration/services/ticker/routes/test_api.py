from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, WARDS, declared

pytestmark = pytest.mark.redis_only

Eventually = Callable[..., Awaitable[object]]


async def test_an_unchanged_response_is_not_sent_again(
    client: httpx.AsyncClient, counted: Counted, eventually: Eventually
) -> None:
    """A client that has the snapshot gets 304 until something is declared."""
    path = f"/v1/elections/{ELECTION}/councils"
    first = await client.get(path)
    known = {"If-None-Match": first.headers["ETag"]}

    assert "max-age=1" in first.headers["Cache-Control"]
    assert (await client.get(path, headers=known)).status_code == 304
    await counted.count(declared("Cedar", "PP52"))

    async def changed() -> bool:
        return (await client.get(path, headers=known)).status_code == 200

    await eventually(changed)


async def test_tables_hold_every_council_and_candidate(client: httpx.AsyncClient) -> None:
    """The CSV files have a row for each party and for each candidate."""
    councils = await client.get(f"/v1/elections/{ELECTION}/councils.csv")
    wards = await client.get(f"/v1/councils/{COUNCIL}/wards.csv")
    parties = list(csv.DictReader(io.StringIO(councils.content.decode("utf-8-sig"))))
    candidates = list(csv.DictReader(io.StringIO(wards.content.decode("utf-8-sig"))))

    # Excel takes a file without this mark for one in Windows' own encoding, and spoils every name.
    assert councils.content.startswith(codecs.BOM_UTF8 + b"council,")
    assert wards.content.startswith(codecs.BOM_UTF8 + b"ballot_paper_id,")
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


async def test_the_interface_is_described(client: httpx.AsyncClient) -> None:
    """OpenAPI lists the data's paths with their models, and no page loads from elsewhere."""
    described = (await client.get("/v1/openapi.json")).json()

    assert "/v1/elections/{election}/councils" in described["paths"]
    assert "CouncilTotals" in described["components"]["schemas"]
    table = described["paths"]["/v1/elections/{election}/councils.csv"]["get"]["responses"]
    assert table.keys() == {"200", "304", "404", "422", "431", "500", "503"}
    assert table["200"]["content"].keys() == {"text/csv"}
    assert (await client.get("/docs")).status_code == 404
