"""The provenance of a council's numbers: its declarations, in the order of the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from election.council import Council
from election.evidence.no_poll import waits_for_the_desk
from election.text.doubts import in_doubt
from schemas.alert import Alert
from schemas.council_result import CouncilDeclared
from schemas.desk import DeskDecided
from schemas.events import Event, ballot_of, source_of
from schemas.source import DEFAULT_SOURCE
from schemas.ward import WardDeclared, WardStatus
from services.audit.recount import Recount
from services.following.decode import Rejection, decode, effective_time, logged_at
from services.following.step import Step
from services.platform.council_name import fits, resolve
from services.platform.log_leaves import LogLeaves
from services.platform.settings import Settings
from services.platform.topic_log import Log

EntryStatus = Literal["counts", "held", "disputed", "parked", "replaced", "repeat", "rejected"]
"""Whether a declaration counts, is `held` (waits for a second source, or the desk), is `disputed`
(contradicts what stands), is `parked` (kept, does not count), was `replaced` by a later one of its
source, is a `repeat` of an equal or higher revision, or was `rejected` for what contradicts the
others."""


class Entry(NamedTuple):
    """One declaration of a council, its position in the log, and the alerts it caused.

    `detail` says why it was rejected, or why it does not count, or what of it did not when it
    came; of a decision of the desk what was decided, and why. It is blank otherwise.
    """

    type: str
    ballot: str
    revision: int
    status: EntryStatus
    source: str
    partition: int
    offset: int
    happened_at: datetime | None
    logged_at: datetime
    detail: str
    alerts: tuple[Alert, ...]


class Provenance(NamedTuple):
    """A council counted from the log, and all declarations about it."""

    name: str
    council: Council | None
    entries: tuple[Entry, ...]


async def provenance(
    settings: Settings,
    name: str,
    *,
    as_of: datetime | None = None,
    leaves: LogLeaves | None = None,
) -> Provenance:
    """Returns the provenance of a council, with all of the log or only as of a time.

    `as_of` is compared with the time that each declaration states, or if it states none, with
    the time at which Kafka took it. Openings always count. Reads the whole log once, and adds
    every message of it to `leaves` if they are wanted. Raises UnknownCouncilError and
    KafkaUnavailableError.
    """
    async with Log(settings) as log:
        topic = log.topics.declarations
        ends = await log.ends(topic)
        recount = Recount(len(ends), await log.broken())
        by_council: dict[str, list[Step]] = {}
        async for record in log.read(topic, ends):
            if leaves is not None:
                leaves.add(record)
            event = decode(record, recount.partitions)
            if isinstance(event, Rejection):
                continue
            steps = by_council.setdefault(event.council, [])
            happened_at = effective_time(event, record)
            in_time = as_of is None or happened_at is None or happened_at <= as_of
            if in_time and fits(name, event.council):
                steps.append(recount.add_event(record, event))
    council = resolve(name, by_council)
    counted = recount.councils.get(council)
    found = counted.council if counted else None
    return Provenance(council, found, _entries(by_council[council], found))


def _entries(steps: Sequence[Step], council: Council | None) -> tuple[Entry, ...]:
    latest = {_revised(step.event): step for step in steps if step.changed and step.event}
    return tuple(
        _entry(step, step.event, latest.get(_revised(step.event)), council)
        for step in steps
        if step.event
    )


def _entry(step: Step, event: Event, latest: Step | None, council: Council | None) -> Entry:
    status: EntryStatus = "repeat"
    detail = step.effects.parked if step.effects else ""
    if step.rejection is not None:
        status, detail = "rejected", step.rejection.detail
    elif step.changed and step is not latest:
        status = "replaced"
    elif step.changed:
        status, doubt = _of_latest(event, council)
        detail = doubt or detail
    if isinstance(event, DeskDecided):
        decided = " ".join(filter(None, (event.ruling, event.content)))
        detail = "\n".join(filter(None, (f"{decided}: {event.reason}", detail)))
    record = step.record
    return Entry(
        type=event.type,
        ballot=ballot_of(event),
        revision=event.revision,
        status=status,
        source=_source(event),
        partition=record.partition,
        offset=record.offset,
        happened_at=effective_time(event, record),
        logged_at=logged_at(record),
        detail=detail,
        alerts=step.effects.alerts if step.effects else (),
    )


def _source(event: Event) -> str:
    """Returns who says an event: the source's id and trust, and the note that it gives."""
    note = source_of(event)
    if isinstance(event, DeskDecided) or event.source_id is None:
        return note
    return f"{event.source_id} ({event.trust or 'final'}){f': {note}' if note else ''}"


def _of_latest(event: Event, council: Council | None) -> tuple[EntryStatus, str]:
    """Returns what became of the latest of its kind in its council as it stands, and why."""
    if _is_parked(event, council):
        return "parked", ""
    ward = council.wards.get(ballot_of(event)) if council else None
    if ward is None or ward.evidence is None or not isinstance(event, WardDeclared | WardStatus):
        return "counts", ""
    if not _is_word(event):
        return "counts", ""
    source = event.source_id or DEFAULT_SOURCE
    doubt = in_doubt(ward).get(source, "")
    if source in ward.evidence.held:
        return "held", doubt
    return ("disputed" if doubt else "counts"), doubt


def _is_word(event: WardDeclared | WardStatus) -> bool:
    """Returns whether an event is one of the words of its source that are weighed or wait."""
    return isinstance(event, WardDeclared) or waits_for_the_desk(event)


def _is_parked(event: Event, council: Council | None) -> bool:
    """Returns whether the latest of its kind does not count in its council as it stands."""
    count = council.count if council is not None else None
    if council is None or count is None:
        return True
    if isinstance(event, CouncilDeclared):
        return council.declared is None
    ward = council.wards.get(ballot_of(event))
    if ward is None:
        return False
    return ward.contest is None or (isinstance(event, WardDeclared) and not ward.fits)


def _revised(event: Event | None) -> tuple[str, str, str]:
    """Returns type, ballot and source of an event, which all its revisions share.

    Sources number their results of wards each for itself, and all else together. That there is no
    poll is a word of its source while it is not final.
    """
    if event is None:
        return "", "", ""
    source = ""
    if isinstance(event, WardDeclared | WardStatus) and _is_word(event):
        source = event.source_id or DEFAULT_SOURCE
    return event.type, ballot_of(event), source
