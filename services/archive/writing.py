"""Writes an archive: the topics of a namespace, and what the log comes to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from schemas.delivery import Delivery
from schemas.envelope import SCHEMA_VERSION
from schemas.hold import decode_hold
from schemas.ids import check_council_id, election_of
from services.archive.counted_log import CountedLog, count_log, election_states
from services.archive.errors import ArchiveError
from services.archive.folder import new_folder
from services.archive.manifest import (
    ARCHIVED_KINDS,
    LOG_HEAD,
    MANIFEST,
    ArchivedKind,
    ArchivedTopic,
    Counts,
    Manifest,
    files_of,
    log_path,
)
from services.archive.pages import Site, certificate_place
from services.archive.record import ArchivedRecord
from services.archive.results import result_files
from services.archive.topic_copy import copy_topic, read_records
from services.platform.log_leaves import LogLeaves
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topic_fetch import Record, reading
from services.platform.topic_ids import topic_id
from services.platform.topic_log import Log
from services.ticker.feed.election_state import ElectionState

CLIENT_ID: Final = "livecount-archive"


async def write_archive(settings: Settings, folder: Path, election: str | None) -> Manifest:
    """Writes the night to a new folder, and returns its manifest.

    Of an election, or of everything in the namespace if it is None. What is declared meanwhile is
    not in it. The folder is there with everything in it, or not at all. Raises ArchiveError,
    KafkaUnavailableError and OSError.
    """
    with new_folder(folder) as made:
        copied = await _copy_topics(settings, made, election)
        declarations = copied.topics["declarations"]
        topic = Topics(settings.namespace).declarations
        records = read_records(made / log_path("declarations"), topic)
        counted = count_log(records, len(declarations.ends))
        if election is not None and not counted.declarations:
            raise ArchiveError(f"election: {election!r} has no declaration in {topic}")
        states = election_states(counted)
        site = Site(states)
        for name, content in chain(_alert_files(counted), result_files(states), site.files()):
            _write(made / name, content)
        manifest = Manifest(
            livecount=version("livecount"),
            schemas=SCHEMA_VERSION,
            namespace=settings.namespace,
            election=election,
            log_id=copied.log_id,
            topics=copied.topics,
            counts=_counts(counted, states),
            left_out=tuple(site.left_out),
            files=files_of(made),
        )
        _write(made / MANIFEST, manifest.model_dump_json(indent=2).encode() + b"\n")
    return manifest


@dataclass(frozen=True, slots=True)
class _Copied:
    log_id: str
    topics: dict[ArchivedKind, ArchivedTopic]


async def _copy_topics(settings: Settings, folder: Path, election: str | None) -> _Copied:
    names = Topics(settings.namespace)
    (folder / "log").mkdir()
    with reading(names.declarations):
        log_id = await topic_id(settings, names.declarations, CLIENT_ID)
    topics: dict[ArchivedKind, ArchivedTopic] = {}
    leaves = LogLeaves()
    async with Log(settings, client_id=CLIENT_ID) as log:
        broken = await log.broken()
        # What was sent is read before the alerts, and those before the log, so that it has the
        # cause of everything.
        for kind in reversed(ARCHIVED_KINDS):
            topic = getattr(names, kind)
            ends = await log.ends(topic)
            records = await copy_topic(
                log,
                topic,
                ends,
                folder / log_path(kind),
                partial(
                    _selected,
                    names=names,
                    election=election,
                    broken=broken if kind == "declarations" else frozenset(),
                    leaves=leaves if kind == "declarations" else None,
                ),
            )
            topics[kind] = ArchivedTopic(
                ends=tuple(end for _, end in sorted(ends.items())), records=records
            )
    head = leaves.log_head(settings.namespace)
    _write(folder / LOG_HEAD, head.model_dump_json(indent=1, exclude_none=True).encode() + b"\n")
    return _Copied(log_id, {kind: topics[kind] for kind in ARCHIVED_KINDS})


def _selected(
    record: Record,
    *,
    names: Topics,
    election: str | None,
    broken: Collection[tuple[int, int]],
    leaves: LogLeaves | None,
) -> ArchivedRecord | None:
    if leaves is not None:
        leaves.add(record)
    archived = ArchivedRecord(
        record.topic,
        record.partition,
        record.offset,
        max(0, record.timestamp),
        record.key,
        record.value,
        tuple(record.headers),
        (record.partition, record.offset) in broken,
    )
    return archived if election is None or _is_of(archived, election, names) else None


def _is_of(record: ArchivedRecord, election: str, names: Topics) -> bool:
    """Returns whether a record is of an election; what the desk says of all alerts is of each."""
    council: str | None
    if (record.key or b"") == election.encode():
        # Of the night as a whole.
        return record.topic in {names.night, names.alerts}
    try:
        if record.topic == names.deliveries:
            council = Delivery.model_validate_json(record.value or b"").council
        elif record.topic == names.holds:
            council = decode_hold(record.value or b"").council
            if council is None:
                return True
        else:
            council = check_council_id((record.key or b"").decode())
    except (ValidationError, ValueError):
        return False
    return council is not None and election_of(council) == election


def _alert_files(counted: CountedLog) -> Iterator[tuple[str, bytes]]:
    lines = [alert.model_dump_json().encode() + b"\n" for _, alert in counted.alerts]
    yield "alerts.jsonl", b"".join(lines)
    for each in counted.certificates:
        yield certificate_place(each.alert), each.model_dump_json().encode() + b"\n"


def _counts(counted: CountedLog, states: Sequence[ElectionState]) -> Counts:
    opened = [totals for state in states for totals in state.opened()]
    return Counts(
        declarations=counted.declarations,
        not_counted=counted.not_counted,
        broken=counted.broken,
        councils=len(opened),
        councils_complete=sum(totals.complete for totals in opened),
        wards=sum(totals.wards_total for totals in opened),
        wards_declared=sum(totals.wards_declared for totals in opened),
        alerts=len(counted.alerts),
    )


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
