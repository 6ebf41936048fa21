"""Reminder notices: what a channel is sent ten minutes before a result that is expected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from schemas.envelope import content_id, message_type
from schemas.reminder import Reminder
from schemas.totals import CouncilTotals
from schemas.uk_time import UK_TIME
from services.notifier.notice import Notice, line_of
from services.notifier.polls_close import close_of

BEFORE = timedelta(minutes=10)
"""How long before a time somebody is reminded: enough to make room on air or on a page."""

_SPELLED = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def reminder_of(totals: CouncilTotals, now: datetime) -> Notice | None:
    """Returns what to remind people of about a council now; None if of nothing.

    Of an undecided council that is the only ward on which control hangs, or, before any ward has
    declared, its first result. Both only where a time is stated, within BEFORE of it, and of a
    live night not before the polls close. Another time is another notice, with another id.
    """
    if totals.complete or totals.control is not None:
        return None
    decider = totals.deciders[0] if len(totals.deciders) == 1 else None
    if decider is not None and decider.expected_at is not None:
        at, ballot = decider.expected_at, decider.ballot_paper_id
        what = f"{decider.ward} is expected to decide {totals.name}."
    elif not totals.wards_declared and totals.expected_next is not None:
        at, ballot = totals.expected_next, None
        what = f"the first result of {totals.name} is expected."
    else:
        return None
    if not at - BEFORE <= now < at:
        return None
    if totals.mode == "live" and now < close_of(totals.council):
        return None
    # A minute that has begun counts: at 02.30 it is in ten minutes, and also seconds later.
    minutes = min(-(-(at - now) // timedelta(minutes=1)), len(_SPELLED) - 1)
    unit = "minute" if minutes == 1 else "minutes"
    line = line_of(f"In {_SPELLED[minutes]} {unit} ({at.astimezone(UK_TIME):%H.%M}): {what}")
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
