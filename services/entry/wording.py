"""Words of the desk's pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from election.text.phrases import counted
from schemas.uk_time import UK_TIME
from services.audit.ward_states import State
from services.review.waiting import Became


def state_label(state: State) -> str:
    """Returns where a ballot stands, as a label."""
    match state:
        case "held":
            return "Held"
        case "conflict":
            return "Disputed"
        case "parked":
            return "Parked"
        case "counted":
            return "Counts"
        case "partial":
            return "Counts, with seats open"
        case "none":
            return "To declare"
        case _:
            assert_never(state)


def became_label(became: Became) -> str:
    """Returns what became of a source's word."""
    match became:
        case "stands":
            return "stands"
        case "adds nothing":
            return "says less than what stands"
        case "held":
            return "waits"
        case "disputed":
            return "contradicts what stands"
        case _:
            assert_never(became)


def ruling_label(ruling: str) -> str:
    """Returns what the desk has decided about a ballot already."""
    return {
        "accept": "the desk has accepted one result",
        "clear": "the desk has cleared it",
        "figure": "the desk has given its own figure",
    }.get(ruling, "the desk has refused a result")


def clock(at: datetime) -> str:
    """Returns a time of day in the United Kingdom, such as `01.47`."""
    return f"{at.astimezone(UK_TIME):%H.%M}"


def things(number: int) -> str:
    """Returns a number of things: `1 thing`, `1,088 things`."""
    return counted(number, "thing")


def day_and_time(at: datetime) -> str:
    """Returns a time in the United Kingdom with its day, such as `8 May 01.47.09`."""
    return f"{at.astimezone(UK_TIME):%-d %b %H.%M.%S}"


def age(since: datetime, now: datetime) -> str:
    """Returns how long ago a time was, in minutes and hours."""
    minutes = max(timedelta(), now - since) // timedelta(minutes=1)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:  # noqa: PLR2004 -- minutes of an hour
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours < 24 else f"{hours // 24} d {hours % 24} h"  # noqa: PLR2004
