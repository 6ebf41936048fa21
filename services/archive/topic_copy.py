"""A topic copied into a file, in the order in which Kafka took its records."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from services.archive.errors import ArchiveError
from services.archive.record import ArchivedRecord, LineError, decode_record, encode_record
from services.platform.topic_fetch import Record
from services.platform.topic_log import Log

_TIME_DIGITS: Final = 20
"""Digits of a time before each line while partitions are merged: as many as 64 bits have."""

Select = Callable[[Record], ArchivedRecord | None]
"""Returns what is archived of a record; None for one that is left out."""


async def copy_topic(
    log: Log,
    topic: str,
    ends: Mapping[int, int],
    file: Path,
    select: Select,
) -> int:
    """Writes the selected records of a topic before the given ends to a new file, a line each.

    Records of one partition keep their order; those of several are in the order of their times,
    and at the same time in that of their partitions. Returns how many there are. The records are
    never all in memory. Raises KafkaUnavailableError and OSError.
    """
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        parts: list[Path] = []
        for partition, end in sorted(ends.items()):
            part = Path(folder) / str(partition)
            if await _copy_partition(log, topic, {partition: end}, part, select):
                parts.append(part)
        return _merge(parts, file)


def read_records(file: Path, topic: str) -> Iterator[ArchivedRecord]:
    """Yields the records of a file, as those of a topic. Raises ArchiveError and OSError."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield decode_record(topic, line)
            except LineError as error:
                raise ArchiveError(f"{file}:{number}: {error}") from error


async def _copy_partition(
    log: Log, topic: str, end: Mapping[int, int], part: Path, select: Select
) -> int:
    """Writes a partition's lines, each behind a time that never goes back."""
    latest = copied = 0
    with part.open("wb") as lines:
        async for found in log.read(topic, end):
            # The clock of a new leader may be behind that of the one before.
            latest = max(latest, found.timestamp)
            record = select(found)
            if record is not None:
                lines.write(b"%0*d" % (_TIME_DIGITS, latest) + encode_record(record))
                copied += 1
    return copied


def _merge(parts: list[Path], file: Path) -> int:
    merged = 0
    with ExitStack() as opened, file.open("wb") as lines:
        sorted_parts = [opened.enter_context(part.open("rb")) for part in parts]
        for line in heapq.merge(*sorted_parts, key=lambda each: each[:_TIME_DIGITS]):
            lines.write(line[_TIME_DIGITS:])
            merged += 1
    return merged
