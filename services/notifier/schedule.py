"""When the next message may be sent to a channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.notifier.channels import Channel
from services.notifier.quiet_hours import quiet_until

MINUTE = timedelta(minutes=1)

DIGEST_MAX = 50
"""With this many notices a digest is sent at once: more would neither fit nor be read."""


def due_at(
    channel: Channel,
    now: datetime,
    *,
    oldest: datetime,
    waiting: int,
    sent: Sequence[datetime],
) -> datetime:
    """Returns when the next message may be sent; `now` or earlier means at once.

    `oldest` is when the first waiting notice arrived, `waiting` how many there are, and `sent`
    when the latest messages were sent, oldest first, at least those of the last minute.
    """
    due = now
    if channel.digest_minutes and waiting < DIGEST_MAX:
        due = oldest + channel.digest_minutes * MINUTE
    if channel.per_minute and len(sent) >= channel.per_minute:
        due = max(due, sent[-channel.per_minute] + MINUTE)
    if channel.quiet_hours:
        due = max(due, quiet_until(channel.quiet_hours, max(due, now)))
    return due
