"""Which of the notices of a queue may be sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiokafka import TopicPartition

from services.notifier.holding.holds import Holds
from services.notifier.pending_notice import PendingNotice
from services.notifier.waiting_notices import HELD_BACK_MAX, WaitingNotices
from tests.support.holds import BARNET, hold, release
from tests.support.notices import notice

CAMDEN = "local.camden.2014-05-22"
NIGHT = datetime(2014, 5, 23, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Night:
    """Notices that wait, by numbers: the first is 1."""

    def __init__(self, *said: Any) -> None:
        self.holds = Holds()
        for event in said:
            self.holds.apply(event)
        self.waiting = WaitingNotices(self.holds)
        self.pending: list[PendingNotice] = []

    def add(self, at: datetime = NIGHT, **fields: Any) -> PendingNotice:
        """Adds a notice that was published at a time."""
        number = len(self.pending) + 1
        made = notice(**({"id": named(number)} | fields))
        place = TopicPartition("alerts", 0)
        pending = PendingNotice(made, place, number, published_at=at, received_at=at)
        self.pending.append(pending)
        self.waiting.add(pending)
        return pending

    def ready(self, at: datetime = NIGHT) -> list[int]:
        """Returns the numbers of those that may be sent."""
        return [each.offset for each in self.waiting.ready(at)]


def named(number: int) -> str:
    """Returns the id of a notice."""
    return f"{number:032x}"


def test_what_is_held_back_is_ready_when_its_seconds_have_passed() -> None:
    """To the moment."""
    night = Night(hold(60))
    night.add()

    assert night.ready() == []
    assert night.waiting.next_due(NIGHT) == NIGHT + MINUTE
    assert night.ready(NIGHT + MINUTE - timedelta(milliseconds=1)) == []
    assert night.ready(NIGHT + MINUTE) == [1]


def test_no_other_council_and_no_other_kind_waits_behind_what_is_held_back() -> None:
    """A recount in the same council is told at once."""
    night = Night(hold(60, council=BARNET, kinds=("control",)))
    night.add()
    night.add(kind="recount")
    night.add(council=CAMDEN)
    night.add(kind="declared")

    assert night.ready() == [2, 3, 4]


def test_what_is_about_control_keeps_its_order_within_a_council() -> None:
    """The full result would give away the call that is held back."""
    night = Night(hold(60, kinds=("control",)))
    night.add()
    night.add(kind="result")

    assert night.ready() == []
    (_, behind) = night.waiting.held(NIGHT)
    assert behind.behind is night.pending[0]
    assert behind.rule is not None
    assert night.ready(NIGHT + MINUTE) == [1, 2]


def test_what_withdraws_an_alert_that_is_held_back_waits_for_it() -> None:
    """Then neither is told; and what comes instead waits for its own time."""
    night = Night(hold(60))
    night.add()
    night.add(NIGHT + MINUTE / 2, retracts=named(1))
    night.add(NIGHT + MINUTE / 2)

    assert night.ready(NIGHT + MINUTE / 2) == []
    assert night.ready(NIGHT + MINUTE) == [1, 2]
    assert "withdrawn while the desk held it back" in night.waiting.why_untold(
        night.pending[0], NIGHT
    )
    assert night.waiting.why_untold(night.pending[2], NIGHT) == ""
    assert night.ready(NIGHT + MINUTE * 1.5) == [1, 2, 3]


def test_what_withdraws_an_alert_that_was_told_waits_for_nothing() -> None:
    """Not even behind another alert of its council that is held back."""
    night = Night(hold(60))
    night.add()
    night.add(retracts=named(99))

    assert night.ready() == [2]


def test_what_was_tried_already_is_tried_again_whatever_the_desk_says_then() -> None:
    """It may have arrived, so that what withdraws it may not wait."""
    night = Night()
    night.add().attempts = 1
    night.add(retracts=named(1))
    night.holds.apply(hold(60))

    assert night.ready() == [1, 2]
    assert night.waiting.why_untold(night.pending[0], NIGHT) == ""


def test_what_is_released_is_ready_at_once_in_its_order() -> None:
    """It does not overtake an alert about the same council's control."""
    night = Night(hold(60))
    night.add()
    night.add()
    night.holds.apply(release(named(2)))
    assert night.ready() == []

    night.holds.apply(release(named(1)))
    assert night.ready() == [1, 2]


def test_what_is_dropped_is_never_ready_and_nothing_waits_for_it() -> None:
    """It is recorded with its ruling at once."""
    night = Night(hold(60))
    night.add()
    night.add(NIGHT - MINUTE)
    ruling = release(named(1), ruling="drop")
    night.holds.apply(ruling)

    assert night.ready(NIGHT + MINUTE) == [2]
    assert night.waiting.dropped() == [(night.pending[0], ruling)]
    night.waiting.remove(night.pending[0])
    assert night.waiting.dropped() == []


def test_the_polls_close_before_anything_is_told_whatever_the_desk_releases() -> None:
    """A release ends the desk's hold, not the law's."""
    day = datetime(2014, 5, 22, 12, 0, tzinfo=UTC)
    night = Night(hold(60), release(named(1)))
    night.add(day)

    assert night.ready(day + MINUTE) == []
    assert [each.rule for each in night.waiting.held(day + MINUTE)] == [None]
    assert night.ready(datetime(2014, 5, 22, 21, 0, tzinfo=UTC)) == [1]


def test_of_too_many_that_are_held_back_the_oldest_are_sent() -> None:
    """Nothing is lost, and what is sent stays sent."""
    night = Night(hold(60))
    for number in range(HELD_BACK_MAX + 2):
        night.add(council=f"local.council-{number}.2014-05-22")

    assert night.ready() == [1, 2]
    assert night.ready() == [1, 2]
    assert len(night.waiting.held(NIGHT)) == HELD_BACK_MAX


def test_a_partition_that_is_revoked_is_forgotten() -> None:
    """Its new owner holds its alerts back."""
    night = Night(hold(60))
    night.add()
    night.waiting.forget([TopicPartition("alerts", 0)])

    assert night.waiting.held(NIGHT) == []
    assert night.ready(NIGHT + MINUTE) == []


@pytest.mark.parametrize("said", [(), (hold(60),)])
def test_since_when_an_alert_is_ready_is_kept(said: tuple[Any, ...]) -> None:
    """A receiver that is away is given as long for what was held back as for anything else."""
    night = Night(*said)
    pending = night.add()
    night.ready()
    night.ready(NIGHT + 2 * MINUTE)
    night.ready(NIGHT + 3 * MINUTE)

    assert pending.ready_at == (NIGHT + 2 * MINUTE if said else NIGHT)


def test_what_has_waited_until_its_time_has_passed_is_not_told() -> None:
    """As a reminder in quiet hours: after the result it would be false."""
    night = Night()
    reminder = night.add(kind="reminder", expires=NIGHT + MINUTE)

    assert night.waiting.why_untold(reminder, NIGHT) == ""
    assert "has passed" in night.waiting.why_untold(reminder, NIGHT + MINUTE)
