"""The clock of services: the time in the United Kingdom."""

from __future__ import annotations

from datetime import datetime

from schemas.uk_time import UK_TIME


def uk_now() -> datetime:
    """Returns the time now, with its offset."""
    return datetime.now(UK_TIME)
