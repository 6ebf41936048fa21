from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.pages.assets import asset_url
from services.platform.settings import Settings
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, declared, ticking

pytestmark = pytest.mark.redis_only

LARGE = (
    f"/elections/{ELECTION}",
    f"/v1/councils/{COUNCIL}",
    f"/v1/councils/{COUNCIL}/wards.csv",
    f"/v1/elections/{ELECTION}/wards",
    f"/v1/elections/{ELECTION}/wards.csv",
    "/v1/openapi.json",
)
FILES = (asset_url("pages.css"), asset_url("live.js"))


async def raw(client: httpx.AsyncClient, path: str, accepted: str) -> tuple[httpx.Headers, bytes]:
    """Returns the headers of an answer, and its body as it was on the wire."""
    async with client.stream("GET", path, headers={"Accept-Encoding": accepted}) as answer:
        return answer.headers, b"".join([piece async for piece in answer.aiter_raw()])


@pytest.mark.parametrize("path", [*LARGE, *FILES])
async def test_pages_data_and_files_are_compressed_as_the_client_takes_it(
    client: httpx.AsyncClient, path: str
) -> None:
    """The best of what it takes, and as it is for a client that takes nothing.

    Files are made once, in Brotli, which is the smallest for them.
    """
    plain_headers, plain = await raw(client, path, "identity")

    assert "Content-Encoding" not in plain_headers
    for accepted, used in {
        "gzip, deflate, br, zstd": "br" if path in FILES else "zstd",
        "gzip, br": "br",
        "gzip, br;q=0": "gzip",
        "gzip": "gzip",
    }.items():
        headers, body = await raw(client, path, accepted)

        assert headers["Content-Encoding"] == used
        assert len(body) < len(plain) * 0.75
        assert headers["Vary"] == "Accept-Encoding"
        # A weak validator is the same for every encoding, so that each of them can be validated.
        assert headers.get("ETag") == plain_headers.get("ETag")
        assert headers.get("ETag", "W/").startswith("W/")
        assert (await client.get(path, headers={"Accept-Encoding": accepted})).content == plain


async def test_a_stream_is_compressed_with_gzip_and_each_event_comes_at_once(
    counted: Counted, settings: Settings, client: httpx.AsyncClient
) -> None:
    """A client that takes gzip gets the same events as one that does not, in fewer bytes."""
    path = f"/v1/stream?election={ELECTION}"
    plain, fewer = {"Accept-Encoding": "br, gzip;q=0"}, {"Accept-Encoding": "gzip, br, zstd"}
    async with (
        client.stream("GET", path, headers=plain) as one,
        client.stream("GET", path, headers=fewer) as other,
    ):
        assert "Content-Encoding" not in one.headers
        assert other.headers["Content-Encoding"] == "gzip"
        assert one.headers["Vary"] == other.headers["Vary"] == "Accept-Encoding"
        await counted.count(declared("Cedar", "PP52"))
        uncompressed = await until_totals(one.aiter_raw())
        raw_pieces: list[bytes] = []
        gzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        decoded = await until_totals(inflated(other.aiter_raw(), gzip, raw_pieces))

    assert decoded == uncompressed
    assert decoded.startswith(b"retry: ")
    assert len(b"".join(raw_pieces)) < len(decoded) * 0.75
    assert settings.namespace


async def until_totals(pieces: AsyncIterator[bytes]) -> bytes:
    """Returns what a stream says until it has said a council's totals."""
    heard = b""
    async with asyncio.timeout(30):
        async for piece in pieces:
            heard += piece
            if b"event: totals" in heard and heard.endswith(b"\n\n"):
                break
    return heard


async def inflated(
    pieces: AsyncIterator[bytes], gzip: Any, raw_pieces: list[bytes]
) -> AsyncIterator[bytes]:
    """Yields what compressed pieces say, each as soon as it has come."""
    async for piece in pieces:
        raw_pieces.append(piece)
        yield gzip.decompress(piece)


async def test_what_a_client_has_is_not_sent_in_any_encoding(client: httpx.AsyncClient) -> None:
    """304 has the same validator, and no body."""
    path = f"/v1/elections/{ELECTION}/wards.csv"
    headers, _ = await raw(client, path, "zstd")
    known = {"If-None-Match": headers["ETag"], "Accept-Encoding": "br"}
    again = await client.get(path, headers=known)

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == headers["ETag"]
    assert "Content-Encoding" not in again.headers


@pytest.mark.parametrize("accepted", ["identity", "br"])
async def test_head_has_the_headers_of_get_in_every_encoding(
    settings: Settings, accepted: str
) -> None:
    """A cache that asks only for the headers is told the length that it would get."""
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url) as client:
        path, wanted = asset_url("pages.css"), {"Accept-Encoding": accepted}
        got, head = await client.get(path, headers=wanted), await client.head(path, headers=wanted)

    assert head.content == b""
    for name in ("Content-Length", "Content-Encoding", "Vary", "Cache-Control"):
        assert head.headers.get(name) == got.headers.get(name)
