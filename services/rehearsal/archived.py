"""An archived night, played again in its own order and with its own timing."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from schemas.events import decode_event, encode_event
from services.archive.errors import ArchiveError
from services.archive.manifest import checked_manifest, log_path
from services.archive.record import ArchivedRecord
from services.archive.sending import RecordProducer
from services.archive.topic_copy import read_records
from services.platform.mode import namespace_mode
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topic_log import Log
from services.platform.topics import create_topics
from services.rehearsal.player import play
from services.rehearsal.schedule import GAP_MAX_S, Scheduled


async def replay_archive(settings: Settings, folder: Path, speed: float) -> int:
    """Sends the log of an archive to a rehearsal namespace; returns how many messages were sent.

    `speed` is how many times as fast as the night to go; `inf` sends without waiting. Makes the
    topics if they are missing. Raises ArchiveError if the archive has changed, or if the namespace
    has declarations or another number of partitions; TopicError, KafkaUnavailableError and
    OSError.
    """
    manifest = checked_manifest(folder)
    partitions = len(manifest.topics["declarations"].ends)
    settings = settings.model_copy(update={"kafka_partitions": partitions})
    topic = Topics(settings.namespace).declarations
    await create_topics(settings)
    await _check_new(settings, topic, partitions)
    records = read_records(folder / log_path("declarations"), topic)
    is_live = namespace_mode(manifest.namespace) == "live"
    playable = (rehearsal_of(each) if is_live else each for each in records if not each.is_broken)
    sent = 0

    def count(_: ArchivedRecord) -> None:
        nonlocal sent
        sent += 1

    async with RecordProducer(settings) as producer:
        if math.isinf(speed):
            return await producer.send_all(topic, playable)
        await play(
            recorded_schedule(playable, speed),
            lambda record: producer.send(topic, record),
            clock=time.monotonic,
            sent=count,
        )
    return sent


async def _check_new(settings: Settings, topic: str, partitions: int) -> None:
    """Raises ArchiveError if a topic has anything, or other partitions."""
    remedy = "name another namespace (LIVECOUNT_NAMESPACE), or run `livecount topics delete` first"
    async with Log(settings) as log:
        ends = await log.ends(topic)
    if any(ends.values()):
        raise ArchiveError(
            f"{topic}: has {sum(ends.values())} declarations, among which a repeat changes"
            f" nothing; {remedy}"
        )
    if len(ends) != partitions:
        raise ArchiveError(f"{topic}: has {len(ends)} partitions, not {partitions}; {remedy}")


def rehearsal_of(record: ArchivedRecord) -> ArchivedRecord:
    """Returns a record of a live log as one that a rehearsal counts in the same way.

    Only the mode differs: what was of the wrong mode in the live log is so in the rehearsal.
    Whatever holds no event stays as it is. The ids of alerts do not depend on the mode.
    """
    try:
        event = decode_event(record.value or b"")
    except ValidationError:
        return record
    mode = "rehearsal" if event.mode == "live" else "live"
    return replace(record, value=encode_event(event.model_copy(update={"mode": mode})))


def recorded_schedule(
    records: Iterable[ArchivedRecord], speed: float
) -> Iterator[Scheduled[ArchivedRecord]]:
    """Yields when to send each record: as long after the one before as Kafka took it.

    Gaps of more than GAP_MAX_S cause no wait: councils are opened weeks before their night.
    """
    at_s = 0.0
    last_ms: int | None = None
    for record in records:
        if last_ms is not None:
            gap_s = (record.timestamp - last_ms) / 1_000
            at_s += gap_s if 0 < gap_s <= GAP_MAX_S else 0.0
        last_ms = record.timestamp
        yield Scheduled(at_s / speed, record)
