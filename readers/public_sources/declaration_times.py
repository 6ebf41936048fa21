"""The Press Association's list of expected declarations (text): one council and time a line."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from readers.findings import Findings
from readers.public_sources.records import TIMES, DeclarationTime, Place, Sources
from schemas.refusal import shorten
from schemas.uk_time import UK_TIME

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY: Final = r"(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b"
_HEADER: Final = re.compile(rf"\btimes?\b.*\bfor {_DAY}", re.IGNORECASE)
_LINE: Final = re.compile(
    r"^(?P<council>\D*?[^\W\d][^\d(]*?)\s*[,:]?\s+"
    rf"(?:\(?(?P<before>{_DAY})[^\d)]*\)?\s+)?"
    r"(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)"
    rf"(?:\s*[,(]?\s*(?P<after>{_DAY})[^)]*\)?)?$",
    re.IGNORECASE,
)


def is_declaration_times(text: str) -> bool:
    """Returns whether a text is a list of times: a line that says for which day, and times."""
    lines = text.splitlines()[:50]
    return any(_HEADER.search(line) for line in lines)


def read_declaration_times(
    file: Path, text: str, poll: date, sources: Sources, findings: Findings
) -> None:
    """Adds when each council is expected to declare.

    The days of the week are those from the poll on: the list says `Friday`, and means the one
    after the poll. A line that is neither a heading nor a council with a time is a warning.
    """
    day: date | None = None
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.search(line)
        if header:
            day = _day_after(poll, header[1])
            continue
        found = _LINE.match(line.strip())
        stated = (found["before"] or found["after"]) if found else None
        meant = _day_after(poll, stated) if stated else day
        if found and meant:
            at = datetime.combine(meant, time(int(found["hour"]), int(found["minute"])), UK_TIME)
            place = Place(TIMES, file, number)
            sources.times.append(DeclarationTime(place, found["council"].strip(" ,:"), at))
        elif line.strip():
            what = f"{shorten(line.strip())} is no council with a time; left out"
            findings.warn(file, number, what, once="no time")


def _day_after(poll: date, name: str) -> date:
    """Returns the first day of that name from the day of the poll on."""
    number = next(place for place, day in enumerate(_DAYS) if day.startswith(name[:3].casefold()))
    return poll + timedelta(days=(number - poll.weekday()) % 7)
