"""What else is on `night`: what cannot be read, what breaks, digests and projections."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from redis.asyncio import Redis
from structlog.testing import capture_logs

from election.nation.night import NightChange, apply
from election.nation.plan import NightPlan
from election.nation.state import Night
from schemas.envelope import Envelope, content_id, message_type
from schemas.night import DigestDue
from schemas.totals import CouncilTotals
from services.engine.errors import DataLossError
from services.nation.decode import Said
from services.nation.digests import DigestClock
from services.nation.folding import CachedNight
from services.nation.outputs import Outputs
from services.nation.plan_file import read_plan
from services.nation.processor import NightCounter
from services.nation.rules import Rules
from services.nation.store import NightStore
from services.platform.names import Keys, Topics
from services.platform.settings import Settings
from services.platform.topic_log import WorkerLog
from tests.support.aggregator_night import ELECTION, Declarations, expected_totals, night
from tests.support.nation_night import (
    assert_nation,
    by_rules,
    is_counted,
    nation_file,
    national,
    night_alerts,
)
from tests.support.topics import messages

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]
BAD = "local.council-2.2026-05-07"
MIDNIGHT = datetime(2026, 5, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _logs_kept() -> Iterator[None]:
    """Keeps what is logged here: shown with all the values in a night, each line takes seconds."""
    with capture_logs():
        yield


async def put(
    producer: AIOKafkaProducer, settings: Settings, value: bytes, kind: str = "totals"
) -> None:
    """Puts bytes into `night` under the key of the election."""
    envelope = Envelope(id=content_id(value), source="/test", type=message_type(kind))
    await producer.send_and_wait(
        Topics(settings.namespace).night,
        value,
        key=ELECTION.encode(),
        headers=envelope.headers(),
    )


async def put_totals(
    producer: AIOKafkaProducer, settings: Settings, totals: list[CouncilTotals]
) -> None:
    """Puts totals into `night`, in order."""
    for each in totals:
        await put(producer, settings, each.model_dump_json().encode())


async def put_due(producer: AIOKafkaProducer, settings: Settings, at: datetime) -> None:
    """Says that a digest is due."""
    due = DigestDue(election=ELECTION, mode="rehearsal", due_at=at)
    await put(producer, settings, due.model_dump_json().encode(), "digest.due")


@asynccontextmanager
async def counter(
    settings: Settings, redis: Redis, rules: Rules, store: NightStore | None = None
) -> AsyncIterator[tuple[NightCounter, Outputs]]:
    """A worker's counter of nights with these rules, without its membership of the group."""
    log = WorkerLog(settings, "nation", Topics(settings.namespace).night, lambda: None)
    store = store or NightStore(redis, Keys(settings.namespace), rules.plan)
    outputs = Outputs(settings)
    yield NightCounter(log, outputs, store, rules, time.monotonic), outputs
    await outputs.stop()


async def count_all(settings: Settings, counting: NightCounter) -> None:
    """Has all of `night` counted as one batch."""

    async def acknowledge() -> None:
        pass

    records = await messages(settings, Topics(settings.namespace).night)
    await counting.begin(records, acknowledge)


async def rejects(settings: Settings) -> list[dict[str, Any]]:
    """Returns what is on the topic of rejects."""
    found = await messages(settings, Topics(settings.namespace).rejects)
    return [json.loads(record.value) for record in found]


async def test_what_cannot_be_read_is_set_aside_with_its_bytes_and_counting_goes_on(  # noqa: PLR0913, PLR0917 - fixtures
    settings: Settings,
    declarations: Declarations,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """Junk before, between and after what can be read changes nothing."""
    facts = night(seed=41)
    file = nation_file(tmp_path, facts, councils=6)
    await put(kafka_producer, settings, b"\xff junk")
    process("aggregator", "run")
    process("nation", "run", nation_file=str(file))
    await declarations.count(facts[: len(facts) // 2])
    await put(kafka_producer, settings, b'{"type":"totals"}')
    await declarations.count(facts)
    await put(kafka_producer, settings, b"{}", "ward")
    await eventually(partial(is_counted, settings, read_plan(file)))

    await assert_nation(settings, file)
    topic = Topics(settings.namespace).night
    found = [each for each in await rejects(settings) if each["topic"] == topic]
    assert [each["reason"] for each in found] == ["payload", "payload", "envelope"]
    assert found[0]["value"] == "/yBqdW5r"
    listed = process("rejects", "list")
    assert await asyncio.to_thread(listed.process.wait, 60) == 0
    assert f"night/{found[0]['partition']}/{found[0]['offset']}" in listed.written()


async def test_what_breaks_is_set_aside_and_stays_out_of_a_rebuild(
    settings: Settings, kafka_producer: AIOKafkaProducer, redis: Redis
) -> None:
    """Also if the version that rebuilds could count it: what followed was counted without it."""
    totals = expected_totals(night(seed=42))

    def failing(said: Said, before: Night | None, plan: NightPlan) -> NightChange:
        if isinstance(said, CouncilTotals) and said.council == BAD:
            raise ZeroDivisionError
        return apply(said, before, plan)

    await put_totals(kafka_producer, settings, totals)
    async with counter(settings, redis, Rules(fold=failing)) as (counting, _):
        await count_all(settings, counting)
        assert counting.broken == sum(each.council == BAD for each in totals)
    found = await national(settings)
    assert found["night"]["councils"]["opened"] == 5
    assert {each["reason"] for each in await rejects(settings)} == {"broken"}

    async with counter(settings, redis, Rules()) as (counting, _):
        await counting.verify(range(8))
        await redis.flushall()
        await counting.verify(range(8))
    assert await national(settings) == found


async def test_a_part_that_no_council_is_in_any_more_is_removed(
    settings: Settings, kafka_producer: AIOKafkaProducer, redis: Redis
) -> None:
    """From Redis, and from the compacted topic by a message without a value."""
    (first, *_) = expected_totals(night(seed=46))
    other = first.model_copy(update={"cycle": "thirds", "version": first.version + 1})
    async with counter(settings, redis, Rules()) as (counting, _):
        await put_totals(kafka_producer, settings, [first])
        await count_all(settings, counting)
        await put_totals(kafka_producer, settings, [other])
        await count_all(settings, counting)

    assert (await national(settings)).keys() == {"night", "cycle:thirds"}
    latest = {
        record.key: record.value
        for record in await messages(settings, Topics(settings.namespace).national)
    }
    assert latest[f"{ELECTION} cycle:all-out".encode()] is None
    assert latest[f"{ELECTION} cycle:thirds".encode()] is not None


async def test_a_digest_says_once_what_has_changed(
    settings: Settings, kafka_producer: AIOKafkaProducer, redis: Redis
) -> None:
    """However often its time is said to have come, and nothing if nothing has changed."""
    totals = expected_totals(night(seed=43))
    half = len(totals) // 2
    await put_totals(kafka_producer, settings, totals[:half])
    await put_due(kafka_producer, settings, MIDNIGHT)
    await put_due(kafka_producer, settings, MIDNIGHT)
    await put_totals(kafka_producer, settings, totals[half:])
    await put_due(kafka_producer, settings, MIDNIGHT - timedelta(minutes=15))
    await put_due(kafka_producer, settings, MIDNIGHT + timedelta(minutes=15))
    await put_due(kafka_producer, settings, MIDNIGHT + timedelta(minutes=30))
    async with counter(settings, redis, Rules()) as (counting, _):
        await count_all(settings, counting)

    digests = [alert for alert in await night_alerts(settings) if alert.kind == "night"]
    assert [alert.caused_at for alert in digests] == [MIDNIGHT, MIDNIGHT + timedelta(minutes=15)]
    right = await by_rules(settings, NightPlan())
    assert [alert.id for alert in await night_alerts(settings)] == [
        alert.id for alert in right.alerts
    ]


async def test_a_worker_says_of_its_nights_that_a_digest_is_due(
    settings: Settings, kafka_producer: AIOKafkaProducer, redis: Redis
) -> None:
    """Once for each time; and again only when something has changed and the next has come."""
    totals = expected_totals(night(seed=44))
    half = len(totals) // 2
    now = MIDNIGHT + timedelta(minutes=1)
    async with counter(settings, redis, Rules()) as (counting, outputs):
        clock = DigestClock(counting, outputs, 15, lambda: now)

        async def due_after(batch: list[CouncilTotals]) -> list[datetime]:
            await put_totals(kafka_producer, settings, batch)
            await count_all(settings, counting)
            await clock.remind(15)
            await clock.remind(15)
            await count_all(settings, counting)
            await clock.remind(15)
            logged = await messages(settings, Topics(settings.namespace).night)
            said = [json.loads(record.value) for record in logged]
            return [
                datetime.fromisoformat(each["due_at"])
                for each in said
                if each["type"] == "digest.due"
            ]

        assert await due_after(totals[:half]) == [MIDNIGHT]
        assert await due_after(totals[half:]) == [MIDNIGHT]
        now += timedelta(minutes=20)
        assert await due_after([]) == [MIDNIGHT, MIDNIGHT + timedelta(minutes=15)]
        now += timedelta(minutes=20)
        assert len(await due_after([])) == 2


async def test_a_projection_is_shown_with_who_published_and_who_entered_it(
    settings: Settings,
    declarations: Declarations,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """The command says what it cannot take; what it takes is in the audit and in the totals."""
    facts = night(seed=45)
    file = nation_file(tmp_path, facts, councils=6)
    process("aggregator", "run")
    process("nation", "run", nation_file=str(file))
    await declarations.count(facts)
    said = ["--name", "Projected national share", "--source", "The BBC", "--by", "desk"]

    async def projection(*arguments: str) -> tuple[int, str]:
        ended = process("nation", "projection", *arguments)
        return await asyncio.to_thread(ended.process.wait, 60), ended.written()

    assert await projection(ELECTION, *said, "--share", "Labour=35", "--share", "PP52=26.5") == (
        0,
        f"{ELECTION}: Projected national share by The BBC: stated\n",
    )
    unknown = await projection("local.2026-05-08", *said, "--share", "Labour=35")
    assert (unknown[0], "is not counted here" in unknown[1]) == (2, True)
    too_much = await projection(ELECTION, *said, "--share", "Labour=70", "--share", "PP52=40")
    assert (too_much[0], "110 percent" in too_much[1]) == (2, True)
    await eventually(partial(is_counted, settings, read_plan(file)))

    right = await assert_nation(settings, file)
    (shown,) = right.totals["night"]["projections"]
    assert (shown["source"], shown["entered_by"]) == ("The BBC", "desk")
    assert shown["shares"] == {"PP53": 35.0, "PP52": 26.5}
    entries = [
        json.loads(record.value)
        for record in await messages(settings, Topics(settings.namespace).audit)
    ]
    assert [(each["action"], each["who"]) for each in entries] == [("projection stated", "desk")]


@pytest.mark.parametrize("text", ["marks = [", '[[mark]]\nname = "x"\ncount = "seats"\n'])
async def test_a_file_that_cannot_be_used_stops_the_start(
    process: Process, tmp_path: Path, text: str
) -> None:
    """With its name and line, and exit status 2, before anything is counted."""
    file = tmp_path / "nation.toml"
    file.write_text(text)
    worker = process("nation", "run", nation_file=str(file))

    assert await asyncio.to_thread(worker.process.wait, 60) == 2
    assert worker.written().startswith(f"{file}:1: ")


class LosingStore(NightStore):
    """A Redis that turns out to have lost its nights just as partitions change hands."""

    rebalance: Callable[[], None]

    async def load(self, *_asked: object) -> dict[str, CachedNight]:
        self.rebalance()
        raise DataLossError


async def test_no_digest_is_due_while_partitions_change_hands(
    settings: Settings, declarations: Declarations, redis: Redis, process: Process, tmp_path: Path
) -> None:
    """The clock goes on, and whoever has the night then says when its digest is due."""
    facts = night(seed=46)
    rules = Rules(read_plan(nation_file(tmp_path, facts, councils=6)))
    process("aggregator", "run")
    await declarations.count(facts)
    store = LosingStore(redis, Keys(settings.namespace), rules.plan)
    async with counter(settings, redis, rules, store) as (counting, _):
        store.rebalance = counting.forget
        await counting.verify(range(8))
        await redis.sadd(Keys(settings.namespace).elections(), ELECTION)

        assert await counting.own_nights() == {}
