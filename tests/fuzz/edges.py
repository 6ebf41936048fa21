"""Values at which something breaks, if it breaks: texts, times and numbers, for any field.

Nothing here knows a field. `tests.fuzz.values` keeps those that a field takes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final

Takes = Callable[[object], bool]
"""Whether a field takes a value, given as it is in JSON."""

ALPHABETS: Final = (
    "a",
    "W ",
    "€",
    "𝕏",
    "é",
    "e\u0301",
    "ﷺ",
    "א",
    "<b>",
    "&amp;",
    "\"'",
    "\\",
    "{{x}}",
    "%s",
    ", ",
    ". ",
)
"""What a text is filled with: of one to four bytes, wide and narrow, from right to left, with an
accent of its own, and with what markup, templates, CSV and JSON have to escape."""

TEXTS: Final = (
    "",
    " ",
    "x",
    "-",
    ".",
    "0",
    "None",
    "null",
    "NOC",
    "noc",
    "Independent",
    "independents",
    "PP52",
    "PP53",
    "pp53",
    "PP90",
    "joint-party:53-119",
    "ynmp-party:2",
    "ynmp-party:12522",
    "E09000003",
    "W06000015",
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "{{ 7 * 7 }}{% raw %}",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    ";=1",
    "＝1+1",
    "@everyone",
    "[a](http://evil.example)",
    "<@U012>",
    "*bold* _it_ `code`",
    "http://evil.example",
    "javascript:alert(1)",
    "%s %d {0} {name}",
    "../../etc/passwd",
    "a\u00a0b",
    "soft\u00adhyphen",
    "\u0301",
    "👩‍👩‍👧‍👦",
    "two\nlines",
    "a\rb",
    "tab\tbed",
    "nul\x00",
    "\x1b]0;title\x07\x1b[2J",
    "\x7f\x9b",
    "u2028\u2028end",
    "\u202egnp.exe",
    "\u2066isolate",
    "\u200bzero\u200dwidth",
    "\ufeffbom",
    "\ufffe\uffff",
    "agency",
    "stringer-barnet",
    "a" * 40,
    "0" * 32,
    "5f0c1a9e7d3b42868c5d0e4f6a7b8c9d",
    "local.barnet.2014-05-22",
    "local.barnet.childs-hill.2014-05-22",
    "local.barnet.childs-hill.by.2014-05-22",
    "local.a.9999-12-31",
    "local.a.b.1000-01-01",
)
"""Texts that mean something to somebody: parties, ids, sources, markup, formulas, terminals."""

LENGTHS_TRIED: Final = (1_000_000, 100_000, 10_000, 1_000, 100, 10, 1)
"""How long the longest text can be is found between two of these."""

ZONES: Final = ("Z", "+00:00", "-00:01", "+01:00", "+14:00", "-12:00", "+23:59", "-23:59")

TIMES: Final = (
    "0001-01-01T00:00:00",
    "0001-01-01T00:00:00.000001",
    "0999-12-31T23:59:59",
    "1582-10-10T00:00:00",
    "1847-12-01T00:00:00",
    "1899-12-31T23:59:59.999999",
    "1900-01-01T00:00:00",
    "1901-12-13T20:45:51",
    "1969-12-31T23:59:59.999999",
    "1970-01-01T00:00:00",
    "2014-03-30T01:30:00",
    "2014-05-22T22:00:00",
    "2014-05-23T05:10:00.123456",
    "2014-10-26T01:30:00",
    "2016-12-31T23:59:60",
    "2038-01-19T03:14:08",
    "2100-02-28T23:59:59",
    "2199-12-31T23:59:59.999999",
    "2200-01-01T00:00:00",
    "2262-04-11T23:47:17",
    "9999-12-31T00:00:00",
    "9999-12-31T23:59:59.999999",
)
"""The ends of the calendar and of counters, leap seconds, hours that a clock shows twice or never,
the year of the first standard time; and a night."""

INTEGERS: Final = (0, 1, -1, 2, 3, 7, 100, 101, 999, 2**31 - 1, 2**31, 2**53, 2**53 + 1, 2**63 - 1)

FLOATS: Final = (
    0.0,
    -0.0,
    5e-324,
    1e-7,
    0.05,
    0.1 + 0.2,
    33.333333333333336,
    99.995,
    1e16,
    1.7e308,
)


def texts(takes: Takes, length_max: int | None) -> list[str]:
    """Returns the texts that a field takes, the longest of every alphabet among them."""
    longest = length_max if length_max is not None else _longest(takes)
    tried = [*TEXTS]
    for alphabet in ALPHABETS:
        whole = alphabet * (longest // len(alphabet) + 1)
        tried += [f"x{whole}"[: length - 1] + "x" for length in (longest, longest - 1) if length]
    return [text for text in dict.fromkeys(tried) if takes(text)]


def _longest(takes: Takes) -> int:
    """Returns the length of the longest text of one letter that a field takes."""
    fits = next((length for length in LENGTHS_TRIED if takes("a" * length)), 0)
    too_long = 10 * fits + 1
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        fits, too_long = (middle, too_long) if takes("a" * middle) else (fits, middle)
    return fits


def times(takes: Takes) -> list[str]:
    """Returns the times that a field takes, its earliest and its latest among them."""
    tried = [f"{time}{zone}" for time in TIMES for zone in ZONES]
    found = [time for time in tried if takes(time)]
    known = next((time for time in found if time.startswith("2014")), None)
    if known is not None:
        middle = datetime.fromisoformat(known).astimezone(UTC)
        ends = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
        found += [_furthest(takes, middle, end).isoformat() for end in ends]
    return found


def days(takes: Takes) -> list[str]:
    """Returns the days that a field takes, its earliest and its latest among them."""
    known = date(2014, 5, 22)
    ends = (_last_day(takes, known, end) for end in (date.min, date.max))
    return [each.isoformat() for each in (known, date(2012, 2, 29), *ends)]


def _last_day(takes: Takes, near: date, far: date) -> date:
    """Returns the last day on the way from one that is taken that is taken too."""
    if takes(far.isoformat()):
        return far
    while abs((far - near).days) > 1:
        middle = near + (far - near) / 2
        near, far = (middle, far) if takes(middle.isoformat()) else (near, middle)
    return near


def _furthest(takes: Takes, near: datetime, far: datetime) -> datetime:
    """Returns the last time on the way from one that is taken that is taken too."""
    if takes(far.isoformat()):
        return far
    while abs(far - near) > timedelta(microseconds=1):
        middle = near + (far - near) / 2
        near, far = (middle, far) if takes(middle.isoformat()) else (near, middle)
    return near


def integers(takes: Takes, low: int | None, high: int | None) -> list[int]:
    """Returns the whole numbers that a field takes, its bounds among them."""
    ends = [end + step for end in (low, high) if end is not None for step in (-1, 0, 1)]
    return [number for number in dict.fromkeys((*ends, *INTEGERS)) if takes(number)]


def floats(takes: Takes, low: float | None, high: float | None) -> list[float]:
    """Returns the numbers that a field takes, its bounds among them."""
    ends = [end for end in (low, high) if end is not None]
    return [number for number in dict.fromkeys((*ends, *FLOATS)) if takes(number)]
