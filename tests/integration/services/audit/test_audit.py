"""The audit with a real aggregator, Kafka and Redis."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from aiokafka import AIOKafkaProducer

from schemas.delivery import Delivery
from schemas.envelope import Envelope, message_type
from schemas.events import Event, encode_event
from schemas.totals import CouncilTotals
from services.audit.deliveries import CLOCKS_DIFFER_MAX_MS
from services.audit.verify import verify
from services.platform.names import Keys, Topics
from services.platform.redis import connect
from services.platform.settings import Settings
from tests.conftest import settings_environment
from tests.support.checkout import CHECKOUT
from tests.support.polls import COUNCIL, ballot, folded_with_alerts, opened, ward, won

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]

NIGHT: tuple[Event, ...] = (
    opened(ward("ash"), ward("beech"), ward("cedar"), before="PP52"),
    won("ash", "PP53", declared_at=datetime(2026, 5, 8, 1, tzinfo=UTC), source="desk"),
    won("beech", "PP53", declared_at=datetime(2026, 5, 8, 2, tzinfo=UTC)),
    won("beech", "PP52", revision=2, declared_at=datetime(2026, 5, 8, 3, tzinfo=UTC)),
    won("cedar", "PP53", declared_at=datetime(2026, 5, 8, 4, tzinfo=UTC)),
)


async def declare(
    producer: AIOKafkaProducer, settings: Settings, *events: Event, key: bytes | None = None
) -> None:
    """Sends events to declarations, by default under their council's key."""
    for event in events:
        await put(producer, settings, encode_event(event), key or event.council.encode())


async def put(
    producer: AIOKafkaProducer,
    settings: Settings,
    value: bytes,
    key: bytes = COUNCIL.encode(),
    event_type: str = "ward.declared",
) -> None:
    """Sends bytes to declarations with an envelope."""
    is_opening = value.startswith(b'{"type":"council.opened"')
    kind = message_type("council.opened" if is_opening else event_type)
    envelope = Envelope(id="test", source="/test", type=kind)
    await producer.send_and_wait(
        Topics(settings.namespace).declarations, value, key=key, headers=envelope.headers()
    )


@pytest.fixture
async def counted(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
) -> Settings:
    """Returns the settings of a night that an aggregator has counted. It keeps running."""
    process("aggregator", "run")
    await declare(kafka_producer, settings, *NIGHT)
    await settled(settings, eventually)
    return settings


async def settled(settings: Settings, eventually: Eventually) -> None:
    """Returns once everything in the log is counted."""

    async def all_counted() -> bool:
        verdict = await verify(settings)
        return verdict.declarations > 0 and verdict.waiting == 0

    await eventually(all_counted, timeout_s=60)


@pytest.mark.usefixtures("counted")
async def test_verify_finds_no_difference_after_a_night(process: Process) -> None:
    """Everything in Redis and on the topics agrees with the log."""
    command = process("verify")

    assert command.process.wait(60) == 0, command.written()
    assert "0 differences; 5 declarations, 1 councils, " in command.written()


async def test_verify_names_an_altered_total(counted: Settings, process: Process) -> None:
    """A total that was changed in Redis is listed with both values, and the status is 1."""
    key = Keys(counted.namespace).council(COUNCIL)
    async with connect(counted) as redis:
        totals = CouncilTotals.model_validate_json(await redis.hget(key, "totals") or b"")
        altered = totals.model_copy(update={"control": "PP52"})
        await redis.hset(key, "totals", altered.model_dump_json())
    command = process("verify")

    assert command.process.wait(60) == 1
    assert f'totals: {COUNCIL}: control: "PP52" in Redis, "PP53" by the log' in command.written()


async def test_verify_names_an_alert_recorded_as_sent_before_it_was_there(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
) -> None:
    """A forged delivery that keeps a result from being told is listed; a true one is not."""
    ends = range(1, len(NIGHT) + 1)
    alerts = [alert for end in ends for alert in folded_with_alerts(*NIGHT[:end])[1]]
    first, *_, last = alerts
    forged_at_ms = await deliver(kafka_producer, settings, first.id, "sent")
    await deliver(kafka_producer, settings, last.id, "withheld")
    await eventually(lambda: time.time() * 1_000 > forged_at_ms + CLOCKS_DIFFER_MAX_MS)
    process("aggregator", "run")
    await declare(kafka_producer, settings, *NIGHT)
    await settled(settings, eventually)
    await deliver(kafka_producer, settings, last.id, "sent")
    verdict = await verify(settings)

    (difference,) = verdict.differences
    assert (difference.kind, difference.subject) == ("delivery", first.id)
    assert difference.detail.startswith("channel desk has it as done with before it was published")


async def deliver(
    producer: AIOKafkaProducer,
    settings: Settings,
    alert_id: str,
    status: Literal["sent", "withheld"],
) -> int:
    """Records a delivery to a channel; returns when Kafka took it, in milliseconds since 1970."""
    delivery = Delivery(
        alert_id=alert_id, channel="desk", status=status, attempts=1, at=datetime.now(UTC)
    )
    sent = await producer.send_and_wait(
        Topics(settings.namespace).deliveries,
        delivery.model_dump_json().encode(),
        key=f"desk/{alert_id}".encode(),
    )
    return int(sent.timestamp)


async def test_what_is_printed_of_a_reject_controls_no_terminal(
    counted: Settings, kafka_producer: AIOKafkaProducer, process: Process, eventually: Eventually
) -> None:
    """Escapes in a reject's fields, headers and bytes are shown where a person reads them."""
    hostile = b'{"type":"ward.declared","x\\u001b[2J\\n\\u202e":"\x1b]0;t\x07"}'
    await kafka_producer.send_and_wait(
        Topics(counted.namespace).declarations,
        hostile,
        key=b"\x1b[2J",
        headers=[("ce_source", b"\x1b]0;t\x07\n2")],
    )
    await settled(counted, eventually)
    listed = process("rejects", "list")
    assert listed.process.wait(60) == 0, listed.written()
    (line,) = listed.written().splitlines()
    place = line.partition("\t")[0]
    shown = await asyncio.to_thread(in_a_terminal, counted, "rejects", "show", place)

    for written in (listed.written().encode(), shown):
        assert not any(each in written for each in (b"\x1b", b"\x07", "\u202e".encode()))
    assert rb"\x1b]0;t\x07" in shown


def in_a_terminal(settings: Settings, *arguments: str) -> bytes:
    """Returns what a command writes to a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "services.cli", *arguments],
        cwd=CHECKOUT,
        env=os.environ | settings_environment(settings),
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        written = b""
        # Linux says EIO at the end of a terminal that its last process has left.
        with contextlib.suppress(OSError):
            while read := os.read(ours, 65_536):
                written += read
    os.close(ours)
    return written


async def test_verify_reports_an_emptied_redis(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
) -> None:
    """A Redis that lost what was counted is not taken for one where nothing was counted."""
    aggregator = process("aggregator", "run")
    await declare(kafka_producer, settings, *NIGHT)
    await settled(settings, eventually)
    assert aggregator.end() == 0
    async with connect(settings) as redis:
        async for key in redis.scan_iter(Keys(settings.namespace).pattern()):
            await redis.unlink(key)
    verdict = await verify(settings)

    assert any("Redis lost data" in str(difference) for difference in verdict.differences)


@pytest.mark.usefixtures("counted")
async def test_explain_lists_the_declarations_behind_the_numbers(process: Process) -> None:
    """Each declaration has its time, source and place, and the alerts it caused below it."""
    command = process("explain", "barsetshire")

    assert command.process.wait(60) == 0, command.written()
    lines = command.written().splitlines()
    (ash,) = [line for line in lines if f"{ballot('ash')} revision 1" in line]
    assert ash.startswith("2026-05-08T02:00:00+01:00")
    assert "counts; desk; partition" in ash
    beech = [line for line in lines if f"{ballot('beech')} revision" in line]
    assert [line.split("; ")[0].split()[-1] for line in beech] == ["replaced", "counts"]
    following = lines[lines.index(beech[0]) + 1 :]
    assert any("alert" in line and "Barsetshire" in line for line in following)


async def test_explain_says_what_is_kept_and_does_not_count(
    counted: Settings, kafka_producer: AIOKafkaProducer, process: Process, eventually: Eventually
) -> None:
    """A ballot that the council does not list; it counts once an opening lists it."""
    await declare(kafka_producer, counted, won("elm", "PP53", source="a feed"))
    await settled(counted, eventually)
    command = process("explain", "barsetshire")
    listed = process("rejects", "list")

    assert command.process.wait(60) == 0, command.written()
    lines = command.written().splitlines()
    (elm,) = [place for place, line in enumerate(lines) if f"{ballot('elm')} revision 1" in line]
    assert "kept, does not count; a feed; partition" in lines[elm]
    assert "is none of the ballots that Barsetshire opened with" in lines[elm + 1]
    assert listed.process.wait(60) == 0
    assert "\tparked\tballot_paper_id: " in listed.written()

    wards = (ward("ash"), ward("beech"), ward("cedar"), ward("elm"))
    await declare(kafka_producer, counted, opened(*wards, before="PP52", revision=2))
    await settled(counted, eventually)
    again = process("explain", "barsetshire")
    assert again.process.wait(60) == 0
    assert f"{ballot('elm')} revision 1 counts; a feed" in again.written()


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize(
    ("as_of", "control", "wards"),
    [("2026-05-08T02:30", None, 1), ("2026-05-08T02:30+00:00", "PP53", 2), (None, "PP53", 3)],
)
async def test_council_is_shown_as_of_a_time(
    process: Process, as_of: str | None, control: str | None, wards: int
) -> None:
    """Only what was declared by then is counted; a time without an offset is UK time."""
    arguments = ["council", "Barsetshire", "--json", *(["--as-of", as_of] if as_of else [])]
    command = process(*arguments)

    assert command.process.wait(60) == 0, command.written()
    totals = CouncilTotals.model_validate_json(command.written())
    assert (control, wards) == (totals.control, totals.wards_declared)


async def test_reject_is_shown_corrected_and_replayed(
    counted: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Any,
) -> None:
    """A reject is listed, shown, corrected in a file and sent again, and then it counts."""
    corrected = encode_event(won("cedar", "PP90", revision=2))
    broken = corrected.replace(b'"revision":2', b'"revision":"two"')
    await put(kafka_producer, counted, broken)
    await settled(counted, eventually)
    listed = process("rejects", "list")
    assert listed.process.wait(60) == 0, listed.written()
    (line,) = listed.written().splitlines()
    place = line.partition("\t")[0]
    assert "payload" in line
    assert "revision" in line

    shown = process("rejects", "show", place)
    assert shown.process.wait(60) == 0
    assert broken.decode() in shown.written()
    again = process("rejects", "replay", place)
    assert again.process.wait(60) == 2
    assert "give --file" in again.written()
    file = tmp_path / "corrected.json"
    file.write_bytes(corrected)
    replayed = process("rejects", "replay", place, "--file", str(file))
    assert replayed.process.wait(60) == 0, replayed.written()
    await settled(counted, eventually)

    async with connect(counted) as redis:
        found = await redis.hget(Keys(counted.namespace).wards(COUNCIL), ballot("cedar"))
    assert b'"seats_won":{"PP90":1}' in (found or b"")


async def test_reject_under_a_wrong_key_is_replayed_under_its_own(
    counted: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
) -> None:
    """A valid declaration under a wrong key is sent again under its council's key."""
    event = won("cedar", "PP90", revision=2)
    await declare(kafka_producer, counted, event, key=b"local.elsewhere.2026-05-07")
    await settled(counted, eventually)
    listed = process("rejects", "list")
    assert listed.process.wait(60) == 0
    place = listed.written().partition("\t")[0]
    replayed = process("rejects", "replay", place)
    assert replayed.process.wait(60) == 0, replayed.written()
    await settled(counted, eventually)

    async with connect(counted) as redis:
        found = await redis.hget(Keys(counted.namespace).wards(COUNCIL), ballot("cedar"))
    assert b'"seats_won":{"PP90":1}' in (found or b"")


@pytest.mark.usefixtures("counted")
async def test_unknown_council_is_refused_with_a_suggestion(process: Process) -> None:
    """A name that fits no council is refused with status 2 and similar councils."""
    command = process("explain", "barset")

    assert command.process.wait(60) == 2
    assert f"no declaration names 'barset'; is it one of {COUNCIL}?" in command.written()
