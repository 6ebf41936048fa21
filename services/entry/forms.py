"""Reads a form that a page of this service sent, within limits."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

FORM_BYTES_MAX: Final = 65_536
"""The largest form: a figure of 100 nominees, with a reason of 300 characters of four bytes, has a
fifth of that."""

FORM_FIELDS_MAX: Final = 256
"""Fields of a form: two for each of 100 nominees, and a few besides."""

FORM_TIMEOUT_S: Final = 10.0
"""How long a browser may take to send a form, which is a packet or a few."""

CONTENT_TYPE: Final = "application/x-www-form-urlencoded"


class UnusableFormError(ValueError):
    """What was sent is no form of this service's pages; `status` is the HTTP status for it."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


async def read_form(request: Request) -> dict[str, str]:
    """Returns the fields of a form. Raises UnusableFormError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind != CONTENT_TYPE:
        raise UnusableFormError(f"content-type: send a form as {CONTENT_TYPE}", 415)
    body = bytearray()
    try:
        async with asyncio.timeout(FORM_TIMEOUT_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > FORM_BYTES_MAX:
                    raise UnusableFormError(f"body: more than {FORM_BYTES_MAX} bytes", 413)
    except TimeoutError as error:
        raise UnusableFormError(f"body: took longer than {FORM_TIMEOUT_S:g} s", 408) from error
    return parse_form(bytes(body))


def parse_form(body: bytes) -> dict[str, str]:
    """Returns the fields in a form's body. Raises UnusableFormError; each may be there once."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=FORM_FIELDS_MAX,
        )
    except ValueError as error:
        raise UnusableFormError("body: this is no form; send it from its page") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise UnusableFormError("body: a field is there twice; send it from its page")
    return fields
