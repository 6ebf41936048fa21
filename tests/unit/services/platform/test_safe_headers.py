"""The headers that every response has, on a socket of this machine."""

from __future__ import annotations

import pytest

from tests.support.small_server import serving

FORWARDED = (
    b"GET / HTTP/1.1\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"
    b"Connection: close\r\n\r\n"
)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET /nowhere HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nX-a: " + b"a" * 20_000 + b"\r\n\r\n",
    ],
    ids=["an answer", "a refusal", "a refusal without the application"],
)
async def test_no_answer_is_taken_for_something_else(sent: bytes) -> None:
    """Browsers take a response for what it says that it is, and nothing in it runs."""
    async with serving() as server:
        answer = await server.says(sent)

    assert b"x-content-type-options: nosniff" in answer.lower()
    assert b"default-src 'none'; base-uri 'none'; frame-ancestors 'none'" in answer


async def test_browsers_that_came_over_https_come_over_nothing_else() -> None:
    """For a year, if the request came over HTTPS; over HTTP, and from others, nothing is said."""
    async with serving(trusted_proxies="127.0.0.1") as server:
        behind_tls = await server.says(FORWARDED)
    async with serving() as server:
        not_believed = await server.says(FORWARDED)

    assert b"strict-transport-security: max-age=31536000; includeSubDomains\r\n" in behind_tls
    assert b"strict-transport-security" not in not_believed
