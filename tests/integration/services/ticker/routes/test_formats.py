from __future__ import annotations

from collections.abc import Awaitable, Callable
from xml.etree import ElementTree as ET

import httpx
import pytest

from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, WARDS, declared

pytestmark = pytest.mark.redis_only

Eventually = Callable[..., Awaitable[object]]

SERVED = {
    "results.csv": "text/csv; charset=utf-8",
    "democracy-club.csv": "text/csv; charset=utf-8",
    "lga.csv": "text/csv; charset=utf-8",
    "press-association.json": "application/json",
    "alerts.atom": "application/atom+xml; charset=utf-8",
}


@pytest.mark.parametrize("name", SERVED)
async def test_a_form_is_served_to_any_site(name: str, client: httpx.AsyncClient) -> None:
    """With its type, and not again as long as it is the same."""
    path = f"/v1/elections/{ELECTION}/{name}"

    first = await client.get(path)
    again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert first.status_code == 200
    assert first.headers["Content-Type"] == SERVED[name]
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.content
    assert again.status_code == 304


@pytest.mark.parametrize("name", SERVED)
async def test_there_is_no_form_of_an_unknown_election(
    name: str, client: httpx.AsyncClient
) -> None:
    """The answer says so."""
    assert (await client.get(f"/v1/elections/local.1999-05-06/{name}")).status_code == 404


async def test_a_form_goes_on_with_the_count(
    client: httpx.AsyncClient, counted: Counted, eventually: Eventually
) -> None:
    """A ward that declares is in the table, and a council that is complete in the agency's form."""
    table, councils = (
        f"/v1/elections/{ELECTION}/{name}" for name in ("results.csv", "press-association.json")
    )
    before = (await client.get(table)).text
    assert (await client.get(councils)).json() == []

    await counted.count_batch([declared(ward, "PP52") for ward in WARDS])

    async def is_complete() -> bool:
        return bool((await client.get(councils)).json())

    await eventually(is_complete)
    after = (await client.get(table)).text
    assert after != before
    assert after.count("\r\n") == 1 + 6 * len(WARDS)


async def test_the_feed_of_alerts_links_to_where_readers_reach_the_ticker(
    client: httpx.AsyncClient, counted: Counted, eventually: Eventually
) -> None:
    """Not to whatever host a request names."""
    await counted.count_batch([declared(ward, "PP52") for ward in WARDS])
    path = f"/v1/elections/{ELECTION}/alerts.atom"

    async def has_entries() -> bool:
        return b"<entry>" in (await client.get(path)).content

    await eventually(has_entries)
    answer = await client.get(path, headers={"Host": "elsewhere.example"})
    feed = ET.fromstring(answer.content)  # noqa: S314 -- our own
    links = [link.get("href") or "" for link in feed.iter("{http://www.w3.org/2005/Atom}link")]

    assert any(f"/councils/{COUNCIL}#alert-" in link for link in links)
    assert not any("elsewhere" in link for link in links)
