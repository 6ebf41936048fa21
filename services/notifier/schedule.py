"""When the next message may go out to a channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.notifier.channels import Channel
from services.notifier.quiet_hours import quiet_until

MINUTE = timedelta(minutes=1)

DIGEST_MAX = 50
"""A digest of so many goes out at once: more would not be read, nor fit."""


def due_at(
    channel: Channel,
    now: datetime,
    *,
    oldest: datetime,
    waiting: int,
    sent: Sequence[datetime],
) -> datetime:
    """Returns when the next message may go out: `now` or earlier, where nothing holds it.

    `oldest` is when the first that waits came, `waiting` how many do, and `sent` when the
    newest messages went out, oldest first; those within the last minute suffice.
    """
    due = now
    if channel.digest_minutes and waiting < DIGEST_MAX:
        due = oldest + channel.digest_minutes * MINUTE
    if channel.per_minute and len(sent) >= channel.per_minute:
        due = max(due, sent[-channel.per_minute] + MINUTE)
    if channel.quiet_hours:
        due = max(due, quiet_until(channel.quiet_hours, max(due, now)))
    return due
