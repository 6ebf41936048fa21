from __future__ import annotations

import httpx
import pytest

from services.platform.settings import Settings
from tests.support.ticking import COUNCIL, ELECTION, ballot, ticking

pytestmark = pytest.mark.redis_only

PAGES = (
    "/",
    f"/elections/{ELECTION}",
    f"/elections/{ELECTION}?wall",
    f"/councils/{COUNCIL}",
    f"/councils/{COUNCIL}/wards/{ballot('Ash')}",
    f"/embed/council/{COUNCIL}",
    f"/embed/headline/{ELECTION}",
    f"/embed/council/{COUNCIL}?theme=dark",
    f"/embed/ward/{COUNCIL}/{ballot('Ash')}",
    "/v1/docs",
)


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_locked_down(client: httpx.AsyncClient, path: str) -> None:
    """No page may run or load anything but the ticker's own; only embeds may be framed."""
    response = await client.get(path)
    policy = response.headers["Content-Security-Policy"]

    assert response.status_code == 200
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert ("frame-ancestors *" in policy) == path.startswith("/embed/")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "style=" not in response.text


async def test_scripts_of_any_site_may_read_the_data(client: httpx.AsyncClient) -> None:
    """Everything under /v1 allows reading from another origin; pages do not."""
    data = await client.get(f"/v1/elections/{ELECTION}/alerts")
    page = await client.get(f"/elections/{ELECTION}")

    assert data.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in page.headers


@pytest.mark.parametrize("path", ["/", "/v1/elections"])
async def test_head_returns_the_headers_of_get(settings: Settings, path: str) -> None:
    """A cache that asks only for the headers gets them, and no body."""
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url) as client:
        got = await client.get(path)
        head = await client.head(path)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"]
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


async def test_a_stream_has_no_head(settings: Settings) -> None:
    """A response that never ends cannot be asked for its headers only."""
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url) as client:
        response = await client.head("/v1/stream", params={"election": ELECTION})

    assert response.status_code == 405
