"""Retry-After: how long a server asks to wait."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after_s(given: str, now: datetime) -> float | None:
    """Returns the seconds that a `Retry-After` asks to wait, or None if it asks for none.

    It states seconds or a date (RFC 9110, 10.2.3).
    """
    if given.isdecimal():
        return float(given)
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return None
    return max((until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds(), 0.0)
