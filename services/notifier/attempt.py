"""An attempt at a delivery: its span, and how long the news took if it arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.notifier.channels import Channel
from services.notifier.pending_notice import PendingNotice
from services.notifier.senders.sender import Sender, SendError
from services.platform import tracing
from services.platform.metrics import NOTIFIER_ALERT_SECONDS
from services.platform.origin import arrived


async def attempt(
    sender: Sender, channel: Channel, batch: Sequence[PendingNotice], now: datetime
) -> None:
    """Sends notices as one message; raises SendError. Each attempt is a span of its own.

    The span is in the trace of the first notice, and linked to those of the others.
    """
    origins = [each.notice.origin for each in batch if each.notice.origin is not None]
    span = tracing.begin(
        "deliver",
        "client",
        list(dict.fromkeys(origin.traceparent for origin in origins)),
        {
            "livecount.channel": channel.name,
            "livecount.kind": batch[0].notice.kind,
            "livecount.council": batch[0].notice.council,
            "livecount.notices": len(batch),
            "livecount.attempt": batch[0].attempts,
        },
    )
    failure = "the notifier ended"
    try:
        await sender.send([each.notice for each in batch], now)
        failure = ""
    except SendError as error:
        failure = error.failure
        raise
    finally:
        span.end(failure)


def measure(pending: PendingNotice, channel: Channel, now: datetime) -> None:
    """Measures a delivery of what nobody held back.

    How long ago its declaration was says nothing if the polls had not closed, or if the channel
    wants its alerts later.
    """
    NOTIFIER_ALERT_SECONDS.observe(max((now - pending.since).total_seconds(), 0.0))
    is_told_at_once = not channel.digest_minutes and channel.quiet_hours is None
    if is_told_at_once and pending.since == pending.published_at:
        arrived("channel", pending.notice.origin, now.timestamp())
