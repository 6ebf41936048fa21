"""What an entry of the audit can hold, whatever was said and from wherever."""

from __future__ import annotations

from datetime import datetime

from schemas.audit_entry import (
    ADDRESS_CHARACTERS_MAX,
    KEYS_MAX,
    RESULT_CHARACTERS_MAX,
    About,
    AuditEntry,
)
from schemas.events import Event, ballot_of
from schemas.printable import printable
from services.access.keys_change import KeysChange


def about(
    event: Event, message: str = "", partition: int | None = None, offset: int | None = None
) -> About:
    """Returns what an entry says of an event, with its message's id and place if it has any."""
    return About(
        type=event.type,
        council=event.council,
        ballot_paper_id=ballot_of(event),
        message=message,
        partition=partition,
        offset=offset,
    )


def result_field(text: str) -> str:
    """Returns a result that can be kept: not too long, and with nothing that UTF-8 lacks."""
    sound = text.encode(errors="backslashreplace").decode()
    return (
        sound if len(sound) <= RESULT_CHARACTERS_MAX else f"{sound[: RESULT_CHARACTERS_MAX - 1]}…"
    )


def address_field(host: str) -> str:
    """Returns a client's address that can be kept, in ASCII: proxies forward any text."""
    return printable(host.encode("ascii", "backslashreplace").decode())[:ADDRESS_CHARACTERS_MAX]


def keys_read(change: KeysChange, who: str, at: datetime) -> AuditEntry:
    """Returns the entry that a service has read the file of keys: what was different, or faults."""
    return AuditEntry(
        at=at,
        action="keys read",
        who=who,
        keys=change.ids[:KEYS_MAX],
        result=result_field(change.words),
    )
