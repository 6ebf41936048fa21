"""The notifier against real Kafka and real receivers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from services.platform.settings import Settings
from tests.support.notifier_receivers import (
    SECRET,
    Receiver,
    a_milestone,
    an_alert,
    publish,
    recorded,
)

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]


@pytest.fixture
def channels(tmp_path: Path) -> Callable[[str], str]:
    """Writes a channels file and returns its name."""

    def write(content: str) -> str:
        file = tmp_path / "channels.toml"
        file.write_text(content)
        return str(file)

    return write


def webhook(name: str, receiver: Receiver, further: str = "") -> str:
    """Returns the table of a channel that sends to a receiver."""
    return f'[[channels]]\nname = "{name}"\nwebhook = "{receiver.url}"\n{further}\n'


async def test_every_alert_reaches_the_webhook_in_order(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    channels: Callable[[str], str],
    eventually: Eventually,
) -> None:
    """Each alert arrives once, in its council's order, and is recorded as sent."""
    alerts = [an_alert(number) for number in range(20)]
    async with Receiver() as receiver:
        file = channels(webhook("desk", receiver, "rehearsal = true"))
        process("notifier", "run", notifier_channels_file=file)
        await publish(kafka_producer, settings, alerts)
        await eventually(lambda: len(receiver.alerts) >= len(alerts))
        records = await eventually(lambda: all_recorded(settings, len(alerts)))

    assert alerts == receiver.alerts
    assert {"sent"} == {record.status for record in records}


async def all_recorded(settings: Settings, number: int) -> list[Any]:
    """Returns the ledger's records once there are so many."""
    records = await recorded(settings)
    return records if len(records) >= number else []


async def test_alert_recorded_is_never_sent_again(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    channels: Callable[[str], str],
    eventually: Eventually,
) -> None:
    """A notifier that is killed after recording and before committing sends nothing twice."""
    alerts = [an_alert(number) for number in range(5)]
    async with Receiver() as receiver:
        file = channels(webhook("desk", receiver, "rehearsal = true"))
        first = process(
            "notifier", "run", notifier_channels_file=file, crash_at="notifier.recorded:3"
        )
        await publish(kafka_producer, settings, alerts)
        await eventually(lambda: first.process.poll() is not None)
        process("notifier", "run", notifier_channels_file=file)
        await eventually(lambda: len(receiver.alerts) >= len(alerts))
        await eventually(lambda: all_recorded(settings, len(alerts)))

    assert [alert.id for alert in alerts] == receiver.ids


async def test_alert_sent_and_not_recorded_is_sent_again_under_its_id(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    channels: Callable[[str], str],
    eventually: Eventually,
) -> None:
    """A notifier that is killed between sending and recording repeats that alert, under its id."""
    alerts = [an_alert(number) for number in range(3)]
    async with Receiver() as receiver:
        file = channels(webhook("desk", receiver, "rehearsal = true"))
        first = process("notifier", "run", notifier_channels_file=file, crash_at="notifier.sent:2")
        await publish(kafka_producer, settings, alerts)
        await eventually(lambda: first.process.poll() is not None)
        process("notifier", "run", notifier_channels_file=file)
        await eventually(lambda: len(set(receiver.ids)) >= len(alerts))

    assert [alerts[0].id, alerts[1].id, alerts[1].id, alerts[2].id] == receiver.ids
    assert [headers["idempotency-key"] for headers, _ in receiver.requests] == receiver.ids


async def test_rehearsal_never_reaches_a_live_channel(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    channels: Callable[[str], str],
    eventually: Eventually,
) -> None:
    """A channel without `rehearsal` is live: alerts of rehearsals are recorded as withheld."""
    async with Receiver() as live, Receiver() as desk:
        file = channels(webhook("live", live) + webhook("desk", desk, "rehearsal = true"))
        process("notifier", "run", notifier_channels_file=file)
        await publish(kafka_producer, settings, [an_alert(1)])
        await eventually(lambda: desk.alerts)
        records = await eventually(lambda: all_recorded(settings, 2))

    assert live.requests == []
    withheld = [record for record in records if record.status == "withheld"]
    assert [("live", an_alert(1).id, 0, "rehearsal; the channel is live")] == [
        (record.channel, record.alert_id, record.attempts, record.detail) for record in withheld
    ]


async def test_signature_is_verified_by_the_receiver(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    channels: Callable[[str], str],
    eventually: Eventually,
) -> None:
    """A receiver that checks Standard Webhooks signatures accepts what the notifier signs."""
    async with Receiver(signed=True) as receiver:
        file = channels(webhook("cms", receiver, 'rehearsal = true\nsecret = "env:LIVECOUNT_X"'))
        process("notifier", "run", notifier_channels_file=file, x=SECRET)
        await publish(kafka_producer, settings, [an_alert()])
        await eventually(lambda: receiver.alerts)

    assert [an_alert()] == receiver.alerts


async def test_a_receiver_that_comes_back_gets_everything_in_order(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    channels: Callable[[str], str],
    eventually: Eventually,
) -> None:
    """While a receiver answers 503, nothing is lost, and another channel does not wait."""
    alerts = [an_alert(number) for number in range(4)]
    async with Receiver(answer=503) as away, Receiver() as other:
        file = channels(
            webhook("away", away, "rehearsal = true") + webhook("other", other, "rehearsal = true")
        )
        process("notifier", "run", notifier_channels_file=file)
        await publish(kafka_producer, settings, alerts)
        await eventually(lambda: len(other.alerts) == len(alerts))
        await eventually(lambda: len(away.requests) >= 2)
        away.answer = 204
        await eventually(lambda: len(away.alerts) >= len(alerts))

    assert alerts == away.alerts


async def test_refused_alert_is_recorded_as_failed(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    channels: Callable[[str], str],
    eventually: Eventually,
) -> None:
    """An alert that a receiver refuses three times is given up; the next one is sent."""
    bad, good = an_alert(1), an_alert(2)
    async with Receiver(answer=lambda alert: 400 if alert.id == bad.id else 204) as receiver:
        file = channels(webhook("cms", receiver, "rehearsal = true"))
        process("notifier", "run", notifier_channels_file=file)
        await publish(kafka_producer, settings, [bad, good])
        records = await eventually(lambda: all_recorded(settings, 2))

    assert [(bad.id, "failed", 3, "answered 400"), (good.id, "sent", 1, "")] == [
        (record.alert_id, record.status, record.attempts, record.detail) for record in records
    ]


async def test_slow_channel_does_not_hold_up_others(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    channels: Callable[[str], str],
    eventually: Eventually,
) -> None:
    """While one receiver holds its first request, the other is given everything."""
    alerts = [an_alert(number) for number in range(10)]
    async with Receiver() as slow, Receiver() as fast:
        slow.held.clear()
        file = channels(
            webhook("slow", slow, "rehearsal = true") + webhook("fast", fast, "rehearsal = true")
        )
        process("notifier", "run", notifier_channels_file=file)
        await publish(kafka_producer, settings, alerts)
        await eventually(lambda: len(fast.alerts) == len(alerts))

        assert slow.alerts == []
        slow.held.set()
        await eventually(lambda: len(slow.alerts) >= len(alerts))

    assert alerts == slow.alerts


async def test_notifier_catches_up_with_what_came_while_it_was_down(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    channels: Callable[[str], str],
    eventually: Eventually,
) -> None:
    """Alerts published while no notifier ran are sent, once, when one starts."""
    before = [an_alert(number) for number in range(3)]
    after = [an_alert(number) for number in range(3, 6)]
    async with Receiver() as receiver:
        file = channels(webhook("desk", receiver, "rehearsal = true"))
        running = process("notifier", "run", notifier_channels_file=file)
        await publish(kafka_producer, settings, before)
        await eventually(lambda: len(receiver.alerts) == len(before))

        assert running.end() == 0
        await publish(kafka_producer, settings, after)
        running.start()
        await eventually(lambda: len(receiver.alerts) >= len(before + after))

    assert before + after == receiver.alerts


async def test_retraction_goes_to_those_who_had_the_alert(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    channels: Callable[[str], str],
    eventually: Eventually,
) -> None:
    """A channel that was never sent the alert is not sent its retraction."""
    raised = an_alert(1)
    retracted = an_alert(2, action="retract", retracts=raised.id)
    last = an_alert(3, kind="recount")
    async with Receiver() as had, Receiver() as had_not:
        file = channels(
            webhook("had", had, "rehearsal = true")
            + webhook("had-not", had_not, 'rehearsal = true\nkinds = ["recount"]')
        )
        process("notifier", "run", notifier_channels_file=file)
        await publish(kafka_producer, settings, [raised, retracted, last])
        await eventually(lambda: len(had.alerts) >= 3 and had_not.alerts)

    assert [raised, retracted, last] == had.alerts
    assert [last] == had_not.alerts


async def test_console_prints_the_line(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
) -> None:
    """Without a channels file the line is printed on standard output, marked as a rehearsal."""
    running = process("notifier", "run")
    await publish(kafka_producer, settings, [an_alert()])

    await eventually(lambda: "REHEARSAL: CON HOLD Barnet: 32 of 63 (1)\n" in running.written())


def test_unusable_channels_are_all_named(process: Process, channels: Callable[[str], str]) -> None:
    """Every fault of a channels file is printed with its channel and field; the status is 2."""
    file = channels(
        '[[channels]]\nname = "a"\nurl = "nonsense://x"\n'
        '[[channels]]\nname = "b"\nwebhook = "http://127.0.0.1:1/"\nsecret = "short"\n'
    )
    running = process("notifier", "check", notifier_channels_file=file)

    assert running.process.wait(30) == 2
    assert "channel 'a': url: no service" in running.written()
    assert "channel 'b': secret: not of the form" in running.written()


async def test_a_milestone_and_its_withdrawal_go_where_nothing_limits_them(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    channels: Callable[[str], str],
    eventually: Eventually,
) -> None:
    """Not to a channel of one council, and a digest only to a channel that names the kind."""
    withdrawal = a_milestone(2, action="retract", retracts=a_milestone(1).id)
    digest = a_milestone(3, kind="night")
    async with Receiver() as desk, Receiver() as barnet, Receiver() as digests:
        tables = (
            webhook("desk", desk, "rehearsal = true"),
            webhook("barnet", barnet, 'rehearsal = true\ncouncils = ["barnet"]'),
            webhook("digests", digests, 'rehearsal = true\nkinds = ["night"]'),
        )
        process("notifier", "run", notifier_channels_file=channels("".join(tables)))
        await publish(kafka_producer, settings, [a_milestone(1), withdrawal, digest, an_alert(4)])
        await eventually(lambda: len(desk.alerts) == 3 and digests.alerts and barnet.alerts)

    of_night = [alert for alert in desk.alerts if alert.council is None]
    assert [a_milestone(1), withdrawal] == of_night
    assert [an_alert(4)] == barnet.alerts
    assert [digest] == digests.alerts
