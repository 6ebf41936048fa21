"""Quiet hours: when a channel is not sent anything."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Annotated

from pydantic import AfterValidator

from schemas.uk_time import UK_TIME

_FORM = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")


def check_quiet_hours(text: str) -> str:
    """Returns quiet hours unchanged; raises ValueError if they have another form."""
    _times(text)
    return text


QuietHours = Annotated[str, AfterValidator(check_quiet_hours)]
"""Begin and end in UK time, such as `23:00-07:00`; over midnight if the end is earlier."""


def quiet_until(text: str, now: datetime) -> datetime:
    """Returns when quiet hours end if `now` is within them, else `now`."""
    begin, end = _times(text)
    local = now.astimezone(UK_TIME)
    over_midnight = end < begin
    clock = local.time()
    is_within = (clock >= begin or clock < end) if over_midnight else begin <= clock < end
    if not is_within:
        return now
    day = local.date() + timedelta(days=1 if over_midnight and clock >= begin else 0)
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
