from __future__ import annotations

import html
import re

import httpx

from tests.support.ticking import COUNCIL, ELECTION


async def test_a_page_names_its_embed(client: httpx.AsyncClient) -> None:
    """A system that is given a page's address finds the embed by the page's own link."""
    for path in (f"/councils/{COUNCIL}", f"/elections/{ELECTION}"):
        page = await client.get(path)
        (link,) = re.findall(r'type="application/json\+oembed" href="([^"]+)"', page.text)

        assert (await client.get(html.unescape(link))).json()["type"] == "rich"


async def test_an_address_becomes_an_embed(client: httpx.AsyncClient) -> None:
    """OEmbed answers with an iframe that the ticker serves, and refuses other addresses."""
    url = f"{client.base_url}/councils/{COUNCIL}"
    found = (await client.get("/oembed", params={"url": url})).json()
    foreign = await client.get("/oembed", params={"url": f"https://example.org/councils/{COUNCIL}"})

    assert f"/embed/council/{COUNCIL}" in found["html"]
    assert found["type"] == "rich"
    assert foreign.status_code == 404
