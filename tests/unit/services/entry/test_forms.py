"""Forms are read within limits, and only if a page of this service sent them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from starlette.requests import Request
from starlette.types import Message

from services.entry.forms import FORM_BYTES_MAX, UnusableFormError, parse_form, read_form
from services.entry.own_site import is_from_own_site

FORM = ("content-type", "application/x-www-form-urlencoded; charset=utf-8")


def request(*headers: tuple[str, str], scheme: str = "http", body: Sequence[bytes] = ()) -> Request:
    """Returns a request with these headers, whose body comes in these pieces."""
    pieces = [*body]

    async def receive() -> Message:
        piece = pieces.pop(0) if pieces else b""
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    raw = [(name.encode(), value.encode()) for name, value in (("host", "desk.example"), *headers)]
    scope = {"type": "http", "method": "POST", "scheme": scheme, "path": "/", "headers": raw}
    return Request(scope, receive)


@pytest.mark.parametrize(
    ("headers", "is_own"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "http://desk.example"}, True),
        ({"origin": "http://desk.example"}, True),
        ({"origin": "http://DESK.example"}, True),
        ({"origin": "https://outside.example"}, True),
        ({}, False),
        ({"origin": ""}, False),
        ({"origin": "null"}, False),
        ({"origin": "https://desk.example"}, False),
        ({"origin": "http://desk.example:8000"}, False),
        ({"origin": "http://desk.example.org"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": ""}, False),
        ({"sec-fetch-site": "same-origin", "origin": "http://else.example"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://desk.example"}, False),
    ],
)
def test_a_form_is_taken_only_from_this_service(headers: dict[str, str], is_own: bool) -> None:  # noqa: FBT001
    """Neither another site, another port nor a page without HTTPS is this service."""
    asked = request(*headers.items())

    assert is_from_own_site(asked, "https://outside.example") is is_own


def test_without_an_address_in_the_settings_no_origin_is_blank() -> None:
    """An empty Origin is none."""
    assert not is_from_own_site(request(("origin", "")), "")


async def test_a_form_is_read() -> None:
    """Whatever its pieces; blank fields stay."""
    asked = request(FORM, body=[b"reason=the+she", b"et+says+%C2%A31&clear="])

    assert await read_form(asked) == {"reason": "the sheet says £1", "clear": ""}


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("text/plain", b"reason=x", 415),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * FORM_BYTES_MAX, 413),
        ("application/x-www-form-urlencoded", b"a=%ff", 400),
        ("application/x-www-form-urlencoded", b"a=\xff", 400),
        ("application/x-www-form-urlencoded", b"a=1&a=2", 400),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=" % n for n in range(300)), 400),
    ],
)
async def test_what_is_no_form_is_refused(kind: str, body: bytes, status: int) -> None:
    """Of another kind, too large, of too many fields, twice the same, or no UTF-8."""
    with pytest.raises(UnusableFormError) as refused:
        await read_form(request(("content-type", kind), body=[body]))

    assert refused.value.status == status


def test_an_empty_form_has_no_fields() -> None:
    """It is a form all the same."""
    assert parse_form(b"") == {}
