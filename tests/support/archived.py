"""Logs as an archive has them, without Kafka."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from schemas.events import Event
from services.archive.record import ArchivedRecord
from services.intake.message import prepare
from services.platform.names import Topics
from services.platform.partitioner import partition_of

PARTITIONS = 16
START_MS = 1_400_800_000_000
APART_MS = 1_000


def log_of(events: Iterable[Event], namespace: str = "rehearsal") -> list[ArchivedRecord]:
    """Returns the log of events that were sent one after the other, a second apart."""
    ends: Counter[int] = Counter()
    log = []
    for number, event in enumerate(events):
        message = prepare(event, namespace)
        partition = partition_of(event.council, PARTITIONS)
        log.append(
            ArchivedRecord(
                Topics(namespace).declarations,
                partition,
                ends[partition],
                START_MS + APART_MS * number,
                message.key,
                message.value,
                tuple(message.headers),
            )
        )
        ends[partition] += 1
    return log
