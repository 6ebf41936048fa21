"""`livecount declare` with a real Kafka."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from readers.night import load_night
from schemas.events import decode_event
from services.intake.producer import DeclarationProducer
from services.platform.errors import KafkaUnavailableError
from services.platform.settings import Settings
from tests.support.intake_log import log, notice
from tests.support.night_writer import Files, candidate

Process = Callable[..., Any]


def lines(*events: object) -> str:
    """Returns events as JSON lines; text is taken as it is."""
    return "\n".join(each if isinstance(each, str) else json.dumps(each) for each in events)


async def test_declared_file_is_in_the_log_in_order(
    process: Process, settings: Settings, tmp_path: Path
) -> None:
    """Every event of a file is acknowledged by Kafka, in the order of its lines."""
    file = tmp_path / "events.jsonl"
    file.write_text(lines(*[notice(revision) for revision in range(1, 31)]))
    running = process("declare", str(file))

    assert running.process.wait(30) == 0
    assert f"30 declared in {settings.namespace}" in running.written()
    revisions = [json.loads(record.value)["revision"] for record in await log(settings)]
    assert revisions == list(range(1, 31))


async def test_faulty_file_produces_nothing(
    process: Process, settings: Settings, tmp_path: Path
) -> None:
    """Each fault is printed with file and line; the status is 2, and the log stays empty."""
    file = tmp_path / "events.jsonl"
    file.write_text(lines(notice(), notice(0), "", "{", notice(mode="live")))
    running = process("declare", str(file))

    assert running.process.wait(30) == 2
    written = running.written()
    assert f"{file}:2: revision: 0: Input should be greater than or equal to 1" in written
    assert f"{file}:4: event: '{{': Invalid JSON" in written
    assert f"{file}:5: mode: 'live' in namespace" in written
    assert await log(settings) == []


async def test_a_ward_with_a_fault_is_left_out_where_asked_for(
    process: Process, settings: Settings, tmp_path: Path
) -> None:
    """The others are sent under the register's ids, what is left out is named, the status is 3."""
    files = Files(tmp_path)
    files.results = [
        candidate("Hale", "Ann", "", 10, party="Local Conservatives"),
        candidate("Mill", "Bob", "PP53", "many"),
    ]
    paths = [part for name, path in files.paths().items() for part in (f"--{name}", str(path))]
    running = process("declare", *paths, "--leave-out-faulty-wards")

    assert running.process.wait(30) == 3
    assert "left out: Mill" in running.written()
    opened, declared = (decode_event(record.value) for record in await log(settings))
    assert opened.type == "council.opened"
    assert declared.type == "ward.declared"
    assert [each.party_id for each in declared.candidates] == ["PP52"]


@pytest.mark.parametrize("content", [None, ""])
async def test_file_without_events_is_refused(
    process: Process, tmp_path: Path, content: str | None
) -> None:
    """A file that is missing or empty is refused by name."""
    file = tmp_path / "events.jsonl"
    if content is not None:
        file.write_text(content)
    running = process("declare", str(file))

    assert running.process.wait(30) == 2
    assert f"{file}:1: " in running.written()


async def test_producer_publishes_a_whole_night_in_order(settings: Settings) -> None:
    """All of a night of nights/ is acknowledged, and each council keeps its order."""
    night = load_night("barnet-2014")
    events = [*night.openings, *night.declarations]
    async with DeclarationProducer(settings) as producer:
        acknowledged = await producer.publish_all(events)

    assert events == [decode_event(record.value) for record in await log(settings)]
    assert [at.offset for at in acknowledged] == list(range(len(events)))


async def test_missing_topic_is_named(settings: Settings) -> None:
    """If a topic was never created, the error says which one and how to create it."""
    elsewhere = settings.model_copy(update={"namespace": f"{settings.namespace}-none"})

    with pytest.raises(KafkaUnavailableError, match="run `livecount topics create`"):
        await DeclarationProducer(elsewhere).start()
