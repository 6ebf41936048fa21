"""What was answered within the second is answered again, until a feed moves on."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from services.ticker.routes.kept_answers import BODY_BYTES_MAX, KeptAnswers

PUBLIC = {"Cache-Control": "public, max-age=1", "ETag": 'W/"a"', "Vary": "Accept-Encoding"}


class Counted:
    """An application that answers every request with the same, and counts them."""

    def __init__(self, headers: Mapping[str, str] = PUBLIC, body: bytes = b"page") -> None:
        self.asked = self.moved_on = 0
        self._headers, self._body = headers, body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        known = dict(scope["headers"]).get(b"if-none-match") == b'W/"a"'
        body, status = (b"", 304) if known else (self._body, 200)
        await Response(body, status, self._headers)(scope, receive, send)


async def ask(
    app: KeptAnswers, path: str = "/councils/x", query: bytes = b"", **headers: str
) -> tuple[int, bytes, dict[bytes, bytes]]:
    """Returns the status, the body and the headers of an answer."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query,
        "headers": raw,
    }
    await app(scope, receive, send)
    body = b"".join(each.get("body", b"") for each in sent[1:])
    return sent[0]["status"], body, dict(sent[0]["headers"])


async def test_the_same_answer_is_given_again() -> None:
    """Without asking the application, and with the same headers."""
    counted = Counted()
    app = KeptAnswers(counted, lambda: counted.moved_on)

    assert await ask(app) == await ask(app)
    assert counted.asked == 1


async def test_who_has_it_is_answered_304() -> None:
    """Also if everybody who asked before had it as well."""
    counted = Counted()
    app = KeptAnswers(counted, lambda: counted.moved_on)

    for _ in range(3):
        status, body, headers = await ask(app, if_none_match='W/"b", W/"a"')
    assert (status, body, counted.asked) == (304, b"", 1)
    assert headers[b"etag"] == b'W/"a"'
    assert b"content-length" not in headers


async def test_who_has_it_not_is_not_answered_304() -> None:
    """What is known of an answer 304 is not enough to answer others."""
    counted = Counted()
    app = KeptAnswers(counted, lambda: counted.moved_on)

    assert (await ask(app, if_none_match='W/"a"'))[0] == 304
    assert (await ask(app))[:2] == (200, b"page")
    assert counted.asked == 2


async def test_once_a_feed_has_moved_on_the_application_is_asked() -> None:
    """No reader waits for news that others have already."""
    counted = Counted()
    app = KeptAnswers(counted, lambda: counted.moved_on)

    await ask(app)
    counted.moved_on += 1
    await ask(app)

    assert counted.asked == 2


@pytest.mark.parametrize(
    ("counted", "path"),
    [
        (Counted({"Cache-Control": "no-store"}), "/councils/x"),
        (Counted(body=b"x" * (BODY_BYTES_MAX + 1)), "/v1/elections/x/wards"),
        (Counted(), "/v1/councils/x/log"),
        (Counted(), "/desk"),
    ],
    ids=["private", "too large", "read each time", "not about an election"],
)
async def test_some_answers_are_not_kept(counted: Counted, path: str) -> None:
    """The application gives each of them anew."""
    app = KeptAnswers(counted, lambda: counted.moved_on)

    await ask(app, path)
    await ask(app, path)

    assert counted.asked == 2


async def test_clients_that_take_another_coding_have_their_own() -> None:
    """And so have other queries."""
    counted = Counted()
    app = KeptAnswers(counted, lambda: counted.moved_on)

    await ask(app, accept_encoding="gzip")
    await ask(app, accept_encoding="br")
    await ask(app, query=b"at=1", accept_encoding="br")

    assert counted.asked == 3
