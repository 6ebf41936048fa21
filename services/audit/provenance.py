"""The provenance of a council's numbers: its declarations, in the order of the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from election.council import Council
from schemas.alert import Alert
from schemas.events import Event, ballot_of
from services.audit.council_name import fits, resolve
from services.audit.decode import Rejection, decode, effective_time, logged_at
from services.audit.recount import Recount, Step
from services.platform.settings import Settings
from services.platform.topic_log import Log

EntryStatus = Literal["counts", "replaced", "repeat", "rejected"]
"""Whether a declaration counts, was `replaced` by a later revision, is a `repeat` of an equal or
higher revision, or was `rejected` because it contradicts the others."""


class Entry(NamedTuple):
    """One declaration of a council, its position in the log, and the alerts it caused.

    `detail` says why it was rejected, and is blank otherwise.
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


async def provenance(settings: Settings, name: str, *, as_of: datetime | None = None) -> Provenance:
    """Returns the provenance of a council, with all of the log or only as of a time.

    `as_of` is compared with the time that each declaration states, or if it states none, with
    the time at which Kafka took it. Openings always count. Reads the whole log once. Raises
    UnknownCouncilError and KafkaUnavailableError.
    """
    async with Log(settings) as log:
        topic = log.topics.declarations
        ends = await log.ends(topic)
        recount = Recount(len(ends), await log.broken())
        by_council: dict[str, list[Step]] = {}
        async for record in log.read(topic, ends):
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
    return Provenance(council, counted.council if counted else None, _entries(by_council[council]))


def _entries(steps: Sequence[Step]) -> tuple[Entry, ...]:
    latest = {_revised(step.event): step for step in steps if step.changed and step.event}
    return tuple(
        _entry(step, step.event, latest.get(_revised(step.event))) for step in steps if step.event
    )


def _entry(step: Step, event: Event, latest: Step | None) -> Entry:
    status: EntryStatus = "repeat"
    if step.rejection is not None:
        status = "rejected"
    elif step.changed:
        status = "counts" if step is latest else "replaced"
    record = step.record
    return Entry(
        type=event.type,
        ballot=ballot_of(event),
        revision=event.revision,
        status=status,
        source=event.source,
        partition=record.partition,
        offset=record.offset,
        happened_at=effective_time(event, record),
        logged_at=logged_at(record),
        detail=step.rejection.detail if step.rejection else "",
        alerts=step.effects.alerts if step.effects else (),
    )


def _revised(event: Event | None) -> tuple[str, str]:
    """Returns the type and the ballot of an event, which all its revisions share."""
    return ("", "") if event is None else (event.type, ballot_of(event))
