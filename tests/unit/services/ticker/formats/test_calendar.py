from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from schemas.council import CouncilOpened
from schemas.events import Event as Declaration
from schemas.uk_time import UK_TIME
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.entry import Entry
from services.ticker.feed.told_times import told_times
from services.ticker.formats.calendar import dated, expected_ics
from services.ticker.pages.expected import expected_councils
from tests.support.shown_night import shown
from tests.support.ticking import COUNCIL, WARDS, declared, opened

AT = datetime(2014, 5, 23, 2, 40, tzinfo=UK_TIME)
NOW = datetime(2014, 5, 22, 22, 30, tzinfo=UK_TIME)
SITE = "https://count.example.org"


def opening(at: datetime | None = AT, *, revision: int = 1, mode: str = "live") -> CouncilOpened:
    """Returns a council of which Elm alone has an expected time."""
    plain = opened()
    wards = tuple(
        ward.model_copy(update={"expected_at": at}) if ward.ward == "Elm" else ward
        for ward in plain.wards
    )
    return plain.model_copy(update={"wards": wards, "revision": revision, "mode": mode})


def live(*winners: str) -> list[Declaration]:
    results = [declared(*each) for each in zip(WARDS, winners, strict=False)]
    return [each.model_copy(update={"mode": "live"}) for each in results]


FOUR = live("PP52", "PP53", "PP52", "PP53")
"""After these the council hangs on Elm."""


def entries(steps: Iterable[Sequence[Declaration]]) -> tuple[ElectionState, list[Entry]]:
    """Returns the state after the last step, and a feed with each step's wards and totals."""
    feed: list[Entry] = []
    state = ElectionState("")
    for minute, events in enumerate(steps):
        state = shown(events)
        of_council = state.councils[COUNCIL]
        said = [("ward", data) for data in of_council.wards_json.values()]
        for place, (kind, data) in enumerate([*said, ("totals", of_council.totals_json)]):
            feed_id = f"{1_400_800_000_000 + 60_000 * minute}-{place}"
            feed.append(Entry(feed_id, kind, COUNCIL, data))  # type: ignore[arg-type]
    return state, feed


def written(*steps: Sequence[Declaration]) -> bytes:
    state, feed = entries(steps)
    told = told_times(feed)
    councils = dated(state, expected_councils(state, NOW), told)
    return expected_ics(councils, told, title="Expected", site=SITE)


def events(*steps: Sequence[Declaration]) -> list[Event]:
    calendar = Calendar.from_ical(written(*steps))
    assert isinstance(calendar, Calendar)
    return list(calendar.events)


def test_an_event_says_what_is_expected_in_uk_time_with_a_reminder() -> None:
    """`02.40: Elm decides Nowhere`, with its zone, a link, and an alarm ten minutes before."""
    (event,) = events([opening(), *FOUR])
    (alarm,) = event.walk("VALARM")
    start = event.decoded("dtstart")

    assert str(event["summary"]) == "Elm decides Nowhere"
    assert start == AT
    assert event["dtstart"].params["TZID"] == "Europe/London"
    assert str(event["url"]) == f"{SITE}/councils/{COUNCIL}"
    assert alarm.decoded("trigger") == timedelta(minutes=-10)
    assert str(alarm["description"]) == "In ten minutes: Elm decides Nowhere"
    assert str(event["status"]) == "TENTATIVE"


def test_a_moved_time_keeps_the_event_and_raises_its_sequence() -> None:
    """Calendars move the event that they have, and do not add another."""
    first = [opening(), *FOUR]
    moved = [*first, opening(AT + timedelta(minutes=50), revision=2)]
    (before,), (after,) = events(first), events(first, moved)

    assert before["uid"] == after["uid"]
    assert after["sequence"] > before["sequence"]
    assert after.decoded("dtstart") == AT + timedelta(minutes=50)
    assert after.decoded("last-modified") > before.decoded("last-modified")


def test_a_council_that_has_declared_is_cancelled() -> None:
    """Its reminder does not ring any more, and the event says what came of it."""
    first = [opening(), *FOUR]
    done = [*first, declared("Elm", "PP52").model_copy(update={"mode": "live"})]
    (before,), (after,) = events(first), events(first, done)

    assert before["uid"] == after["uid"]
    assert str(after["status"]) == "CANCELLED"
    assert after["sequence"] > before["sequence"]
    assert after.walk("VALARM") == []
    assert "CON GAIN Nowhere" in str(after["description"])


def test_a_council_that_declared_before_the_feed_begins_is_cancelled_all_the_same() -> None:
    """A ticker keeps the newest entries only; the council's wards still have their times."""
    done = [opening(), *FOUR, declared("Elm", "PP52").model_copy(update={"mode": "live"})]
    state, _ = entries([done])
    councils = dated(state, expected_councils(state, NOW), {})
    (event,) = Calendar.from_ical(expected_ics(councils, {}, title="Expected")).events

    assert str(event["status"]) == "CANCELLED"
    assert event.decoded("dtstart") == AT


def test_a_time_that_was_withdrawn_is_cancelled() -> None:
    """The council is still to come, but nobody says any more when."""
    first = [opening(), *FOUR]
    dropped = [*first, opening(None, revision=2)]
    (after,) = events(first, dropped)

    assert str(after["status"]) == "CANCELLED"
    assert "No expected time is known any more." in str(after["description"])


def test_a_rehearsal_says_so_in_every_summary_and_reminder() -> None:
    """Nobody is woken for a night that is only played."""
    four = [each.model_copy(update={"mode": "rehearsal"}) for each in FOUR]
    (event,) = events([opening(mode="rehearsal"), *four])
    (alarm,) = event.walk("VALARM")

    assert str(event["summary"]).startswith("REHEARSAL: ")
    assert str(alarm["description"]).startswith("REHEARSAL: ")


def test_without_times_the_calendar_is_empty_and_still_one() -> None:
    """A night of which nothing is known can be subscribed to all the same."""
    assert events([opening(None)]) == []
    assert written([opening(None)]).startswith(b"BEGIN:VCALENDAR\r\n")


def test_the_same_feed_gives_the_same_calendar() -> None:
    """Two tickers behind a proxy serve the same bytes, so that nothing seems to change."""
    assert written([opening(), *FOUR]) == written([opening(), *FOUR])


def test_the_calendar_follows_the_rules_of_its_format() -> None:
    """Lines of 75 octets at most, ended as they must be, with what RFC 5545 requires."""
    text = written([opening(), *FOUR])
    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Calendar)
    lines = text.split(b"\r\n")

    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in text.replace(b"\r\n", b"")
    assert str(calendar["version"]) == "2.0"
    assert "prodid" in calendar
    assert [str(zone["tzid"]) for zone in calendar.timezones] == ["Europe/London"]
    for event in calendar.events:
        assert {"uid", "dtstamp", "dtstart", "sequence", "last-modified"} <= {
            *map(str.lower, event)
        }
        assert event.decoded("dtstamp").utcoffset() == timedelta()
        assert len(event.errors) == 0


def test_only_what_a_ward_is_expected_at_is_read_from_the_feed() -> None:
    """A text of others that looks like a time moves nothing, and rubbish is passed over."""
    odd = [
        Entry("1-0", "ward", COUNCIL, b'{"expected_at":"9999-99-99T99:99:99Z"}'),
        Entry("2-0", "ward", COUNCIL, b'{"expected_at":"0001-01-01T00:00:00Z"}'),
        Entry("3-0", "ward", COUNCIL, b'{"expected_at":"2014-05-23T02:40:00"}'),
        Entry("4-0", "ward", COUNCIL, b'{"ward":"\\"expected_at\\":\\"2014-05-23T02:40:00Z"}'),
        Entry("5-0", "alert", COUNCIL, b'{"expected_at":"2014-05-23T02:40:00Z"}'),
        Entry("6-0", "ward", COUNCIL, b'{"expected_at":null}'),
    ]
    told = told_times(odd)[COUNCIL]

    assert told.expected_at is None
    assert told.changed_ms == 6
