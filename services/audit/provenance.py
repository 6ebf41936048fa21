"""What a council's numbers rest on: its declarations, in the order of the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from election.council import Council
from schemas.alert import Alert
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.events import Event
from services.audit.council_name import fits, resolve
from services.audit.decode import Rejection, decode, effective_time, logged_at
from services.audit.recount import Recount, Step
from services.platform.settings import Settings
from services.platform.topic_log import Log

Standing = Literal["counts", "replaced", "repeat", "rejected"]
"""Whether the numbers rest on a declaration: `replaced` by a later revision, a `repeat` of what
was known or older, or `rejected` because it contradicts what is known."""


class Line(NamedTuple):
    """One declaration of a council, where it stands in the log, and what it caused."""

    type: str
    ballot: str
    revision: int
    standing: Standing
    source: str
    partition: int
    offset: int
    said_at: datetime | None
    logged_at: datetime
    detail: str
    alerts: tuple[Alert, ...]


class Provenance(NamedTuple):
    """A council as the log makes it, and every declaration it was given."""

    name: str
    council: Council | None
    lines: tuple[Line, ...]


async def provenance(settings: Settings, name: str, *, as_of: datetime | None = None) -> Provenance:
    """Returns what the log says of a council, of all time or up to a moment.

    The moment is compared with `said_at`: the time that each declaration states, else Kafka's.
    Openings always count. Reads the whole log once. Raises UnknownCouncilError and
    KafkaUnavailableError.
    """
    async with Log(settings) as log:
        topic = log.topics.declarations
        ends = await log.ends(topic)
        count = Recount(len(ends))
        by_council: dict[str, list[Step]] = {}
        async for record in log.read(topic, ends):
            event = decode(record, count.partitions)
            if isinstance(event, Rejection):
                continue
            steps = by_council.setdefault(event.council, [])
            moment = said_at(event, record)
            in_time = as_of is None or moment is None or moment <= as_of
            if in_time and fits(name, event.council):
                steps.append(count.add_event(record, event))
    council = resolve(name, by_council)
    counted = count.councils.get(council)
    return Provenance(council, counted.council if counted else None, _lines(by_council[council]))


def _lines(steps: Sequence[Step]) -> tuple[Line, ...]:
    latest = {_fact(step.event): step for step in steps if step.changed and step.event}
    return tuple(
        _line(step, step.event, latest.get(_fact(step.event))) for step in steps if step.event
    )


def _line(step: Step, event: Event, latest: Step | None) -> Line:
    standing: Standing = "repeat"
    if step.fault is not None:
        standing = "rejected"
    elif step.changed:
        standing = "counts" if step is latest else "replaced"
    record = step.record
    return Line(
        type=event.type,
        ballot=_ballot(event),
        revision=event.revision,
        standing=standing,
        source=event.source,
        partition=record.partition,
        offset=record.offset,
        said_at=said_at(event, record),
        logged_at=logged_at(record),
        detail=step.fault.detail if step.fault else "",
        alerts=step.effects.alerts if step.effects else (),
    )


def _fact(event: Event | None) -> tuple[str, str]:
    """Returns what an event is a revision of."""
    return ("", "") if event is None else (event.type, _ballot(event))


def _ballot(event: Event) -> str:
    if isinstance(event, CouncilOpened | CouncilDeclared):
        return ""
    return event.ballot_paper_id
