"""What a rejected message says, in one line: the ward or council, and the figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, assert_never

from pydantic import ValidationError

from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.desk import DeskDecided
from schemas.events import Event, decode_event, source_of
from schemas.party import party_key, wire_name
from schemas.ward import Candidate, WardDeclared, WardStatus

_CHARACTERS_MAX: Final = 600
"""Room for a long ballot paper; a name may have hundreds of characters."""


def said(value: bytes | None) -> str:
    """Returns what the bytes of a message say, with its source; blank for no valid message."""
    if value is None:
        return ""
    try:
        event = decode_event(value)
    except ValidationError:
        return ""
    text = _said(event)
    source = f" ({source_of(event)})" if source_of(event) else ""
    cut = text if len(text) <= _CHARACTERS_MAX else f"{text[: _CHARACTERS_MAX - 1]}…"
    return f"{cut}{source}"


def _said(event: Event) -> str:
    match event:
        case WardDeclared():
            people = ", ".join(map(_one, event.candidates))
            return f"{event.ballot_paper_id}, revision {event.revision}: {people}"
        case WardStatus():
            return f"{event.ballot_paper_id}: {event.status}"
        case CouncilDeclared():
            seats = ", ".join(
                f"{wire_name(each.party_id, each.party)} {each.seats}" for each in event.seats
            )
            return f"{event.council}, revision {event.revision}: {seats}"
        case DeskDecided():
            return f"{event.ballot_paper_id}: {event.ruling}, {event.reason}"
        case CouncilOpened():
            return f"{event.council}: opened with {len(event.wards)} wards"
    assert_never(event)


def figures(candidates: Iterable[Candidate]) -> str:
    """Returns what is said of candidates in one line: `Ann Able (LAB) 500 elected, …`."""
    text = ", ".join(map(_one, candidates))
    return text if len(text) <= _CHARACTERS_MAX else f"{text[: _CHARACTERS_MAX - 1]}…"


def _one(each: Candidate) -> str:
    has_party = each.party_id or each.party
    party = wire_name(party_key(each.party_id, each.party), each.party) if has_party else ""
    name = each.candidate or "somebody"
    votes = "" if each.votes is None else f" {each.votes:,}"
    return f"{name}{f' ({party})' if party else ''}{votes}{' elected' if each.elected else ''}"
