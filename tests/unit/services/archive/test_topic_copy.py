from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import cast

import pytest

from services.archive.errors import ArchiveError
from services.archive.record import ArchivedRecord
from services.archive.topic_copy import copy_topic, read_records
from services.platform.topic_log import Log

TOPIC = "live.declarations"
Place = tuple[int, int]


class KeptLog:
    """Records in memory, read as those of Kafka are."""

    def __init__(self, records: list[ArchivedRecord]) -> None:
        self._records = records

    async def read(self, topic: str, ends: Mapping[int, int]) -> AsyncIterator[ArchivedRecord]:
        assert topic == TOPIC
        for record in self._records:
            if record.offset < ends.get(record.partition, 0):
                yield record


def taken(partition: int, *times_ms: int) -> list[ArchivedRecord]:
    """Returns the records of a partition, which Kafka took at these times."""
    return [
        ArchivedRecord(TOPIC, partition, offset, at_ms, b"key", b"value", ())
        for offset, at_ms in enumerate(times_ms)
    ]


async def copied(records: list[ArchivedRecord], file: Path, *left_out: Place) -> list[Place]:
    """Returns the places of a topic's records in the order in which they are archived."""
    ends = {record.partition: record.offset + 1 for record in records}

    def select(record: ArchivedRecord) -> ArchivedRecord | None:
        return None if (record.partition, record.offset) in left_out else record

    number = await copy_topic(cast("Log", KeptLog(records)), TOPIC, ends, file, select)  # type: ignore[arg-type]
    found = [(record.partition, record.offset) for record in read_records(file, TOPIC)]
    assert number == len(found)
    return found


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def test_records_are_in_the_order_in_which_kafka_took_them(tmp_path: Path) -> None:
    """At the same time in that of their partitions."""
    records = [*taken(0, 10, 40), *taken(1, 20, 40), *taken(2, 5, 1_000_000)]

    found = await copied(records, tmp_path / "log.jsonl")

    assert found == [(2, 0), (0, 0), (1, 0), (0, 1), (1, 1), (2, 1)]


async def test_a_partition_keeps_its_order_if_a_clock_goes_back(tmp_path: Path) -> None:
    """As when another broker becomes its leader."""
    records = [*taken(0, 100, 50, 60, 200), *taken(1, 70, 120)]

    found = await copied(records, tmp_path / "log.jsonl")

    assert found == [(1, 0), (0, 0), (0, 1), (0, 2), (1, 1), (0, 3)]
    assert [each.timestamp for each in read_records(tmp_path / "log.jsonl", TOPIC)] == [
        *(70, 100, 50, 60, 120, 200)
    ]


async def test_what_is_not_selected_is_left_out(tmp_path: Path) -> None:
    """And nothing else is left in the folder."""
    found = await copied([*taken(0, 1, 2), *taken(1, 3)], tmp_path / "log.jsonl", (0, 0), (1, 0))

    assert found == [(0, 1)]
    assert names(tmp_path) == ["log.jsonl"]


async def test_a_topic_without_records_is_an_empty_file(tmp_path: Path) -> None:
    """So that the manifest has it."""
    assert await copied([], tmp_path / "log.jsonl") == []
    assert (tmp_path / "log.jsonl").read_bytes() == b""


def test_a_line_that_holds_no_record_is_named(tmp_path: Path) -> None:
    """With its file and number."""
    file = tmp_path / "log.jsonl"
    file.write_text("nothing\n")

    with pytest.raises(ArchiveError, match=r"log\.jsonl:1: "):
        list(read_records(file, TOPIC))
