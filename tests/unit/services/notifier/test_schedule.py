"""When a message may be sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from services.notifier.quiet_hours import quiet_until
from services.notifier.schedule import DIGEST_MAX, due_at
from services.notifier.senders.backoff import BASE_S, MAX_S, pause_s
from tests.support.notices import channel

NOW = datetime(2014, 5, 23, 3, 0, tzinfo=UTC)
"""Four in the morning in the UK, in May."""

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        ("23:00-07:00", "2014-05-23T03:00:00+00:00", "2014-05-23T06:00:00+00:00"),
        ("23:00-07:00", "2014-05-22T22:30:00+00:00", "2014-05-23T06:00:00+00:00"),
        ("23:00-07:00", "2014-05-23T06:00:00+00:00", "2014-05-23T06:00:00+00:00"),
        ("23:00-07:00", "2014-05-22T21:59:59+00:00", "2014-05-22T21:59:59+00:00"),
        ("01:00-05:00", "2014-12-01T01:00:00+00:00", "2014-12-01T05:00:00+00:00"),
        ("01:00-05:00", "2014-12-01T05:00:00+00:00", "2014-12-01T05:00:00+00:00"),
    ],
)
def test_quiet_hours_are_uk_time(hours: str, now: str, until: str) -> None:
    """Quiet hours follow UK clocks in summer and winter, also over midnight."""
    assert quiet_until(hours, datetime.fromisoformat(now)) == datetime.fromisoformat(until)


def test_without_a_schedule_nothing_waits() -> None:
    """An alert is sent at once."""
    assert due_at(channel(), NOW, oldest=NOW, waiting=1, sent=[]) <= NOW


def test_digest_waits_for_the_oldest() -> None:
    """A digest is sent the set number of minutes after its first alert arrived."""
    due = due_at(channel(digest_minutes=10), NOW, oldest=NOW - 4 * MINUTE, waiting=3, sent=[])

    assert due == NOW + 6 * MINUTE


def test_full_digest_does_not_wait() -> None:
    """A digest that is long enough is sent before its time."""
    due = due_at(channel(digest_minutes=10), NOW, oldest=NOW, waiting=DIGEST_MAX, sent=[])

    assert due <= NOW


def test_rate_is_counted_over_a_minute() -> None:
    """With two a minute, the third waits until the first is a minute old."""
    sent = [NOW - timedelta(seconds=50), NOW - timedelta(seconds=10)]
    limited = channel(per_minute=2)

    assert due_at(limited, NOW, oldest=NOW, waiting=1, sent=sent) == NOW + timedelta(seconds=10)
    assert due_at(limited, NOW, oldest=NOW, waiting=1, sent=sent[1:]) <= NOW


def test_digest_that_falls_into_quiet_hours_waits_for_their_end() -> None:
    """A digest that would be due in quiet hours is due at their end."""
    night = channel(digest_minutes=60, quiet_hours="04:30-07:00")
    due = due_at(night, NOW, oldest=NOW, waiting=1, sent=[])

    assert due == datetime(2014, 5, 23, 6, 0, tzinfo=UTC)


def test_pauses_double_with_jitter_up_to_a_limit() -> None:
    """Each pause is between half of a doubling ceiling and all of it, and never above the limit."""
    random = Random(1)
    for failures in range(1, 50):
        ceiling = min(MAX_S, BASE_S * 2 ** (failures - 1))
        assert ceiling / 2 <= pause_s(failures, random) <= ceiling


def test_a_pause_is_never_shorter_than_the_receiver_asks_for() -> None:
    """Retry-After is respected if the pause would be shorter."""
    assert pause_s(1, Random(1), 120.0) == 120.0
