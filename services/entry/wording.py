"""Words of the pages of the desk and of stringers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, assert_never

from election.text.phrases import counted, ordinal
from schemas.uk_time import UK_TIME
from schemas.ward import MOVES_SEATS, Status
from services.audit.ward_states import State
from services.entry.own_word import OwnState
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


def status_label(status: Status, recount: int | None = None) -> str:
    """Returns how a count without a result stands, as a label."""
    match status:
        case "counting":
            return "being counted"
        case "recount":
            return f"{ordinal(recount)} recount" if recount else "recount"
        case "postponed":
            return "postponed"
        case "countermanded":
            return "countermanded, so that there is no poll"
        case "uncontested":
            return "no poll, as nobody else stands"
        case _:
            assert_never(status)


def own_label(state: OwnState) -> str:
    """Returns what became of a stringer's own word, as a label."""
    match state:
        case "counts":
            return "Counted"
        case "less":
            return "Received: it says less than what counts already"
        case "checked":
            return "Being checked"
        case "set aside":
            return "Set aside by the desk"
        case "disputed":
            return "Disputed: another source says something else, and the desk looks at both"
        case "taken back":
            return "Taken back"
        case _:
            assert_never(state)


_ON_THE_FORM: Final = {
    "num_turnout_reported": "ballot papers",
    "num_spoilt_ballots": "spoilt",
    "turnout_percentage": "turnout",
    "total_electorate": "electorate",
}


def on_the_form(text: str) -> str:
    """Returns a warning as a sentence, with the fields of an event called as the form does."""
    text = text.removeprefix("held: ")
    for status in MOVES_SEATS:
        text = text.removeprefix(f"status: {status}: ")
    for field, label in _ON_THE_FORM.items():
        text = text.replace(field, label)
    return text[:1].upper() + text[1:]


def day(at: date) -> str:
    """Returns a day, such as `7 May 2026`."""
    return f"{at.day} {at:%B %Y}"


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
