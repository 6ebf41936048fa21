"""Texts that an entry of the audit can hold, whatever was said and from wherever."""

from __future__ import annotations

from schemas.audit_entry import ADDRESS_CHARACTERS_MAX, RESULT_CHARACTERS_MAX
from schemas.printable import printable


def result_field(text: str) -> str:
    """Returns a result that can be kept: not too long, and with nothing that UTF-8 lacks."""
    sound = text.encode(errors="backslashreplace").decode()
    return (
        sound if len(sound) <= RESULT_CHARACTERS_MAX else f"{sound[: RESULT_CHARACTERS_MAX - 1]}…"
    )


def address_field(host: str) -> str:
    """Returns a client's address that can be kept, in ASCII: proxies forward any text."""
    return printable(host.encode("ascii", "backslashreplace").decode())[:ADDRESS_CHARACTERS_MAX]
