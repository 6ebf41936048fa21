"""UK time: the time zone in which councils declare and newsrooms work."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

UK_TIME = ZoneInfo("Europe/London")


def parse_time(text: str) -> datetime:
    """Returns the time that ISO 8601 text names; without an offset it is UK time.

    Raises ValueError if the text is not an ISO 8601 time.
    """
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UK_TIME)
