"""Makes an archive into a log again, in a namespace that has nothing yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.archive.errors import ArchiveError
from services.archive.manifest import (
    ARCHIVED_KINDS,
    ArchivedKind,
    Manifest,
    checked_manifest,
    log_path,
)
from services.archive.sending import RecordProducer
from services.archive.topic_copy import read_records
from services.platform.mode import namespace_mode
from services.platform.names import Keys, Topics
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.topic_log import Log
from services.platform.topic_times import keeping_times
from services.platform.topics import create_topics

REMEDY: Final = (
    "restore into another namespace (LIVECOUNT_NAMESPACE), or remove what is there with"
    " `livecount topics delete`"
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored. `has_other_offsets` if the archive was of one election of several."""

    manifest: Manifest
    records: dict[ArchivedKind, int]
    has_other_offsets: bool


async def restore(settings: Settings, folder: Path) -> Restored:
    """Puts the records of an archive back, with their bytes, keys, headers, times and partitions.

    Makes the topics if they are missing. Nothing is written before the whole archive is checked
    and the namespace is known to be empty. Raises ArchiveError, TopicError, KafkaUnavailableError,
    redis.exceptions.RedisError and OSError; if one comes in between, remove the namespace and
    restore again.
    """
    manifest = checked_manifest(folder)
    _check_fits(settings, manifest)
    await create_topics(settings)
    await _check_empty(settings)
    names = Topics(settings.namespace)
    kinds = [kind for kind in ARCHIVED_KINDS if kind in manifest.topics]
    topics: dict[ArchivedKind, str] = {kind: getattr(names, kind) for kind in kinds}
    records: dict[ArchivedKind, int] = {}
    async with (
        keeping_times(settings, topics.values()),
        RecordProducer(settings) as producer,
    ):
        # What was sent before the alerts: whoever reads them then knows that they were told.
        for kind, topic in reversed(topics.items()):
            archived = read_records(folder / log_path(kind), topic)
            records[kind] = await producer.send_all(topic, archived)
    return Restored(manifest, records, await _has_other_offsets(settings, manifest))


def _check_fits(settings: Settings, manifest: Manifest) -> None:
    mode, archived = namespace_mode(settings.namespace), namespace_mode(manifest.namespace)
    if mode != archived:
        raise ArchiveError(
            f"LIVECOUNT_NAMESPACE: {settings.namespace!r} takes only {mode!r}, and the archive of"
            f" {manifest.namespace!r} is {archived!r}; name a namespace of that kind, or play the"
            " archive with `livecount replay`"
        )
    partitions = len(manifest.topics["declarations"].ends)
    if settings.kafka_partitions != partitions:
        raise ArchiveError(
            f"LIVECOUNT_KAFKA_PARTITIONS: {settings.kafka_partitions}, but the log had"
            f" {partitions}, and a council has to stay on its own; set it to {partitions}"
        )


async def _check_empty(settings: Settings) -> None:
    """Raises ArchiveError if Redis or a topic has anything of the namespace, or a service runs.

    What people did, the audit of it and who is subscribed may be there: nothing of that is
    restored, and nothing of the count follows from it.
    """
    async with Log(settings) as log:
        of_people = {log.topics.audit, log.topics.sessions, log.topics.subscriptions}
        for topic in sorted({*log.topics.all()} - of_people):
            if there := sum((await log.ends(topic)).values()):
                raise ArchiveError(f"{topic}: has {there} messages; {REMEDY}")
        for service in ("aggregator", "nation", "notifier", "push"):
            if running := await log.members(service):
                raise ArchiveError(
                    f"{service}: {running} of the namespace {settings.namespace} run, or did"
                    " seconds ago; stop them and wait ten seconds, or alerts are sent again"
                )
    async with connect(settings) as redis:
        pattern = Keys(settings.namespace).pattern()
        async for key in redis.scan_iter(pattern, count=1_000):
            raise ArchiveError(f"Redis has {key.decode()}; {REMEDY}")


async def _has_other_offsets(settings: Settings, manifest: Manifest) -> bool:
    async with Log(settings) as log:
        ends = await log.ends(log.topics.declarations)
    return tuple(end for _, end in sorted(ends.items())) != manifest.topics["declarations"].ends
