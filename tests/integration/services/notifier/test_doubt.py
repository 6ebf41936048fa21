"""Messages that our own services never publish, put on the notifier's topics by somebody else."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from schemas.reject import Reject
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.topics import create_topics, delete_topics
from tests.support.aggregator_night import expected, night
from tests.support.notifier_receivers import Receiver, an_alert, publish, recorded

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]

COUNCIL = "local.council-0.2026-05-07"
NIGHT = expected(night(5, councils=1, wards=4))


@pytest.fixture
async def live(settings: Settings) -> AsyncIterator[Settings]:
    """The settings of the live namespace, with its topics."""
    made = settings.model_copy(update={"namespace": "live"})
    await create_topics(made)
    yield made
    await delete_topics(made)


def channels(folder: Path, receiver: Receiver, kinds: str = "") -> str:
    """Writes a channels file with a live channel and one for rehearsals, and returns its name."""
    file = folder / "channels.toml"
    sends = f'webhook = "{receiver.url}"\n{kinds}\n'
    file.write_text(
        f'[[channels]]\nname = "public"\n{sends}'
        f'[[channels]]\nname = "desk"\nrehearsal = true\n{sends}'
    )
    return str(file)


async def put(
    producer: AIOKafkaProducer, topic: str, value: bytes, key: str = "", **further: Any
) -> None:
    """Puts a message on a topic as anybody can who may write to it."""
    await producer.send_and_wait(topic, value, key=key.encode() or None, **further)


async def withheld(settings: Settings) -> dict[tuple[str, str], str]:
    """Returns the reasons in the ledger, by alert and channel."""
    return {
        (record.alert_id, record.channel): record.detail
        for record in await recorded(settings)
        if record.status == "withheld"
    }


async def test_a_live_alert_in_a_rehearsal_is_withheld_and_said(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """No channel is sent it; ledger, log and metric have it; a true alert of its id is sent."""
    forged, true = an_alert(1, mode="live", text="PIRATES GAIN Barnet"), an_alert(1)
    (port,) = free_ports(1, random.SystemRandom())
    async with Receiver() as receiver, httpx.AsyncClient() as client:
        file = channels(tmp_path, receiver)
        running = process("notifier", "run", notifier_channels_file=file, metrics_port=str(port))
        await publish(kafka_producer, settings, [forged])

        async def both() -> dict[tuple[str, str], str]:
            found = await withheld(settings)
            return found if len(found) >= 2 else {}

        reasons = await eventually(both)
        metrics = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
        assert receiver.requests == []
        await publish(kafka_producer, settings, [true])
        await eventually(lambda: receiver.alerts)

    assert receiver.alerts == [true]
    assert set(reasons) == {(forged.id, "public"), (forged.id, "desk")}
    assert all(reason.startswith("mode: 'live'; namespace") for reason in reasons.values())
    assert "withheld from every channel: mode: 'live'" in running.written()
    assert 'livecount_notifier_deliveries_total{status="withheld"} 2.0' in metrics


async def test_a_rehearsed_alert_in_the_live_namespace_is_withheld(
    live: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """The live namespace tells live alerts to its channels, and nothing of a rehearsal."""
    rehearsed, true = an_alert(1), an_alert(2, mode="live")
    async with Receiver() as receiver:
        file = channels(tmp_path, receiver)
        process("notifier", "run", notifier_channels_file=file, namespace="live")
        await publish(kafka_producer, live, [rehearsed, true])
        await eventually(lambda: len(receiver.alerts) >= 2)
        reasons = await withheld(live)

    assert receiver.alerts == [true, true]
    assert set(reasons) == {(rehearsed.id, "public"), (rehearsed.id, "desk")}


async def test_what_does_not_belong_where_it_stands_is_withheld(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """Another council's key, another election, another namespace's reject, a live ward: none go."""
    topics = Topics(settings.namespace)
    foreign_key, foreign_election, true = (
        an_alert(1),
        an_alert(2, election="local.2026-05-07"),
        an_alert(3),
    )
    reject = Reject(topic="live.declarations", partition=0, offset=1, reason="key", detail="x")
    ward = next(iter(NIGHT.wards[COUNCIL].values())) | {"status": "declared"}
    totals = NIGHT.totals[COUNCIL] | {"mode": "live"}
    async with Receiver() as receiver:
        file = channels(tmp_path, receiver, 'kinds = ["control", "declared", "rejected"]')
        process("notifier", "run", notifier_channels_file=file)
        await put(kafka_producer, topics.totals, json.dumps(totals).encode(), COUNCIL)
        await put(kafka_producer, topics.wards, json.dumps(ward).encode(), COUNCIL)
        await put(kafka_producer, topics.rejects, reject.model_dump_json().encode())
        alert = foreign_key.model_dump_json().encode()
        await put(kafka_producer, topics.alerts, alert, "local.camden.2014-05-22")
        await publish(kafka_producer, settings, [foreign_election, true])

        async def all_withheld() -> dict[tuple[str, str], str]:
            found = await withheld(settings)
            at_desk = [name for _, name in found if name == "desk"]
            return found if len(at_desk) >= 4 and (true.id, "public") in found else {}

        reasons = await eventually(all_withheld)
        await eventually(lambda: receiver.alerts)

    assert receiver.alerts == [true]
    assert {headers["ce-type"] for headers, _ in receiver.requests} == {"livecount.alert.v1"}
    desk = sorted(why.partition(":")[0] for (_, name), why in reasons.items() if name == "desk")
    # The last is the true alert at the channel that is sent no rehearsals.
    assert desk == ["election", "key", "mode", "topic"]
    assert reasons[true.id, "public"] == "rehearsal; the channel is live"


async def test_no_message_ends_the_notifier(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """Rubbish, a withdrawal of what is no id, an alert without a text: the next one goes out."""
    topics = Topics(settings.namespace)
    alert = an_alert(1).model_dump(mode="json")
    odd = [
        b"",
        b"\xff",
        b"{}",
        b"[" * 50_000,
        json.dumps(alert | {"id": "5" * 32, "action": "retract", "retracts": "no id"}).encode(),
        json.dumps(alert | {"id": "6" * 32, "text": "", "proof": []}).encode(),
        json.dumps(alert | {"id": "7" * 32, "election": "\U000e0041" * 300}).encode(),
    ]
    async with Receiver() as receiver:
        file = channels(tmp_path, receiver)
        running = process("notifier", "run", notifier_channels_file=file)
        for value in odd:
            await put(kafka_producer, topics.alerts, value, alert["council"])
        await publish(kafka_producer, settings, [an_alert(2)])
        await eventually(lambda: an_alert(2) in receiver.alerts)

    assert running.process.poll() is None


async def test_the_console_obeys_nothing_in_an_alert(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """Escapes of a terminal and line breaks are shown, and a name makes no line of its own."""
    file = tmp_path / "channels.toml"
    file.write_text(
        '[[channels]]\nname = "desk"\nurl = "console://"\nrehearsal = true\n'
        'kinds = ["control", "rejected"]\n'
    )
    hostile = "X\nCON GAIN Barnet\x1b]0;t\x07\u202e\r\x9b2J"
    reject = Reject(
        topic=Topics(settings.namespace).declarations,
        partition=0,
        offset=1,
        reason="payload",
        detail=f"ward_name: {hostile}",
    )
    running = process("notifier", "run", notifier_channels_file=str(file))
    await put(kafka_producer, Topics(settings.namespace).rejects, reject.model_dump_json().encode())
    await publish(kafka_producer, settings, [an_alert(1, proof=(hostile,)), an_alert(2)])
    await eventually(
        lambda: "32 of 63 (2)" in running.written() and "Not counted" in running.written()
    )

    written = running.written()
    assert r"    X\nCON GAIN Barnet\x1b]0;t\x07\u202e\r\x9b2J" in written
    assert not any(line.startswith("CON GAIN") for line in written.splitlines())
    assert not any(each in written for each in ("\x1b]", "\x07", "\u202e", "\x9b"))
