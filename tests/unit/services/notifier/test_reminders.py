"""What people are reminded of, when, and by which notifier."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiokafka import TopicPartition

from schemas.examples import TOTALS
from schemas.reminder import Reminder
from schemas.totals import CouncilTotals, Decider
from services.notifier.reminder_notice import reminder_of
from services.notifier.reminders import Reminders
from services.notifier.routing import may_concern
from tests.support.notices import channel

AT = datetime(2021, 5, 7, 1, 40, tzinfo=UTC)
"""02.40 in the United Kingdom."""

COUNCIL = "local.southampton.2021-05-06"
REDBRIDGE = "local.southampton.redbridge.2021-05-06"
PARTITIONS = [TopicPartition("alerts", number) for number in range(4)]


def decider(at: datetime | None = AT, ward: str = "Redbridge", *, decides: bool = True) -> Decider:
    """Returns a ward on which control can still hang: alone, unless it is said not to."""
    return Decider(
        ballot_paper_id=REDBRIDGE, ward=ward, text="all", expected_at=at, decides=decides
    )


def southampton(**fields: Any) -> CouncilTotals:
    """Returns an undecided council that hangs on one ward, with some fields otherwise."""
    given = {
        "council": COUNCIL,
        "name": "Southampton",
        "election": "local.2021-05-06",
        "mode": "live",
        "control": None,
        "complete": False,
        "wards_declared": 15,
        "deciders": (decider(),),
        "expected_next": AT,
    }
    return TOTALS.model_copy(update=given | fields)


def before(minutes: float) -> datetime:
    """Returns so many minutes before the result is expected."""
    return AT - timedelta(minutes=minutes)


def test_ten_minutes_before_the_ward_that_decides_is_named() -> None:
    """With the time in the United Kingdom, for whom it decides, and as JSON for webhooks."""
    notice = reminder_of(southampton(), before(10))

    assert notice is not None
    assert notice.line == "In ten minutes (02.40): Redbridge is expected to decide Southampton."
    assert Reminder.model_validate_json(notice.payload).ballot_paper_id == REDBRIDGE
    assert notice.id == Reminder.model_validate_json(notice.payload).id


def test_a_ward_that_is_put_off_does_not_hide_the_one_that_decides() -> None:
    """As in Barnet in 2014, where a candidate had died in another ward."""
    put_off = decider(None, "Coxford", decides=False)

    assert reminder_of(southampton(deciders=(decider(), put_off)), before(10)) is not None


@pytest.mark.parametrize(
    ("minutes", "begins"),
    [(10.1, None), (9.5, "In ten minutes"), (1, "In one minute "), (0.1, "In one"), (0, None)],
)
def test_a_reminder_says_how_long_it_is_and_comes_only_within_ten_minutes(
    minutes: float, begins: str | None
) -> None:
    """A notifier that starts late reminds late; once the time has come it does not any more."""
    notice = reminder_of(southampton(), before(minutes))

    assert (notice is None) == (begins is None)
    assert notice is None or notice.line.startswith(begins or "")


@pytest.mark.parametrize(
    "fields",
    [
        {"control": "PP52"},
        {"complete": True},
        {"deciders": (decider(None),)},
        {"deciders": (decider(decides=False), decider(ward="Coxford", decides=False))},
        {"deciders": ()},
    ],
)
def test_nothing_is_said_of_a_council_that_is_decided_or_hangs_on_more(fields: Any) -> None:
    """A ward that cannot decide alone, or whose time nobody has stated, is not told."""
    assert reminder_of(southampton(**fields), before(5)) is None


def test_the_first_result_of_a_council_is_told_too() -> None:
    """Before any ward has declared, whatever hangs on it."""
    waiting = southampton(wards_declared=0, deciders=())

    notice = reminder_of(waiting, before(10))

    assert notice is not None
    assert notice.line == "In ten minutes (02.40): the first result of Southampton is expected."


def test_no_live_channel_hears_of_deciding_before_the_polls_close() -> None:
    """A time that is stated too early is told of after the close, if it has not passed by then."""
    at = datetime(2021, 5, 6, 21, 5, tzinfo=UTC)
    early = southampton(deciders=(decider(at),))

    assert reminder_of(early, at - timedelta(minutes=9)) is None
    assert reminder_of(early, at - timedelta(minutes=4)) is not None


def test_the_same_time_is_the_same_reminder_and_a_moved_time_another() -> None:
    """By the id, which the ledger knows: whoever looks, and however often."""
    later = AT + timedelta(minutes=5)
    found = [
        reminder_of(southampton(), before(10)),
        reminder_of(southampton(version=99), before(3)),
        reminder_of(southampton(deciders=(decider(later),)), before(3)),
    ]
    ids = [notice.id for notice in found if notice is not None]

    assert len(ids) == 3
    assert ids[0] == ids[1] != ids[2]


def reminders(now: list[datetime], *councils: CouncilTotals, namespace: str = "live") -> Reminders:
    """Returns the reminders of one notifier, with a clock that the test sets."""
    return Reminders(lambda: councils, namespace=namespace, topic="alerts", now=lambda: now[0])


def test_each_council_has_one_notifier_that_reminds_of_it_once() -> None:
    """Of two notifiers that share the partitions, and not again as time goes on."""
    now = [before(10)]
    both = [reminders(now, southampton()) for _ in range(2)]
    shares = [PARTITIONS[:2], PARTITIONS[2:]]
    told = []
    for _ in range(300):
        told += [each.due(share, 4) for each, share in zip(both, shares, strict=True)]
        now[0] += timedelta(seconds=1)

    assert [due.notice.council for found in told for due in found] == [COUNCIL]


def test_whoever_is_given_the_partition_next_reminds_of_what_is_left() -> None:
    """The ledger knows what was sent; what a notifier has lost, it does not remind of."""
    now = [before(10)]
    first, second = reminders(now, southampton()), reminders(now, southampton())
    (due,) = first.due(PARTITIONS, 4)

    gone = first.forget(PARTITIONS)
    now[0] += timedelta(seconds=2)
    (again,) = second.due(PARTITIONS, 4)

    assert due.partition in gone
    assert not {each.topic for each in gone} & {"alerts"}
    assert due.notice.id == again.notice.id
    assert first.due((), 4) == []


def test_a_council_of_another_mode_is_told_to_nobody() -> None:
    """The namespace decides what is live, not the message."""
    (due,) = reminders([before(10)], southampton(), namespace="rehearsal").due(PARTITIONS, 4)

    assert due.notice.doubt.startswith("mode: 'live'")


@pytest.mark.parametrize(
    ("filters", "is_sent"),
    [
        ({}, False),
        ({"kinds": ("control",)}, False),
        ({"kinds": ("reminder",)}, True),
        ({"kinds": ("reminder",), "councils": ("southampton",)}, True),
        ({"kinds": ("reminder",), "councils": ("barnet",)}, False),
        ({"kinds": ("reminder",), "wards": ("redbridge",)}, True),
        ({"kinds": ("reminder",), "wards": ("coxford",)}, False),
    ],
)
def test_a_reminder_goes_to_channels_that_name_it(filters: Any, is_sent: bool) -> None:  # noqa: FBT001 -- a case
    """And of those to the ones that its council and ward concern."""
    notice = reminder_of(southampton(), before(10))

    assert notice is not None
    assert may_concern(notice, channel(**filters), None) is is_sent
