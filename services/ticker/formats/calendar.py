"""When councils are expected, as a calendar that newsrooms and readers subscribe to (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from icalendar import Alarm, Calendar, Event
from icalendar.prop import vDuration

from schemas.totals import CouncilTotals
from schemas.uk_time import UK_TIME
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.told_times import ToldTimes
from services.ticker.pages.expected import ExpectedCouncil

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"

ALARM_BEFORE: Final = timedelta(minutes=10)
"""How long before a declaration the calendar reminds: time to get a reporter on the air."""

REFRESH: Final = timedelta(minutes=5)
"""How often a calendar is asked to look again. Most look less often; none is made to."""


class Dated(NamedTuple):
    """A council, and the time under which the calendar has it.

    `expected` is None once the council is complete, and if its time was withdrawn, so that its
    event is cancelled.
    """

    totals: CouncilTotals
    at: datetime
    expected: ExpectedCouncil | None


def dated(
    state: ElectionState,
    expected: Iterable[ExpectedCouncil],
    told: Mapping[str, ToldTimes],
) -> list[Dated]:
    """Returns the councils that a calendar has: those with a time, now or earlier in the night.

    `told` is what the feed has said of their times: whoever was expected once, and no longer is,
    stays in the calendar as cancelled.
    """
    by_council = {each.council: each for each in expected}
    found = []
    for totals in state.opened():
        now = by_council.get(totals.council)
        if now is not None and now.shown_at is not None:
            found.append(Dated(totals, now.shown_at, now))
            continue
        # Wards keep their times when they are declared; those that were withdrawn the feed has.
        wards = state.councils[totals.council].wards
        times = [ward.expected_at for ward in wards if ward.expected_at is not None]
        earlier = max(times, default=told.get(totals.council, ToldTimes()).expected_at)
        if earlier is not None:
            found.append(Dated(totals, earlier, None))
    return found


def expected_ics(
    councils: Sequence[Dated],
    told: Mapping[str, ToldTimes],
    *,
    title: str,
    site: str = "",
) -> bytes:
    """Returns the calendar of a night: one event for each council that was ever expected.

    An event keeps its UID through the night. Its SEQUENCE is the version of the council, which
    only rises, and it was last modified when the feed last said anything of the council, so that
    every ticker makes the same calendar of the same feed. With the address of the ticker as
    `site`, events link to their councils.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//livecount//expected declarations//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-timezone", UK_TIME.key)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    # Whatever the feed no longer has was said before all that it has.
    earliest_ms = min((of_one.changed_ms for of_one in told.values()), default=0)
    for each in councils:
        of_council = told.get(each.totals.council)
        changed_ms = earliest_ms if of_council is None else of_council.changed_ms
        calendar.add_component(_event(each, changed_ms, site))
    # The zone's rules of the night's own years: clients have those of others, if they need any.
    years = [each.at.year for each in councils]
    if years:
        calendar.add_missing_timezones(date(min(years), 1, 1), date(max(years) + 1, 12, 31))
    written: bytes = calendar.to_ical()
    return written


def _event(each: Dated, changed_ms: int, site: str) -> Event:
    totals, expected = each.totals, each.expected
    event = Event()
    event.add("uid", str(uuid5(NAMESPACE_URL, f"livecount:expected:{totals.council}")))
    changed = datetime.fromtimestamp(changed_ms / 1_000, UTC).replace(microsecond=0)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", totals.version)
    event.add("dtstart", each.at.astimezone(UK_TIME).replace(second=0, microsecond=0))
    event.add("status", "CANCELLED" if expected is None else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["REHEARSAL" if totals.mode == "rehearsal" else "Election"])
    mark = "REHEARSAL: " if totals.mode == "rehearsal" else ""
    if expected is None:
        event.add("summary", f"{mark}{totals.name}")
        done = totals.headline if totals.complete else "No expected time is known any more."
        event.add("description", done)
    else:
        event.add("summary", f"{mark}{expected.says}")
        event.add("description", _description(expected))
        event.add_component(_alarm(f"{mark}In ten minutes: {expected.says}"))
    if site:
        event.add("url", f"{site}/councils/{totals.council}")
    return event


def _description(expected: ExpectedCouncil) -> str:
    lines = [expected.headline, *[each.text for each in expected.deciders]]
    lines.append("Expected times are what councils have said before; they may be early or late.")
    return "\n".join(lines)


def _alarm(text: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm
