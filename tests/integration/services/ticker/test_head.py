"""HEAD requests of caches and monitors."""

from __future__ import annotations

import httpx
import pytest

from services.platform.settings import Settings
from tests.support.ticking import ticking


@pytest.mark.parametrize("path", ["/", "/v1/elections"])
async def test_head_tells_what_get_would_answer(settings: Settings, path: str) -> None:
    """A cache that asks for the headers alone is given them, and no body."""
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url) as client:
        whole = await client.get(path)
        head = await client.head(path)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]


async def test_a_stream_has_no_head(settings: Settings) -> None:
    """What never ends cannot be asked for its headers alone."""
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url) as client:
        answer = await client.head("/v1/stream", params={"election": "local.2014-05-22"})

    assert answer.status_code == 405
