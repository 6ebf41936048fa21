"""Finds the events in a body: one JSON object, an array of them, or JSON lines.

Events are taken one at a time, and the work ends at REFUSALS_MAX faults, so that a body costs
time and memory in proportion to its bytes, whatever is in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from pydantic import TypeAdapter, ValidationError

from schemas.events import Event
from schemas.refusal import REFUSALS_MAX, Refusal, refusals
from services.intake.message import PAYLOAD_MAX_BYTES

EVENTS_MAX = 2_000
"""The most events in one request: more than any council has wards."""

LINES_TYPES = frozenset({"application/x-ndjson", "application/jsonl", "application/json-lines"})

_ONE: TypeAdapter[Event] = TypeAdapter(Event)

_LINE: Final = re.compile(rb"[^\r\n]+")
_SPACE: Final = re.compile(r"[ \t\n\r]*")

# Only finds where a value ends; the schemas read it. Python would refuse numbers of 4,300 digits.
_SCANNER: Final = json.JSONDecoder(parse_int=len, parse_float=len)

_Piece = tuple[str, bytes]
"""What goes before the field in a refusal, and the JSON of one event."""


class RefusedError(ValueError):
    """A request holds something that cannot be counted. `refusals` has the reasons found."""

    def __init__(self, reasons: list[Refusal]) -> None:
        super().__init__("; ".join(str(each) for each in reasons))
        self.refusals = reasons


def parse(body: bytes, content_type: str) -> list[Event]:
    """Returns the events of a body: a JSON object, a JSON array of them, or JSON lines.

    Raises RefusedError with faulty fields, their values and what to do, at most REFUSALS_MAX. In
    an array the field begins with the index of the event (`[3].council`), in lines with the number
    of the line.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    events: list[Event] = []
    found: list[Refusal] = []
    for prefix, piece in _pieces(body, media_type):
        try:
            events.append(_event(piece))
        except RefusedError as error:
            found += [
                Refusal(prefix + each.field, each.value, each.remedy) for each in error.refusals
            ]
            if len(found) >= REFUSALS_MAX:
                break
    if found:
        raise RefusedError(found[:REFUSALS_MAX])
    return events


def _pieces(body: bytes, media_type: str) -> Iterator[_Piece]:
    if media_type in LINES_TYPES:
        return _lines(body)
    return _items(body) if _is_array(body) else iter([("", body)])


def _event(piece: bytes) -> Event:
    if len(piece) > PAYLOAD_MAX_BYTES:
        remedy = f"{len(piece)} bytes of JSON; send at most {PAYLOAD_MAX_BYTES} in one event"
        raise RefusedError([Refusal("event", "", remedy)])
    try:
        return _ONE.validate_json(piece)
    except ValidationError as error:
        raise RefusedError(refusals(error)) from error


def _lines(body: bytes) -> Iterator[_Piece]:
    """Returns the lines that are not empty; raises RefusedError if there are none or too many."""
    line_number, counted_to, events = 1, 0, 0
    for line in _LINE.finditer(body):
        if not line[0].strip():
            continue
        line_number += body.count(b"\n", counted_to, line.start())
        counted_to = line.start()
        events += 1
        if events > EVENTS_MAX:
            raise RefusedError([Refusal("body", "too many lines", f"send 1 to {EVENTS_MAX}")])
        yield f"line {line_number}: ", line[0]
    if not events:
        raise RefusedError([Refusal("body", "no lines", f"send 1 to {EVENTS_MAX}")])


def _is_array(body: bytes) -> bool:
    first = re.match(rb"[ \t\n\r]*(.?)", body)
    return first is not None and first[1] == b"["


def _items(body: bytes) -> Iterator[_Piece]:
    """Returns the items of an array; raises RefusedError if it is none, or has too many or none."""
    try:
        text = body.decode()
        place = _after_space(text, text.index("[") + 1)
        index = 0
        while index or text[place : place + 1] != "]":
            _, end = _SCANNER.raw_decode(text, place)
            if index == EVENTS_MAX:
                raise RefusedError(
                    [Refusal("event", "too many", f"send at most {EVENTS_MAX} in one array")]
                )
            yield f"[{index}].", text[place:end].encode()
            index += 1
            place = _after_space(text, end)
            if text[place : place + 1] != ",":
                break
            place = _after_space(text, place + 1)
        _check_end(text, place)
    except (ValueError, RecursionError) as error:
        if isinstance(error, RefusedError):
            raise
        raise RefusedError([Refusal("event", "", f"Invalid JSON: {error}")]) from error
    if not index:
        raise RefusedError([Refusal("event", "none", "send at least 1 in an array")])


def _check_end(text: str, place: int) -> None:
    if text[place : place + 1] != "]":
        raise json.JSONDecodeError("expected `,` or `]`", text, place)
    if _after_space(text, place + 1) != len(text):
        raise json.JSONDecodeError("expected nothing after `]`", text, place + 1)


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return place if found is None else found.end()
