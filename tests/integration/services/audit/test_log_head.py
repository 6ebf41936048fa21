"""A log that was changed after its head was taken, with a real Kafka, and proofs under a head."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiokafka import AIOKafkaProducer

from schemas.log_head import LogHead, PartitionHead
from services.archive.record import ArchivedRecord
from services.archive.sending import RecordProducer
from services.audit.log_head import differences_from_head
from services.audit.verify import verify
from services.intake.message import prepare
from services.platform.log_leaves import LogLeaves, Proof, is_proof
from services.platform.names import Keys, Topics
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.topic_times import keeping_times
from services.platform.topics import create_topics, delete_topics
from tests.support.polls import COUNCIL, opened, ward, won
from tests.support.topics import messages

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]
Change = Callable[[list[ArchivedRecord]], list[ArchivedRecord]]

START_MS = 1_400_800_000_000
PARTITION = 5
NIGHT = (
    opened(ward("ash"), ward("beech"), ward("cedar"), before="PP52"),
    won("ash", "PP53"),
    won("beech", "PP53"),
    won("beech", "PP52", revision=2),
    won("cedar", "PP53"),
)


def log_of_night(topic: str) -> list[ArchivedRecord]:
    """Returns the night's messages on one partition, and two of other councils on another."""
    prepared = [prepare(event, topic.partition(".")[0]) for event in NIGHT]
    places = [*((PARTITION, offset) for offset in range(len(NIGHT))), (2, 0), (2, 1)]
    return [
        ArchivedRecord(
            topic,
            partition,
            offset,
            START_MS + number,
            message.key,
            message.value,
            tuple(message.headers),
        )
        for number, ((partition, offset), message) in enumerate(
            zip(places, [*prepared, *prepared[:2]], strict=True)
        )
    ]


async def write(settings: Settings, records: Sequence[ArchivedRecord]) -> None:
    """Makes records the log of a namespace, each with its time."""
    topic = Topics(settings.namespace).declarations
    async with keeping_times(settings, [topic]), RecordProducer(settings) as producer:
        await producer.send_all(topic, records)


async def leaves_of(settings: Settings) -> LogLeaves:
    """Returns the leaves of a namespace's log."""
    leaves = LogLeaves()
    for record in await messages(settings, Topics(settings.namespace).declarations):
        leaves.add(record)
    return leaves


def without_leaves(head: LogHead) -> LogHead:
    """Returns a head as it is published, which has no leaves."""
    partitions = [each.model_copy(update={"leaves": None}) for each in head.partitions]
    return head.model_copy(update={"partitions": tuple(partitions)})


class Kept(NamedTuple):
    """A log, and its head as an archive has it."""

    records: list[ArchivedRecord]
    head: LogHead


@pytest.fixture
async def kept(settings: Settings) -> Kept:
    """The head of a log that was written in the test's namespace."""
    records = log_of_night(Topics(settings.namespace).declarations)
    await write(settings, records)
    return Kept(records, (await leaves_of(settings)).log_head(settings.namespace))


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Settings]:
    """Settings of another namespace, whose log is empty."""
    made = settings.model_copy(update={"namespace": f"test-{secrets.token_hex(6)}"})
    await create_topics(made)
    yield made
    await delete_topics(made)


def one_byte_changed(records: list[ArchivedRecord]) -> list[ArchivedRecord]:
    value = records[2].value or b""
    return [*records[:2], replace(records[2], value=value[:-2] + b" }"), *records[3:]]


def header_changed(records: list[ArchivedRecord]) -> list[ArchivedRecord]:
    (name, _), *others = records[2].headers
    return [*records[:2], replace(records[2], headers=((name, b"2"), *others)), *records[3:]]


def time_changed(records: list[ArchivedRecord]) -> list[ArchivedRecord]:
    later = replace(records[2], timestamp=records[2].timestamp + 1)
    return [*records[:2], later, *records[3:]]


def left_out(records: list[ArchivedRecord]) -> list[ArchivedRecord]:
    return [*records[:2], *records[3:]]


def last_left_out(records: list[ArchivedRecord]) -> list[ArchivedRecord]:
    return [*records[:4], *records[5:]]


def put_in(records: list[ArchivedRecord]) -> list[ArchivedRecord]:
    return [*records[:2], records[1], *records[2:]]


def swapped(records: list[ArchivedRecord]) -> list[ArchivedRecord]:
    return [*records[:2], records[3], records[2], *records[4:]]


def swapped_with_their_times(records: list[ArchivedRecord]) -> list[ArchivedRecord]:
    second, third = records[2], records[3]
    one = replace(third, timestamp=second.timestamp)
    two = replace(second, timestamp=third.timestamp)
    return [*records[:2], one, two, *records[4:]]


@pytest.mark.parametrize(
    ("change", "first"),
    [
        (one_byte_changed, 2),
        (header_changed, 2),
        (time_changed, 2),
        (left_out, 2),
        (last_left_out, 4),
        (put_in, 2),
        (swapped, 2),
        (swapped_with_their_times, 2),
    ],
)
async def test_a_log_that_was_changed_is_found(
    change: Change, first: int, kept: Kept, other: Settings
) -> None:
    """A changed byte, a missing message and a swap: the partition is named, by leaves the offset.

    The other partition is as it was, and is not named.
    """
    await write(other, change(kept.records))
    (published,) = await differences_from_head(other, without_leaves(kept.head))
    (archived,) = await differences_from_head(other, kept.head)

    assert (published.kind, published.subject) == ("log", f"partition {PARTITION} offsets 0 to 4")
    assert "first difference" not in published.detail
    assert archived.subject == published.subject
    assert archived.detail.endswith(f"the first difference is at offset {first}")


async def test_a_log_that_is_as_it_was_is_confirmed_also_after_it_grew(
    kept: Kept, other: Settings
) -> None:
    """The same messages on another topic, and more behind them, differ in nothing."""
    await write(other, kept.records)
    assert await differences_from_head(other, kept.head) == []

    await write(other, kept.records[:3])
    assert await differences_from_head(other, kept.head) == []
    assert await differences_from_head(other, without_leaves(kept.head)) == []


async def test_a_log_without_the_partition_is_found(kept: Kept, other: Settings) -> None:
    """A head of a partition that the log does not have, or that is empty, is not passed over."""
    far = kept.head.partitions[0].model_copy(update={"partition": 9_000})
    head = kept.head.model_copy(update={"partitions": (*kept.head.partitions, far)})
    found = await differences_from_head(other, head)

    assert [each.subject.split(" offsets")[0] for each in found] == [
        "partition 2",
        f"partition {PARTITION}",
        "partition 9000",
    ]
    assert "the log has no message there" in found[0].detail
    assert "missing; the log has " in found[2].detail


async def test_the_command_says_what_differs_and_ends_with_its_status(
    kept: Kept, other: Settings, settings: Settings, process: Process, tmp_path: Path
) -> None:
    """Status 0 for a log that is as it was, 1 for one that is not, 2 for a file that is no head."""
    file = tmp_path / "head.json"
    file.write_text(without_leaves(kept.head).model_dump_json(exclude_none=True))
    await write(other, swapped(kept.records))
    same = process("verify", "--against", str(file))
    changed = process("verify", "--against", str(file), namespace=other.namespace)
    assert same.process.wait(60) == 0, same.written()
    assert "0 of 2 partitions differ from the head of 7 messages" in same.written()
    assert changed.process.wait(60) == 1
    assert f"log: partition {PARTITION} offsets 0 to 4: a message was changed" in changed.written()
    assert f"the head is of namespace {settings.namespace}" in changed.written()

    file.write_text(file.read_text().replace('"messages":5', '"messages":6'))
    unusable = process("verify", "--against", str(file))
    assert unusable.process.wait(60) == 2
    assert f"{file}: partitions.1: " in unusable.written()
    assert "messages: 6, but only 5 offsets" in unusable.written()
    nothing = process("verify", "--against", str(tmp_path / "none.json"))
    assert nothing.process.wait(60) == 2
    assert "No such file" in nothing.written()


async def counted(
    settings: Settings,
    producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
) -> None:
    """Has an aggregator count the night."""
    process("aggregator", "run")
    for event in NIGHT:
        message = prepare(event, settings.namespace)
        topic = Topics(settings.namespace).declarations
        await producer.send_and_wait(topic, message.value, key=message.key, headers=message.headers)

    async def is_counted() -> bool:
        verdict = await verify(settings)
        return verdict.declarations == len(NIGHT) and not verdict.waiting

    await eventually(is_counted, timeout_s=60)


async def test_explain_proves_each_declaration(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """Its proofs lead to the head, as text and as JSON, also to one that was kept before."""
    await counted(settings, kafka_producer, process, eventually)
    kept = without_leaves((await leaves_of(settings)).log_head(settings.namespace))
    (head,) = kept.partitions
    file = tmp_path / "head.json"
    file.write_text(kept.model_dump_json(exclude_none=True))
    text = process("explain", COUNCIL, "--proof")
    assert text.process.wait(60) == 0, text.written()
    assert text.written().count(f"of {len(NIGHT)}: ") == len(NIGHT)
    assert f"{len(NIGHT)} declarations are in the log: verified up to the head" in text.written()
    assert f"{head.messages} messages, root {head.root}" in text.written()

    late = prepare(won("cedar", "PP90", revision=2), settings.namespace)
    topic = Topics(settings.namespace).declarations
    await kafka_producer.send_and_wait(topic, late.value, key=late.key, headers=late.headers)
    command = process("explain", COUNCIL, "--json", "--against", str(file))
    assert command.process.wait(60) == 0, command.written()
    shown = json.loads(command.written())
    assert PartitionHead.model_validate_json(json.dumps(shown["head"])) == head
    *proven, last = shown["declarations"]
    assert last["proof"] is None
    for each in proven:
        proof = each["proof"]
        path = tuple(map(bytes.fromhex, proof["path"]))
        leaf = bytes.fromhex(proof["leaf"])
        assert is_proof(Proof(proof["leaf_index"], leaf, path, head))

    file.write_text(file.read_text().replace(head.root, "0" * 64))
    refused = process("explain", COUNCIL, "--against", str(file))
    assert refused.process.wait(60) == 1
    assert "the head says 0000" in refused.written()


async def test_verify_finds_a_log_that_was_changed_after_it_was_counted(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
) -> None:
    """Without a head at hand, the trees in Redis are compared with the log."""
    await counted(settings, kafka_producer, process, eventually)
    assert (await verify(settings)).differences == []
    key = Keys(settings.namespace).log_trees()
    async with connect(settings) as redis:
        ((partition, tree),) = (await redis.hgetall(key)).items()
        stored = json.loads(tree)
        stored["subtrees"][0] = "0" * 64
        await redis.hset(key, partition, json.dumps(stored))
    (difference,) = (await verify(settings)).differences

    assert difference.subject == f"partition {int(partition)} offsets 0 to {len(NIGHT) - 1}"
    assert "a message was changed" in difference.detail
