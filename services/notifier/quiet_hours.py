"""Quiet hours: when a person wants to hear nothing."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Annotated

from pydantic import AfterValidator

from schemas.uk_time import UK_TIME

_FORM = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")


def check_quiet_hours(text: str) -> str:
    """Returns quiet hours unchanged; raises ValueError where they are of another form."""
    _times(text)
    return text


QuietHours = Annotated[str, AfterValidator(check_quiet_hours)]
"""From and until in UK time, such as `23:00-07:00`; over midnight where until is earlier."""


def quiet_until(text: str, now: datetime) -> datetime:
    """Returns when the quiet hours that `now` lies in end, or `now` where it lies in none."""
    begin, end = _times(text)
    local = now.astimezone(UK_TIME)
    over_midnight = end < begin
    at = local.time()
    inside = (at >= begin or at < end) if over_midnight else begin <= at < end
    if not inside:
        return now
    day = local.date() + timedelta(days=1 if over_midnight and at >= begin else 0)
    return datetime.combine(day, end, UK_TIME)


def _times(text: str) -> tuple[time, time]:
    form = _FORM.fullmatch(text)
    try:
        begin, end = (time.fromisoformat(each) for each in form.groups()) if form else (None, None)
    except ValueError:
        begin = end = None
    if begin is None or end is None or begin == end:
        raise ValueError(
            "not of the form HH:MM-HH:MM with two different times; such as 23:00-07:00"
        )
    return begin, end
