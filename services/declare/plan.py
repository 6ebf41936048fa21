"""Plan: what a file's events change in what the log has, and under which revisions. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from election.council import Council
from election.fold import Effects, apply
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.events import Event, ballot_of
from schemas.ward import WardDeclared, WardStatus
from services.declare.words import difference, name_of

Outcome = Literal["new", "changed", "unchanged", "set aside"]
"""What an event does: `new` says something of which nothing was known, `changed` adds to it or
replaces it, `unchanged` is known already and is not sent. What is `set aside` is sent as well, so
that the desk sees it, but does not count, or not yet."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An event as it is to be sent, what it does, and that in words, in one line or several."""

    event: Event
    outcome: Outcome
    words: str


def plan(
    events: Iterable[Event], known: Mapping[str, Council], *, number: bool
) -> tuple[Planned, ...]:
    """Returns what each event does, in order, on top of the councils as the log has them.

    With `number` the events are what their source says now, without revisions of its own to rely
    on: what differs from the log gets the next revision. Without it they stay as they are.
    The aggregator applies the same rules to the same log, so it does the same, unless somebody
    else declares in between.
    """
    councils = dict(known)
    events = tuple(events)
    latest = {_subject(event): place for place, event in enumerate(events)}
    planned = []
    for place, given in enumerate(events):
        before = councils.get(given.council)
        event = given
        if number and before is not None and latest[_subject(given)] == place:
            event = _numbered(given, before)
        after, effects = apply(event, before)
        planned.append(_planned(event, before, after, effects))
        if effects.changed:
            councils[event.council] = after
    return tuple(planned)


def _planned(event: Event, before: Council | None, after: Council, effects: Effects) -> Planned:
    wrong = effects.contradiction or effects.conflict or effects.parked
    if effects.failure is not None:
        wrong = f"cannot be counted: {effects.failure}"
    if wrong:
        return Planned(event, "set aside", f"{name_of(event, after)}: {wrong}")
    if not effects.changed:
        return Planned(event, "unchanged", "")
    is_new = not _known_revision(event, before)
    return Planned(event, "new" if is_new else "changed", difference(event, before, after))


def _numbered(event: Event, council: Council) -> Event:
    """Returns an event under the revision that makes it count, if it says anything new.

    It keeps the known revision if it repeats or completes what is known under it.
    """
    known = _known_revision(event, council)
    if event.revision > known:
        return event
    again = _revised(event, known)
    _, effects = apply(again, council)
    return again if effects.conflict is None else _revised(event, known + 1)


def _revised(event: Event, revision: int) -> Event:
    changes: dict[str, object] = {"revision": revision}
    if isinstance(event, WardDeclared | CouncilDeclared):
        changes["correction"] = None
    return event.model_copy(update=changes)


def _known_revision(event: Event, council: Council | None) -> int:
    """Returns the revision of what is known of an event's subject; 0 if nothing is."""
    if council is None:
        return 0
    match event:
        case CouncilOpened():
            return council.opening.opened.revision if council.opening else 0
        case CouncilDeclared():
            return council.declared.revision if council.declared else 0
        case WardDeclared():
            ward = council.wards.get(event.ballot_paper_id)
            return ward.declared.revision if ward and ward.declared else 0
        case WardStatus():
            ward = council.wards.get(event.ballot_paper_id)
            return ward.status.revision if ward and ward.status else 0


def _subject(event: Event) -> tuple[str, str, str]:
    return (event.council, event.type, ballot_of(event))


def count_of(planned: Sequence[Planned], outcome: Outcome) -> int:
    """Returns how many of the planned events have an outcome."""
    return sum(each.outcome == outcome for each in planned)
