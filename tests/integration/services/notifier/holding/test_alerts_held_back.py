"""`livecount alerts hold|held|release` with a real Kafka and a notifier that is killed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from schemas.alert import Alert
from schemas.hold import AlertsHeldBack, AlertsReleased, decode_hold
from services.access.audit_log import entries
from services.platform.names import Topics
from services.platform.settings import Settings
from tests.support.notifier_receivers import (
    Receiver,
    a_milestone,
    an_alert,
    publish,
    recorded,
    rehearsal_channels,
)
from tests.support.topics import messages

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]
Begin = Callable[..., Awaitable[Any]]

BARNET, CAMDEN = "local.barnet.2014-05-22", "local.camden.2014-05-22"
DESK = ("--by", "Ann", "--reason", "one source so far")


def in_camden(number: int) -> Alert:
    """Returns an alert of another council."""
    return an_alert(number, council=CAMDEN, cause="local.camden.kilburn.2014-05-22", name="Camden")


async def run(process: Process, *arguments: str, status: int = 0) -> str:
    """Returns what `livecount alerts` prints; it ends with this status.

    Receivers answer meanwhile.
    """
    running = process("alerts", *arguments)
    assert await asyncio.to_thread(running.process.wait, 60) == status, running.written()
    return str(running.written())


@pytest.fixture
def notifier(process: Process, tmp_path: Path) -> Callable[[Receiver], Any]:
    """Starts a notifier with one channel."""

    def start(receiver: Receiver) -> Any:
        table = f'name = "desk"\nwebhook = "{receiver.url}"'
        return process(
            "notifier", "run", notifier_channels_file=rehearsal_channels(tmp_path, table)
        )

    return start


@pytest.fixture
def begin(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    notifier: Callable[[Receiver], Any],
    eventually: Eventually,
) -> Begin:
    """Starts a notifier, publishes alerts, and returns the notifier once it reads them."""

    async def begun(receiver: Receiver, *alerts: Alert) -> Any:
        running = notifier(receiver)
        await publish(kafka_producer, settings, list(alerts))
        await eventually(lambda: "notifier runs" in running.written())
        return running

    return begun


async def test_an_alert_held_back_outlasts_its_notifier_and_is_sent_in_its_time(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    notifier: Callable[[Receiver], Any],
    eventually: Eventually,
) -> None:
    """Another council's is sent meanwhile. The time runs from the publication, also over a kill."""
    said = await run(
        process, "hold", "--council", BARNET, "--kind", "control", "--seconds", "8", *DESK
    )
    assert f"control of {BARNET}: held back for 8 s" in said
    arrived: dict[str, datetime] = {}

    def arrives(alert: Alert) -> int:
        arrived[alert.id] = datetime.now(UTC)
        return 204

    async with Receiver(answer=arrives) as receiver:
        running = notifier(receiver)
        await publish(kafka_producer, settings, [an_alert(1), in_camden(2)])
        await eventually(lambda: receiver.alerts)
        running.kill()
        running.start()
        await eventually(lambda: an_alert(1).id in receiver.ids)

    (published,) = [
        datetime.fromtimestamp(record.timestamp / 1_000, UTC)
        for record in await messages(settings, Topics(settings.namespace).alerts)
        if record.key == BARNET.encode()
    ]
    # What was sent right before the kill, and not yet noted, may be sent again under its id.
    assert [in_camden(2).id, an_alert(1).id] == list(dict.fromkeys(receiver.ids))
    assert arrived[an_alert(1).id] >= published + timedelta(seconds=8)


async def test_an_alert_that_waits_is_listed_and_sent_when_the_desk_releases_it(
    settings: Settings,
    process: Process,
    begin: Begin,
) -> None:
    """Long before its time. Who held and who released it is in the topic and in the audit."""
    await run(process, "hold", "--seconds", "3600", *DESK)
    async with Receiver() as receiver:
        await begin(receiver, an_alert(1), in_camden(2))

        listed = await run(process, "held")
        assert "all alerts of all councils: held back for 3600 s, by Ann at " in listed
        assert f"{an_alert(1).id}  until " in listed
        assert "(one source so far): REHEARSAL: CON HOLD Barnet: 32 of 63 (1)" in listed

        sent = await run(
            process, "release", an_alert(1).id[:8], "--by", "Ben", "--reason", "confirmed"
        )
        assert f"{an_alert(1).id}  desk: sent: REHEARSAL: CON HOLD Barnet" in sent
        assert [an_alert(1)] == receiver.alerts
        assert an_alert(1).id not in await run(process, "held")

    topic = await messages(settings, Topics(settings.namespace).holds)
    first, second = (decode_hold(record.value) for record in topic)
    assert isinstance(first, AlertsHeldBack)
    assert isinstance(second, AlertsReleased)
    assert (first.by, first.reason, first.seconds) == ("Ann", "one source so far", 3600)
    assert (second.by, second.reason, second.ruling) == ("Ben", "confirmed", "send")
    audited = [(each.action, each.who, each.result) for each in await entries(settings)]
    assert audited == [
        (
            "alerts held back",
            "Ann",
            "all alerts of all councils: held back for 3600 s; one source so far",
        ),
        ("alerts released", "Ben", f"send {an_alert(1).id}; confirmed"),
    ]


async def test_a_milestone_waits_by_its_kind_until_the_desk_releases_it(
    process: Process,
    begin: Begin,
    eventually: Eventually,
) -> None:
    """Calls of councils do not wait for it."""
    held = await run(process, "hold", "--kind", "milestone", "--seconds", "3600", *DESK)
    assert "milestone of the night: held back for 3600 s" in held
    async with Receiver() as receiver:
        await begin(receiver, a_milestone(1), an_alert(2))
        await eventually(lambda: receiver.alerts)
        listed = await run(process, "held")
        assert f"{a_milestone(1).id}  until " in listed

        sent = await run(process, "release", a_milestone(1).id, "--by", "Ben", "--reason", "right")

    assert f"{a_milestone(1).id}  desk: sent: REHEARSAL: MILESTONE Labour" in sent
    assert [an_alert(2), a_milestone(1)] == receiver.alerts


async def test_what_the_desk_drops_is_told_to_nobody_and_nor_is_its_withdrawal(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    begin: Begin,
    eventually: Eventually,
) -> None:
    """All of a council at once. The ledger has who dropped it and why, and another start too."""
    await run(process, "hold", "--council", BARNET, "--seconds", "3600", *DESK)
    withdrawal = an_alert(3, action="retract", retracts=an_alert(1).id)
    async with Receiver() as receiver:
        running = await begin(receiver, an_alert(1), an_alert(2, kind="recount"))
        dropped = await run(
            process, "release", "--council", "barnet", "--drop", "--by", "Ben", "--reason", "wrong"
        )
        assert "desk: dropped (dropped by Ben: wrong): REHEARSAL: CON HOLD Barnet" in dropped
        await publish(kafka_producer, settings, [withdrawal, in_camden(4)])
        await eventually(lambda: receiver.alerts)
        assert running.end() == 0
        running.start()
        await publish(kafka_producer, settings, [in_camden(5)])
        await eventually(lambda: len(receiver.alerts) == 2)

    assert [in_camden(4).id, in_camden(5).id] == receiver.ids
    outcomes = {each.alert_id: (each.status, each.detail) for each in await recorded(settings)}
    assert outcomes[an_alert(1).id] == ("dropped", "dropped by Ben: wrong")
    assert outcomes[an_alert(2).id] == ("dropped", "dropped by Ben: wrong")
    assert outcomes[withdrawal.id] == ("withheld", "what it withdraws was withheld")


async def test_a_hold_that_is_ended_sends_what_it_held(
    process: Process,
    begin: Begin,
    eventually: Eventually,
) -> None:
    """At once, and in order."""
    await run(process, "hold", "--seconds", "3600", *DESK)
    async with Receiver() as receiver:
        await begin(receiver, an_alert(1), an_alert(2))
        ended = await run(process, "hold", "--seconds", "0", *DESK)
        await eventually(lambda: len(receiver.alerts) == 2)

    assert "all alerts of all councils: no longer held back" in ended
    assert [an_alert(1).id, an_alert(2).id] == receiver.ids
    assert "no alert waits" in await run(process, "held")


async def test_what_cannot_be_held_or_released_is_refused_with_the_remedy(
    settings: Settings, process: Process
) -> None:
    """Nothing is written; the status is 2."""
    assert settings
    for arguments, fault in (
        (("hold", "--seconds", "3601", *DESK), "seconds: 3601"),
        (("hold", "--seconds", "60", "--kind", "flip", *DESK), "kinds[0]: 'flip'"),
        (
            ("hold", "--seconds", "60", "--kind", "night", "--council", BARNET, *DESK),
            "council: night is about the whole night; leave the council out",
        ),
        (("hold", "--seconds", "60", "--council", "barnet", *DESK), "council: no declaration"),
        (("hold", "--seconds", "60", "--by", " ", "--reason", "x"), "by: "),
        (("release", *DESK), "give an alert's id, or --council"),
        (("release", "abc", *DESK), "too short"),
        (("release", "abcd", *DESK), "no such alert waits"),
        (("release", "--council", "barnet", *DESK), "no such alert waits"),
    ):
        assert fault in await run(process, *arguments, status=2)
    assert "no alert waits" in await run(process, "held")


async def test_a_release_that_no_notifier_has_heard_says_so(
    settings: Settings, kafka_producer: AIOKafkaProducer, process: Process
) -> None:
    """It stands nevertheless."""
    await run(process, "hold", "--seconds", "3600", *DESK)
    await publish(kafka_producer, settings, [an_alert(1)])

    assert "no channel has it yet" in await run(process, "release", an_alert(1).id, *DESK)
    assert "no alert waits" in await run(process, "held")
