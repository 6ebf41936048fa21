"""Reminder notices: what a channel is sent ten minutes before a result that is expected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from schemas.envelope import content_id, message_type
from schemas.reminder import Reminder
from schemas.totals import CouncilTotals
from schemas.uk_time import UK_TIME
from services.notifier.notice import Notice, line_of
from services.notifier.polls_close import close_of

BEFORE = timedelta(minutes=10)
"""How long before a time somebody is reminded: enough to make room on air or on a page."""

_SPELLED = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class _Expected(NamedTuple):
    """A result that is expected: when, the ballot if it decides a council, and a sentence."""

    at: datetime
    ballot: str | None
    what: str


def reminder_of(totals: CouncilTotals, now: datetime) -> Notice | None:
    """Returns what to remind people of about a council now; None if of nothing.

    Of an undecided council that is the only ward on which control hangs, or, before any ward has
    declared, its first result. Both only where a time is stated, within BEFORE of it, and of a
    live night not before the polls close. Another time is another notice, with another id.
    """
    expected = _expected(totals)
    if expected is None or not expected.at - BEFORE <= now < expected.at:
        return None
    if totals.mode == "live" and now < close_of(totals.council):
        return None
    at, ballot = expected.at, expected.ballot
    when = f"{_minutes(at - now)} ({at.astimezone(UK_TIME):%H.%M})"
    line = line_of(f"In {when}: {expected.what}.")
    identity = f"reminder {totals.council} {ballot or ''} {at.astimezone(UTC).isoformat()}"
    reminder = Reminder(
        id=content_id(identity.encode()),
        council=totals.council,
        council_gss=totals.council_gss,
        name=totals.name,
        mode=totals.mode,
        ballot_paper_id=ballot,
        expected_at=at,
        text=line,
    )
    return Notice(
        id=reminder.id,
        type=message_type("reminder"),
        kind="reminder",
        mode=totals.mode,
        line=line,
        payload=reminder.model_dump_json().encode(),
        council=totals.council,
        council_gss=totals.council_gss,
        name=totals.name,
        ballots=frozenset({ballot} if ballot else ()),
        time=now,
        expires=at,
    )


def _expected(totals: CouncilTotals) -> _Expected | None:
    """Returns what is expected of a council that a time is stated for; None if nothing is."""
    if totals.complete or totals.control is not None:
        return None
    for ward in totals.deciders:
        if ward.decides and ward.expected_at is not None:
            what = f"{ward.ward} is expected to decide {totals.name}"
            return _Expected(ward.expected_at, ward.ballot_paper_id, what)
    if totals.wards_declared or totals.expected_next is None:
        return None
    return _Expected(totals.expected_next, None, f"the first result of {totals.name} is expected")


def _minutes(left: timedelta) -> str:
    """Returns the minutes that are left, in words; one that has begun counts as a whole one."""
    minutes = min(-(-left // timedelta(minutes=1)), len(_SPELLED) - 1)
    return f"{_SPELLED[minutes]} {'minute' if minutes == 1 else 'minutes'}"
