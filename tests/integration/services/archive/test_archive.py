"""A night as files, played again and restored, with real services."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from readers.night import load_night
from schemas.alert import Alert
from schemas.envelope import Envelope, message_type
from schemas.events import Event, decode_event, encode_event
from services.intake.producer import DeclarationProducer
from services.platform.names import Keys, Topics
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.topic_differences import topic_differences
from services.platform.topic_log import Log
from services.platform.topics import create_topics, delete_topics
from services.rehearsal.rehearse import in_order
from tests.support.checkout import CHECKOUT
from tests.support.night_of_two import night_of_two
from tests.support.notifier_receivers import Receiver, rehearsal_channels
from tests.support.services_night import is_counted
from tests.support.topics import messages

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]

LONG_S = 240.0
"""Some thousand events take seconds; a busy machine takes much longer."""

ODD = b"\xff\xfe no UTF-8"


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Settings]:
    """Settings of another namespace, which has nothing yet, not even topics."""
    made = settings.model_copy(update={"namespace": f"test-{secrets.token_hex(6)}"})
    yield made
    await delete_topics(made)
    async with connect(made) as redis:
        async for key in redis.scan_iter(Keys(made.namespace).pattern(), count=1_000):
            await redis.unlink(key)


def two_sources() -> list[Event]:
    """Returns a night of two sources and the desk, and one of a single council after it."""
    odd = [event.model_copy(update={"mode": "rehearsal"}) for event in night_of_two()]
    barnet = load_night("barnet-2014")
    return [*odd, *barnet.openings, *barnet.declarations]


def england() -> list[Event]:
    """Returns the night of 143 councils, in the order of its files."""
    night = load_night("england-2021")
    return [*night.openings, *night.declarations]


async def declared(settings: Settings, events: Sequence[Event]) -> None:
    async with DeclarationProducer(settings) as producer:
        await producer.publish_all(events)


async def published(settings: Settings) -> list[Alert]:
    """Returns every alert on the topic once; those of one council in their order."""
    records = await messages(settings, Topics(settings.namespace).alerts)
    found = {alert.id: alert for alert in map(_alert, records)}
    return list(found.values())


def _alert(record: Any) -> Alert:
    return Alert.model_validate_json(record.value)


def by_council(alerts: Sequence[Alert]) -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[str, str, str]]] = {}
    for each in alerts:
        found.setdefault(each.council, []).append((each.id, each.action, each.text))
    return found


def archived_alerts(folder: Path) -> list[Alert]:
    lines = (folder / "alerts.jsonl").read_bytes().splitlines()
    return [Alert.model_validate_json(line) for line in lines]


def archived_events(folder: Path) -> list[Event]:
    found = []
    for line in (folder / "log" / "declarations.jsonl").read_bytes().splitlines():
        value = json.loads(line)["value"]
        if isinstance(value, str):
            found.append(decode_event(value))
    return found


def run(process: Process, settings: Settings, *arguments: str, status: int = 0) -> str:
    """Runs a command in a namespace, and returns what it wrote."""
    # Each command takes its account from the folder, as an operator's does.
    accounts = {"accounts_dir": str(settings.accounts_dir), "kafka_sasl_username": ""}
    command = process(*arguments, namespace=settings.namespace, **accounts)
    assert command.process.wait(LONG_S) == status, command.written()
    return str(command.written())


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.mark.parametrize(
    ("night", "speed"),
    [(two_sources, "max"), (two_sources, "1"), (england, "max")],
    ids=["two sources and Barnet", "the same at its own pace", "2021"],
)
async def test_a_night_that_is_played_again_gives_the_same_alerts(  # noqa: PLR0913, PLR0917 -- fixtures
    night: Callable[[], list[Event]],
    speed: str,
    settings: Settings,
    other: Settings,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """With the same ids and in the same order, by the services, and in the archive before."""
    events = night()
    process("aggregator", "run")
    await declared(settings, events)
    await eventually(lambda: is_counted(settings), timeout_s=LONG_S)
    first = await published(settings)

    run(process, settings, "archive", "--out", str(tmp_path / "night"))
    await create_topics(other)
    process("aggregator", "run", namespace=other.namespace)
    written = run(process, other, "replay", str(tmp_path / "night"), "--speed", speed)
    await eventually(lambda: is_counted(other), timeout_s=LONG_S)
    again = await published(other)

    assert f"{len(events)} messages sent" in written
    assert len(first) >= 6
    assert by_council(again) == by_council(first) == by_council(archived_alerts(tmp_path / "night"))
    order = archived_events(tmp_path / "night")
    assert [each.id for each in in_order(again, order)] == [
        each.id for each in in_order(first, order)
    ]


@pytest.fixture
async def kept(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> AsyncIterator[tuple[Path, str, Receiver]]:
    """A night of odd records that was counted, told to a channel and archived: where it is."""
    topic = Topics(settings.namespace).declarations
    async with Receiver() as receiver:
        channels = rehearsal_channels(tmp_path, f'name = "desk"\nwebhook = "{receiver.url}"')
        aggregator = process("aggregator", "run")
        notifier = process("notifier", "run", notifier_channels_file=channels)
        await declared(settings, two_sources())
        await kafka_producer.send_and_wait(topic, ODD, key=b"\xfe", headers=[("odd", b"\xff")])
        await kafka_producer.send_and_wait(topic, None, key=b"no value")
        batch = kafka_producer.create_batch()
        batch.append(key=None, value=None, timestamp=None)
        await (await kafka_producer.send_batch(batch, topic, partition=3))
        envelope = Envelope(id="1", source="/x", type=message_type("ward.status"))
        await kafka_producer.send_and_wait(
            topic, encode_event(two_sources()[1]), key=b"elsewhere", headers=envelope.headers()
        )
        await eventually(lambda: is_counted(settings), timeout_s=LONG_S)
        alerts = await published(settings)
        await eventually(lambda: len(receiver.alerts) == len(alerts))

        async def recorded() -> bool:
            ledger = await messages(settings, Topics(settings.namespace).deliveries)
            return len(ledger) >= len(alerts)

        await eventually(recorded)
        aggregator.end()
        notifier.end()
        run(process, settings, "archive", "--out", str(tmp_path / "night"))
        yield tmp_path / "night", channels, receiver


async def test_a_restored_log_is_the_log_that_was_archived(
    kept: tuple[Path, str, Receiver],
    settings: Settings,
    other: Settings,
    process: Process,
    eventually: Eventually,
) -> None:
    """Every record as it was, in its place; verify finds nothing, and nobody is told twice.

    So the restored log has the head of the one that was archived, whose file names what differs.
    """
    night, channels, receiver = kept
    told = list(receiver.ids)

    run(process, other, "restore", str(night))

    for kind in ("declarations", "night", "alerts", "deliveries", "holds"):
        before = await messages(settings, getattr(Topics(settings.namespace), kind))
        after = await messages(other, getattr(Topics(other.namespace), kind))
        assert [_record(each) for each in after] == [_record(each) for each in before]
    assert await topic_differences(other) == []
    head = str(night / "log" / "head.json")
    for each in (settings, other):
        assert "0 of " in run(process, each, "verify", "--against", head)
    process("aggregator", "run", namespace=other.namespace)
    await eventually(lambda: is_counted(other), timeout_s=LONG_S)
    process("notifier", "run", namespace=other.namespace, notifier_channels_file=channels)
    assert "0 differences" in run(process, other, "verify")
    await declared(other, [_correction()])
    await eventually(lambda: len(receiver.ids) > len(told))
    assert not {*receiver.ids[len(told) :]} & {*told}
    assert "0 differences" in run(process, other, "verify")


def _correction() -> Event:
    """Returns a correction of Barnet that takes its control away: one thing to tell."""
    (childs_hill,) = (
        event
        for event in load_night("barnet-2014").declarations
        if event.type == "ward.declared" and ".childs-hill." in event.ballot_paper_id
    )
    turned = sorted(childs_hill.candidates, key=lambda each: each.party_id == "PP52")
    people = tuple(
        replace(each, votes=None, elected=place < childs_hill.seats_contested)
        for place, each in enumerate(turned)
    )
    return childs_hill.model_copy(
        update={"revision": 9, "correction": "transcription", "candidates": people}
    )


def _record(record: Any) -> tuple[Any, ...]:
    return (
        record.partition,
        record.offset,
        record.timestamp,
        record.key,
        record.value,
        tuple(record.headers),
    )


async def test_the_same_log_gives_the_same_bytes(
    kept: tuple[Path, str, Receiver], settings: Settings, process: Process, tmp_path: Path
) -> None:
    """Of every file; and every kind of file is on the page about archives."""
    night, _, _ = kept

    run(process, settings, "archive", "--out", str(tmp_path / "again"))

    assert contents(tmp_path / "again") == contents(night)
    page = (CHECKOUT / "docs" / "operations" / "archive.md").read_text(encoding="utf-8")
    table = page.partition("## What is in it")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([^`]+)`", table))
    there = {f"{path.name}/" if path.is_dir() else path.name for path in night.iterdir()}
    there |= {f"log/{path.name}" for path in (night / "log").iterdir()}
    assert there - {"log/"} <= named


async def test_an_archive_of_one_election_has_only_that(
    kept: tuple[Path, str, Receiver],
    settings: Settings,
    other: Settings,
    process: Process,
    tmp_path: Path,
) -> None:
    """It can be restored, to other offsets; an election that the log does not have is refused."""
    assert kept

    run(process, settings, "archive", "local.2014-05-22", "--out", str(tmp_path / "barnet"))
    unknown = run(
        process, settings, "archive", "local.2015-05-07", "--out", str(tmp_path / "x"), status=2
    )

    events = archived_events(tmp_path / "barnet")
    assert {event.council for event in events} == {"local.barnet.2014-05-22"}
    assert len(events) == 24
    assert {each.election for each in archived_alerts(tmp_path / "barnet")} == {"local.2014-05-22"}
    assert "election: 'local.2015-05-07' has no declaration" in unknown
    assert not (tmp_path / "x").exists()
    run(process, settings, "verify", "--against", str(tmp_path / "barnet" / "log" / "head.json"))
    run(process, other, "restore", str(tmp_path / "barnet"))
    restored = await messages(other, Topics(other.namespace).declarations)
    assert len(restored) == 24


async def test_a_log_is_restored_only_into_nothing(
    kept: tuple[Path, str, Receiver],
    settings: Settings,
    other: Settings,
    process: Process,
    eventually: Eventually,
) -> None:
    """Not beside records, not beside a running service, and not from what has changed."""
    night, _, _ = kept

    full = run(process, settings, "restore", str(night), status=2)
    await create_topics(other)
    aggregator = process("aggregator", "run", namespace=other.namespace)

    async def has_joined() -> bool:
        async with Log(other) as log:
            return await log.members("aggregator") == 1

    await eventually(has_joined)
    running = run(process, other, "restore", str(night), status=2)
    aggregator.kill()
    (night / "index.html").write_text("changed")
    changed = run(process, other, "restore", str(night), status=2)

    assert f"{settings.namespace}.alerts: has 12 messages" in full
    assert "aggregator: 1 of the namespace" in running
    assert "index.html: is not the file that was archived" in changed
    assert await messages(other, Topics(other.namespace).declarations) == []


async def test_a_night_is_not_played_into_another(
    kept: tuple[Path, str, Receiver], settings: Settings, process: Process
) -> None:
    """A repeat would change nothing, so that no alert followed."""
    night, _, _ = kept

    written = run(process, settings, "replay", str(night), "--speed", "max", status=2)

    assert "among which a repeat changes nothing" in written
