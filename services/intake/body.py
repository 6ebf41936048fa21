"""Reads the body of a request within limits, and parses its events."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Request
from pydantic import Field, TypeAdapter, ValidationError

from schemas.events import Event
from schemas.refusal import Refusal, refusals

BODY_MAX_BYTES = 8_388_608
"""The largest body, 8 MiB: some 2,500 wards of 3 kB."""

BODY_TIMEOUT_S = 30.0
"""How long a client may take to send its body, so that slow clients cannot block the server."""

EVENTS_MAX = 2_000
"""The most events in one request: more than any council has wards."""

LINES_TYPES = frozenset({"application/x-ndjson", "application/jsonl", "application/json-lines"})

_ONE: TypeAdapter[Event] = TypeAdapter(Event)
_SEVERAL: TypeAdapter[list[Event]] = TypeAdapter(
    Annotated[list[Event], Field(min_length=1, max_length=EVENTS_MAX)]
)


class BodyTooLargeError(Exception):
    """A body is larger than BODY_MAX_BYTES."""


class RefusedError(ValueError):
    """A request holds something that cannot be counted. `refusals` has every reason found."""

    def __init__(self, reasons: list[Refusal]) -> None:
        super().__init__("; ".join(str(each) for each in reasons))
        self.refusals = reasons


async def read_body(request: Request) -> bytes:
    """Returns the body of a request.

    Raises BodyTooLargeError as soon as it exceeds BODY_MAX_BYTES, and TimeoutError if the client
    takes longer than BODY_TIMEOUT_S.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > BODY_MAX_BYTES:
        raise BodyTooLargeError
    body = bytearray()
    async with asyncio.timeout(BODY_TIMEOUT_S):
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_MAX_BYTES:
                raise BodyTooLargeError
    return bytes(body)


def parse(body: bytes, content_type: str) -> list[Event]:
    """Returns the events of a body: a JSON object, a JSON array of them, or JSON lines.

    Raises RefusedError with each faulty field, its value and what to do. In an array the field
    begins with the index of the event (`[3].council`), in lines with the number of the line.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in LINES_TYPES:
        return _parse_lines(body)
    try:
        if body.lstrip()[:1] == b"[":
            return _SEVERAL.validate_json(body)
        return [_ONE.validate_json(body)]
    except ValidationError as error:
        raise RefusedError(refusals(error)) from error


def _parse_lines(body: bytes) -> list[Event]:
    events: list[Event] = []
    found: list[Refusal] = []
    lines = [(number, line) for number, line in enumerate(body.splitlines(), 1) if line.strip()]
    if not 1 <= len(lines) <= EVENTS_MAX:
        raise RefusedError([Refusal("body", f"{len(lines)} lines", f"send 1 to {EVENTS_MAX}")])
    for number, line in lines:
        try:
            events.append(_ONE.validate_json(line))
        except ValidationError as error:
            found += [
                Refusal(f"line {number}: {each.field}", each.value, each.remedy)
                for each in refusals(error)
            ]
    if found:
        raise RefusedError(found)
    return events
