"""Reject notices: what a channel is sent about input that was not counted, or not yet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from schemas.base import Mode
from schemas.envelope import content_id, message_type
from schemas.events import Event, ballot_of, decode_event
from schemas.ids import from_slug
from schemas.printable import printable
from schemas.reject import Reason, Reject
from schemas.source import DEFAULT_SOURCE
from services.notifier.notice import Notice, NoticeKind, line_of

_KINDS: Final[Mapping[Reason, NoticeKind]] = {
    "held": "held",
    "conflict": "conflict",
    "parked": "parked",
}
"""The reasons that are kinds of their own; all others are `rejected`."""

_BEGINNINGS: Final[Mapping[NoticeKind, str]] = {
    "held": "Held, does not count",
    "conflict": "Disputed, does not count",
    "parked": "Kept, does not count",
}
"""How the line of a kind begins."""

_FIGURE: Final = re.compile(r"\d+(?:[.,]\d+)*")


def of_reject(reject: Reject, mode: Mode) -> Notice:
    """Returns the notice of input that was not counted; `mode` is the namespace's.

    It names the ward and the source where they are known, and says what to do. No figure of a
    held result is in it: of its message only the place is sent, and the reason without numbers.
    """
    place = f"{reject.topic}/{reject.partition}/{reject.offset}"
    kind = _KINDS.get(reject.reason, "rejected")
    event = _event(reject) if kind != "rejected" else None
    if kind == "held":
        # A reason such as "votes: 27,770 for Smith" has the figures that are held.
        detail = _FIGURE.sub("…", reject.detail)
        reject = reject.model_copy(update={"value": None, "detail": detail})
    # Only a line feed begins a line here: the other line breaks of Unicode are somebody's text.
    first, *rest = reject.detail.split("\n") if reject.detail else [reject.reason]
    if event is not None:
        rest += [f"said by {_source(event)}", *_remedies(reject, event)]
    about = place if event is None else _about(event)
    return Notice(
        id=content_id(place.encode()),
        type=message_type("reject"),
        kind=kind,
        mode=mode,
        line=line_of(f"{_BEGINNINGS.get(kind, 'Not counted')}: {about}: {first}"),
        payload=reject.model_dump_json().encode(),
        proof=tuple(printable(line) for line in rest),
        council=event.council if event is not None else "",
        name=from_slug(event.council.split(".")[1]) if event is not None else "",
        ballots=frozenset({ballot_of(event)} - {""}) if event is not None else frozenset(),
        time=reject.timestamp,
    )


def _event(reject: Reject) -> Event | None:
    """Returns the event in a reject; None if its bytes are not kept, or hold none."""
    try:
        return decode_event(reject.value or b"")
    except ValidationError:
        return None


def _about(event: Event) -> str:
    """Returns what an event is about: `Childs Hill, Barnet`, or `Barnet`."""
    council, ballot = from_slug(event.council.split(".")[1]), ballot_of(event)
    return f"{from_slug(ballot.split('.')[2])}, {council}" if ballot else council


def _source(event: Event) -> str:
    if event.type == "desk.decided":
        return f"the desk: {event.by}"
    trust = f" (trusted as {event.trust})" if event.trust else ""
    return f"{event.source_id or DEFAULT_SOURCE}{trust}"


def _remedies(reject: Reject, event: Event) -> list[str]:
    """Returns what the desk can do: decide about a ballot, or see the message."""
    ballot = ballot_of(event)
    message = f"the message: livecount rejects show {reject.partition}/{reject.offset}"
    if not ballot:
        return [message]
    decide = f"see it and decide: livecount review show {ballot}"
    return [decide, message] if reject.reason == "conflict" else [decide]
