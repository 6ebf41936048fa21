from __future__ import annotations

import html
import re
from urllib.parse import quote

import httpx
import pytest

from services.platform.settings import Settings
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, ballot, opened, ticking

pytestmark = pytest.mark.redis_only


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


WARD = f"/councils/{COUNCIL}/wards/{ballot('Ash')}"


async def test_oembed_says_what_it_shows_and_whose_it_is(
    counted: Counted, settings: Settings
) -> None:
    """With a title, which the frame has, too, and the newsroom's name; a rehearsal is marked."""
    await counted.count(opened())
    named = settings.model_copy(update={"newsroom": "The Argus & Echo"})
    titles = {
        f"/elections/{ELECTION}": "REHEARSAL: Local elections, 22 May 2014",
        f"/councils/{COUNCIL}": "REHEARSAL: Nowhere: council election",
        WARD: "REHEARSAL: Ash, Nowhere: council election",
    }
    async with ticking(named) as url, httpx.AsyncClient(base_url=url) as client:
        for path, title in titles.items():
            found = (await client.get("/oembed", params={"url": url + path})).json()

            assert found["title"] == title
            assert f'title="{title}"' in found["html"]
            assert found["provider_name"] == "livecount, The Argus & Echo"
        frame = await client.get(f"/embed/council/{COUNCIL}")

    assert "Source: livecount, The Argus &amp; Echo." in frame.text


async def test_a_ward_can_be_embedded(client: httpx.AsyncClient) -> None:
    """Its page names the embed, and the frame shows its result and leads to that page."""
    page = await client.get(WARD)
    (link,) = re.findall(r'type="application/json\+oembed" href="([^"]+)"', page.text)
    found = (await client.get(html.unescape(link))).json()
    (source,) = re.findall(r'src="([^"]+)"', found["html"])
    frame = await client.get(source)

    assert source.endswith(f"/embed/ward/{COUNCIL}/{ballot('Ash')}")
    assert frame.status_code == 200
    assert f'href="{WARD}"' in frame.text
    assert "Full results" in frame.text
    assert 'id="result"' in frame.text


@pytest.mark.parametrize(
    "missing", [f"/councils/{COUNCIL}x", f"{WARD}x", "/elections/local.1999-05-06"]
)
async def test_what_is_not_there_has_no_embed(client: httpx.AsyncClient, missing: str) -> None:
    """Of an address of ours that nothing is at, too."""
    answer = await client.get("/oembed", params={"url": f"{client.base_url}{missing}"})

    assert answer.status_code == 404


async def test_an_embed_keeps_the_theme_and_the_language_of_its_address(
    client: httpx.AsyncClient,
) -> None:
    """Whichever way they are given; the frame's way out has the language, too."""
    asked = f"{client.base_url}/councils/{COUNCIL}"
    for parameters in (
        {"url": f"{asked}?theme=dark&language=cy"},
        {"url": asked, "theme": "dark", "language": "cy"},
        {"url": f"{asked}?theme=light&language=cy", "theme": "dark"},
    ):
        found = (await client.get("/oembed", params=parameters)).json()
        (source,) = re.findall(r'src="([^"]+)"', found["html"])

        assert html.unescape(source).endswith(f"/embed/council/{COUNCIL}?theme=dark&language=cy")
    frame = await client.get(html.unescape(source))
    odd = await client.get("/oembed", params={"url": f"{asked}?theme=pink&language=%22%3E"})

    assert "/static/pages-dark." in frame.text
    assert f'href="/councils/{COUNCIL}?language=cy"' in frame.text
    assert f'/embed/council/{COUNCIL}"' in odd.json()["html"]


async def test_a_narrow_frame_is_higher(client: httpx.AsyncClient) -> None:
    """As the same text takes more lines."""
    asked = {"url": f"{client.base_url}/councils/{COUNCIL}"}
    wide = (await client.get("/oembed", params=asked)).json()
    narrow = (await client.get("/oembed", params=asked | {"maxwidth": "360"})).json()

    assert narrow["width"] == 360
    assert narrow["height"] > wide["height"]
