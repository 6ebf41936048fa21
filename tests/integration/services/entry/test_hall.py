"""A hall of stringers, who all come from one address, with a real Kafka."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from services.platform.settings import Settings
from tests.support.entering import entering
from tests.support.keys import invited

STRINGERS = 300
"""A night's stringers, if all of them are in one hall or on one mobile network."""


@pytest.mark.parametrize("trusted_proxies", ["", "127.0.0.1"], ids=["directly", "by a proxy"])
async def test_a_form_of_each_of_three_hundred_is_under_way_from_one_address(
    settings: Settings, tmp_path: Path, trusted_proxies: str
) -> None:
    """Nobody's is refused or dropped for want of a place, however slowly their lines send it."""
    keys = tmp_path / "keys.toml"
    invited(keys, "stringer-1")
    form = urlencode({"key": "no key", "person": ""}).encode()
    own = settings.model_copy(update={"trusted_proxies": trusted_proxies})
    async with entering(own, keys) as entry:
        host = urlsplit(entry.url)
        lines = [await asyncio.open_connection(host.hostname, host.port) for _ in range(STRINGERS)]
        for _, line in lines:
            line.write(
                f"POST /sign-in HTTP/1.1\r\nhost: {host.netloc}\r\n"
                "x-forwarded-for: 198.51.100.7\r\nsec-fetch-site: same-origin\r\n"
                "content-type: application/x-www-form-urlencoded\r\nconnection: close\r\n"
                f"content-length: {len(form)}\r\n\r\n".encode()
                + form[:5]
            )
            await line.drain()
        async with httpx.AsyncClient(trust_env=False) as client:
            # By the time that a later request is answered all of theirs have come.
            assert (await client.get(f"{entry.url}/health/live")).is_success
        for _, line in lines:
            line.write(form[5:])
        answers = [await reader.read() for reader, _ in lines]
        for _, line in lines:
            line.close()

    said = {answer[: len("HTTP/1.1 422")] for answer in answers}
    assert said == {b"HTTP/1.1 422"}
