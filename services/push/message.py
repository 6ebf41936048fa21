"""What a browser is sent of an alert: one small piece of JSON, which its service worker shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import orjson

from schemas.alert import Alert
from schemas.printable import printable

TTL: Final = timedelta(hours=4)
"""How long an alert is news. Nobody is sent an older one, and push services keep none for longer:
who wakes up in the morning is not told forty calls of the night one by one."""

TITLE_CHARACTERS_MAX: Final = 80
"""More than any phone shows of a title."""

BODY_CHARACTERS_MAX: Final = 700
"""The longest paragraph of an alert, marked as withdrawn. With all else, in UTF-8 and encrypted,
the message stays below the 4,096 bytes that push services take (RFC 8030, 7.2)."""

WITHDRAWN: Final = "Withdrawn: "


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to each browser that wants an alert.

    `tag` is the id of the alert that it tells or withdraws. A message replaces an earlier one with
    the same tag on the reader's screen, and at a push service that has not delivered it yet.
    """

    tag: str
    content: bytes
    is_urgent: bool
    is_withdrawal: bool
    published_at: datetime

    def seconds_left(self, now: datetime) -> int:
        """Returns for how many seconds this is news yet; 0 or less if it is none any more."""
        return int((self.published_at + TTL - now).total_seconds())


def message_of(alert: Alert, published_at: datetime) -> Message:
    """Returns the message of an alert, which Kafka has had since `published_at`."""
    content = {
        "tag": alert.retracts or alert.id,
        "title": _cut(_title(alert), TITLE_CHARACTERS_MAX),
        "body": _cut(_body(alert), BODY_CHARACTERS_MAX),
        "path": _path(alert),
        "at": int((alert.caused_at or published_at).timestamp() * 1_000),
        "withdrawn": alert.action == "retract",
    }
    return Message(
        tag=alert.retracts or alert.id,
        content=orjson.dumps(content),
        is_urgent=alert.kind == "control" or alert.action == "retract",
        is_withdrawal=alert.action == "retract",
        published_at=published_at,
    )


def _title(alert: Alert) -> str:
    return f"REHEARSAL: {alert.name}" if alert.mode == "rehearsal" else alert.name


def _body(alert: Alert) -> str:
    """Returns the paragraph that was written for readers, else the line for reporters."""
    told = printable(alert.paragraph or alert.text)
    if alert.action != "retract":
        return told
    if told.casefold().startswith(WITHDRAWN.casefold()):
        told = told[len(WITHDRAWN) :]
    return f"{WITHDRAWN}{told}"


def _path(alert: Alert) -> str:
    """Returns the address of the alert, on the page of its council or of its night."""
    page = f"/councils/{alert.council}" if alert.council else f"/elections/{alert.election}"
    return f"{page}#alert-{alert.id}"


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1].rstrip()}…"
