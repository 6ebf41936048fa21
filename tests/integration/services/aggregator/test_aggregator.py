from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from random import Random
from typing import Any

import httpx
from aiokafka import AIOKafkaProducer
from redis.asyncio import Redis

from schemas.envelope import COUNCIL_VERSION
from services.platform.names import Keys, Topics
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from tests.support.aggregator_night import (
    ELECTION,
    Declarations,
    alert_ids,
    expected,
    ids,
    night,
    stored,
)
from tests.support.topics import messages

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]


async def test_a_night_gives_what_the_rules_give(
    settings: Settings,
    declarations: Declarations,
    process: Process,
) -> None:
    """Totals, wards and alerts in Redis and in Kafka are those of the pure fold."""
    facts = night(seed=1)
    right = expected(facts)
    process("aggregator", "run")
    await declarations.count(facts)

    assert await stored(settings, right.totals) == right
    published = await alert_ids(settings)
    assert sorted(published) == sorted(ids(right))
    last = {
        record.key.decode(): json.loads(record.value)
        for record in await messages(settings, Topics(settings.namespace).totals)
    }
    assert last == right.totals


async def test_every_ward_that_was_heard_of_is_published_with_its_totals(
    settings: Settings,
    declarations: Declarations,
    process: Process,
) -> None:
    """The last message of each ward is what Redis has, and names totals that were published."""
    facts = night(seed=6)
    right = expected(facts)
    process("aggregator", "run")
    await declarations.count(facts)

    published = await messages(settings, Topics(settings.namespace).wards)
    versions = {
        (record.key, json.loads(record.value)["version"])
        for record in await messages(settings, Topics(settings.namespace).totals)
    }
    wards: dict[str, dict[str, Any]] = {council: {} for council in right.wards}
    for record in published:
        ward = json.loads(record.value)
        wards[record.key.decode()][ward["ballot_paper_id"]] = ward
        headers = dict(record.headers)
        assert headers["ce_type"] == b"livecount.ward.v1"
        assert (record.key, int(headers[COUNCIL_VERSION])) in versions
    assert wards == {
        council: {ballot: ward for ballot, ward in all_of_it.items() if ward["status"] != "waiting"}
        for council, all_of_it in right.wards.items()
    }


async def test_the_feed_has_every_change(
    settings: Settings,
    declarations: Declarations,
    process: Process,
    redis: Redis,
) -> None:
    """The last totals and all alerts of each council are in the election's feed."""
    facts = night(seed=2)
    right = expected(facts)
    process("aggregator", "run")
    await declarations.count(facts)

    keys = Keys(settings.namespace)
    totals: dict[str, Any] = {}
    alerts: dict[str, list[str]] = {council: [] for council in right.totals}
    for _, entry in await redis.xrange(keys.feed(ELECTION)):
        council, data = entry[b"council"].decode(), json.loads(entry[b"data"])
        if entry[b"type"] == b"totals":
            totals[council] = data
        if entry[b"type"] == b"alert":
            alerts[council].append(data["id"])
    assert totals == right.totals
    assert alerts == right.alerts
    assert await redis.smembers(keys.elections()) == {ELECTION.encode()}
    assert await redis.smembers(keys.councils(ELECTION)) == {
        council.encode() for council in right.totals
    }


async def test_the_same_night_again_changes_nothing(
    settings: Settings,
    declarations: Declarations,
    process: Process,
) -> None:
    """Duplicates and old revisions change no totals and cause no alerts."""
    facts = night(seed=3)
    right = expected(facts)
    process("aggregator", "run")
    await declarations.send(facts)
    await declarations.count(facts)

    assert await stored(settings, right.totals) == right
    assert sorted(await alert_ids(settings)) == sorted(ids(right))


async def test_invalid_messages_are_set_aside_with_their_bytes_and_the_rest_is_counted(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    declarations: Declarations,
    process: Process,
    eventually: Eventually,
) -> None:
    """Each invalid message becomes a reject with its offset, reason and bytes."""
    facts = night(seed=4, councils=1)
    right = expected(facts)
    topic = Topics(settings.namespace).declarations
    key = facts[0].council.encode()
    valid = facts[1].model_dump_json().encode()
    envelope = [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"1"),
        ("ce_source", b"/test"),
        ("ce_type", b"livecount.ward.declared.v1"),
    ]
    newer = [*envelope[:3], ("ce_type", b"livecount.ward.declared.v2")]
    invalid: list[tuple[str, bytes | None, bytes | None, list[tuple[str, bytes]]]] = [
        ("payload", key, b"\x00\xff not JSON", envelope),
        ("payload", key, b'{"type": "ward.declared", "votes": -1}', envelope),
        ("payload", key, None, envelope),
        ("payload", key, b"x" * 1_000_000, envelope),
        ("envelope", key, valid, []),
        ("envelope", key, valid, newer),
        ("key", b"local.elsewhere.2026-05-07", valid, envelope),
        ("key", None, valid, envelope),
    ]
    await declarations.send(facts[:3])
    sent = [
        await kafka_producer.send_and_wait(topic, value, key=one, headers=headers)
        for _, one, value, headers in invalid
    ]
    process("aggregator", "run")
    await declarations.count(facts[3:])
    rejects = Topics(settings.namespace).rejects
    await eventually(lambda: _count(settings, rejects, len(invalid)))

    found = {
        (reject["partition"], reject["offset"]): reject
        for reject in map(
            json.loads, [record.value for record in await messages(settings, rejects)]
        )
    }
    for (reason, one, value, _), record in zip(invalid, sent, strict=True):
        reject = found[record.partition, record.offset]
        assert reject["reason"] == reason, reject["detail"]
        assert _bytes(reject["key"]) == one
        assert _bytes(reject["value"]) == value
    assert await stored(settings, right.totals) == right


async def test_a_contradiction_is_set_aside(
    settings: Settings,
    declarations: Declarations,
    process: Process,
) -> None:
    """A known revision with other content becomes a reject, and the council does not change."""
    facts = night(seed=5, councils=1)
    right = expected(facts)
    declared = facts[1]
    other = declared.model_copy(update={"seats_contested": 1})
    process("aggregator", "run")
    await declarations.count([*facts, other])

    (record,) = await messages(settings, Topics(settings.namespace).rejects)
    assert json.loads(record.value)["reason"] == "conflict"
    assert await stored(settings, right.totals) == right


async def test_declarations_before_their_council_is_opened_count_once_it_is(
    settings: Settings,
    declarations: Declarations,
    process: Process,
) -> None:
    """They are stored, but nothing is published until the council is opened."""
    opening, *declared = night(seed=6, councils=1)
    right = expected([*declared, opening])
    process("aggregator", "run")
    await declarations.count(declared)
    assert (await stored(settings, right.totals)).totals == {}
    assert await messages(settings, Topics(settings.namespace).totals) == []

    await declarations.count([opening])
    assert await stored(settings, right.totals) == right


async def test_what_a_council_does_not_list_is_kept_and_told_and_shown_nowhere(
    settings: Settings,
    declarations: Declarations,
    process: Process,
) -> None:
    """A ballot under a misspelt id is no ward; a result before its opening is told as well."""
    opening, *declared = night(seed=8, councils=1)
    right = expected([opening, *declared])
    misspelt = "local.council-0.wrad-0.2026-05-07"
    stray = declared[0].model_copy(update={"ballot_paper_id": misspelt})
    process("aggregator", "run")
    await declarations.count([declared[0]])
    await declarations.count([opening, *declared, stray])

    rejects = await messages(settings, Topics(settings.namespace).rejects)
    found = [json.loads(record.value) for record in rejects]
    assert [each["reason"] for each in found] == ["parked", "parked"]
    assert [each["offset"] for each in found] == [0, len(declared) + 2]
    assert misspelt in found[1]["detail"]
    kept = await stored(settings, right.totals)
    assert kept.wards == right.wards
    assert kept.alerts == right.alerts
    for record in await messages(settings, Topics(settings.namespace).wards):
        assert misspelt not in record.value.decode()
    audit = process("verify")
    assert audit.process.wait(60) == 0, audit.written()


async def test_what_cannot_be_right_changes_nothing(
    settings: Settings,
    declarations: Declarations,
    process: Process,
) -> None:
    """Somebody who was not nominated becomes a reject, even as a correction."""
    facts = night(seed=9, councils=1)
    right = expected(facts)
    declared = facts[1]
    people = list(declared.candidates)
    people[0] = replace(people[0], candidate="Donald Duck")
    wrong = declared.model_copy(update={"candidates": tuple(people), "revision": 9})
    process("aggregator", "run")
    await declarations.count([*facts, wrong])

    (record,) = await messages(settings, Topics(settings.namespace).rejects)
    reject = json.loads(record.value)
    assert reject["reason"] == "contradiction"
    assert "Donald Duck" in reject["detail"]
    assert await stored(settings, right.totals) == right


async def test_two_workers_share_the_partitions(
    settings: Settings,
    declarations: Declarations,
    process: Process,
    eventually: Eventually,
) -> None:
    """A second worker takes over some partitions during the night, and the result is right."""
    facts = night(seed=7, councils=24)
    right = expected(facts)
    process("aggregator", "run", worker_id="1")
    half = len(facts) // 2
    await declarations.count(facts[:half])
    second = process("aggregator", "run", worker_id="2")
    await declarations.count(facts[half:])

    # Both workers count from here.
    await eventually(lambda: "partitions assigned" in second.written())
    await declarations.count(facts)
    assert await stored(settings, right.totals) == right
    assert set(await alert_ids(settings)) == ids(right)


async def test_it_reports_when_it_is_ready_and_what_it_has_counted(
    declarations: Declarations,
    process: Process,
    eventually: Eventually,
) -> None:
    """It is ready once the worker has its partitions, and its metrics count declarations."""
    facts = night(seed=8, councils=1)
    (port,) = free_ports(1, Random(8))
    process("aggregator", "run", metrics_port=str(port))

    async def answer(path: str) -> str:
        async with httpx.AsyncClient() as client:
            try:
                found = await client.get(f"http://127.0.0.1:{port}{path}")
            except httpx.TransportError:
                return ""
            return found.text if found.is_success else ""

    await eventually(lambda: answer("/health/ready"))
    assert await answer("/health/live") == "ok\n"
    await declarations.count(facts)

    async def all_reported() -> bool:
        lines = (await answer("/metrics")).splitlines()
        outcomes = [
            float(line.split()[-1])
            for line in lines
            if line.startswith("livecount_aggregator_declarations_total")
        ]
        return sum(outcomes) == len(facts)

    await eventually(all_reported)


async def _count(settings: Settings, topic: str, number: int) -> bool:
    return len(await messages(settings, topic)) >= number


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
