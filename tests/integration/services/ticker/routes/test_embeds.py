from __future__ import annotations

import html
import re
from urllib.parse import quote

import httpx
import pytest

from services.platform.settings import Settings
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, opened, ticking


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


async def test_what_a_request_says_of_its_host_is_repeated_nowhere(
    client: httpx.AsyncClient,
) -> None:
    """A cache that ignores the host keeps nothing with the host of somebody else."""
    base = str(client.base_url).rstrip("/")
    paths = (
        "/",
        f"/elections/{ELECTION}",
        f"/councils/{COUNCIL}",
        f"/embed/council/{COUNCIL}",
        f"/elections/{ELECTION}/",
        f"/oembed?url={base}/councils/{COUNCIL}",
        "/nothing",
    )
    for host in ("evil.example", "evil.example:1", "[::1", "a b", ""):
        for path in paths:
            answer = await client.get(path, headers={"Host": host})

            assert answer.status_code != 500
            assert "evil.example" not in answer.text + str(answer.headers)


async def test_links_use_the_public_address(settings: Settings, counted: Counted) -> None:
    """With the address in the settings, embeds and their links lead there and nowhere else."""
    await counted.count(opened())
    public = "https://count.example.org"
    named = settings.model_copy(update={"public_url": public})
    async with ticking(named) as url, httpx.AsyncClient(base_url=url) as client:
        page = await client.get(f"/councils/{COUNCIL}")
        asked = {"url": f"{public}/councils/{COUNCIL}"}
        found = (await client.get("/oembed", params=asked)).json()
        local = await client.get("/oembed", params={"url": f"{url}/councils/{COUNCIL}"})

    assert f"url={quote(public, safe='/')}" in page.text
    assert f'src="{public}/embed/council/{COUNCIL}"' in found["html"]
    assert local.status_code == 404


@pytest.mark.parametrize(
    "parameters",
    [
        {"maxwidth": "-99999999999999999999999"},
        {"maxwidth": "0"},
        {"maxheight": "9" * 5_000},
        {"format": "x" * 21},
        {"url": "http://" + "x" * 2_000},
    ],
)
async def test_an_embed_of_an_absurd_size_is_refused(
    client: httpx.AsyncClient, parameters: dict[str, str]
) -> None:
    """The refusal names the parameter."""
    url = f"{client.base_url}/councils/{COUNCIL}"
    answer = await client.get("/oembed", params={"url": url} | parameters)

    assert answer.status_code == 422
    assert next(iter(parameters)) in answer.text


async def test_an_address_that_is_none_is_not_found(client: httpx.AsyncClient) -> None:
    """Half an address, and one with an impossible port, are answered like any foreign one."""
    for url in ("http://[::1", "http://x:99999/", "x", "//"):
        assert (await client.get("/oembed", params={"url": url})).status_code == 404
