"""The close of the polls: before it no live channel is told who controls a council.

Seats that are not up and nominations can settle a council weeks before its poll. That is counted
and shown as such, but while people vote it is told to nobody.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from schemas.uk_time import UK_TIME
from services.notifier.notice import CONTROL_KINDS, NIGHT_KINDS, Notice

POLLS_CLOSE = time(22, 0)
"""When polling stations close in the United Kingdom (Representation of the People Act 1983,
schedule 1, rule 1)."""

WITHDRAWN_UNTOLD = "withdrawn before the polls closed, so it was told to nobody"
"""Why an alert that was held is not sent at all, as the ledger records it."""


def held_until(notice: Notice) -> datetime | None:
    """Returns when the polls of a notice's council or night close, if it may not be told before.

    None for a rehearsal, for what no channel may be sent anyway, and for what says nothing of
    control, such as a countermanded poll.
    """
    if notice.mode != "live" or notice.doubt or notice.kind not in CONTROL_KINDS | NIGHT_KINDS:
        return None
    return close_of(notice.about)


def close_of(about: str) -> datetime:
    """Returns when the polls of a council or a night, given by its id, close."""
    day = date.fromisoformat(about.rpartition(".")[2])
    return datetime.combine(day, POLLS_CLOSE, UK_TIME).astimezone(UTC)
