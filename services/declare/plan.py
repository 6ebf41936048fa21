"""Plan: what a file's events change in what the log has, and under which revisions. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from election.council import Council
from election.fold import Effects, apply
from election.known_revision import known_revision
from election.text.doubts import not_counted
from schemas.envelope import content_id
from schemas.events import Event, ballot_of, encode_event
from services.declare.numbering import is_refused, numbered, other_revision
from services.declare.planned import Planned, said_less, set_aside, told

Subject = tuple[str, str, str]
"""What all revisions of an event share: its council, its type and its ballot."""


def plan(
    events: Iterable[Event],
    known: Mapping[str, Council],
    *,
    number: bool,
    rejected: Collection[str] = (),
) -> tuple[Planned, ...]:
    """Returns what each event does, in order, on top of the councils as the log has them.

    With `number` the events are what their source says now: what differs from the log gets the
    next revision. Without it only those do that state no revision. Of several events of one
    ballot the last of the highest revision is what the source says now; the others are how it
    came about, and are not sent if the log is past them. `rejected` has the content ids of events
    that are among the rejects already; what would be one again is not sent again.
    The aggregator applies the same rules to the same log, so it does the same, unless somebody
    else declares in between.
    """
    councils = dict(known)
    events = tuple(events)
    now = _latest(events)
    planned = []
    for place, given in enumerate(events):
        before = councils.get(given.council)
        is_latest = now[_subject(given)] == place
        event = given
        if before is not None and is_latest and (number or _states_no_revision(given)):
            event = numbered(given, before)
        after, effects = apply(event, before)
        if effects.changed:
            planned.append(told(event, before, after, effects))
            councils[event.council] = after
        elif not is_latest and event.revision <= known_revision(event, before):
            planned.append(Planned(event, "unchanged", is_sent=False))
        else:
            planned.append(_without_effect(event, after, effects, rejected))
    return tuple(planned)


def _without_effect(
    event: Event, council: Council, effects: Effects, rejected: Collection[str]
) -> Planned:
    """Returns what is said of an event that changes nothing, and whether it is sent."""
    if is_refused(effects):
        aside = told(event, council, council, effects)
        return aside if content_id(encode_event(event)) not in rejected else aside.not_sent()
    later = other_revision(event, council)
    if later:
        what = (
            f"revision: {event.revision}, but revision {later} is known with other content; give"
            f" {later + 1}, or leave revision out"
        )
        return set_aside(event, council, what, is_sent=False)
    known = not_counted(event, council)
    if known is not None:
        return set_aside(event, council, ": ".join(known), is_sent=False)
    return Planned(event, "unchanged", said_less(event, council), is_sent=False)


def _latest(events: Iterable[Event]) -> dict[Subject, int]:
    """Returns the place of what counts of each subject: the last one of its highest revision."""
    latest: dict[Subject, tuple[int, int]] = {}
    for place, event in enumerate(events):
        subject = _subject(event)
        latest[subject] = max(latest.get(subject, (0, 0)), (event.revision, place))
    return {subject: place for subject, (_, place) in latest.items()}


def _subject(event: Event) -> Subject:
    return (event.council, event.type, ballot_of(event))


def _states_no_revision(event: Event) -> bool:
    return "revision" not in event.model_fields_set
