"""Moments as people type them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")
"""A time without an offset is a returning officer's."""


def moment(text: str) -> datetime:
    """Returns the moment that ISO 8601 text names, UK time where it states no offset.

    Raises ValueError naming the text and what to give.
    """
    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"as-of: {text!r}; give a time such as 2014-05-23T05:10") from error
    return given if given.tzinfo else given.replace(tzinfo=UK)
