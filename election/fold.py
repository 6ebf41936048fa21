"""Fold: one event more. The same fold serves the night, rebuilds, rehearsals and tests."""

from __future__ import annotations

from dataclasses import dataclass

from election.alert_state import Key
from election.alerts.cause import Event, cause_of
from election.alerts.changes import alerts, news
from election.council import Council
from election.transitions import (
    ConflictError,
    Taken,
    take_declaration,
    take_opening,
    take_status,
    take_whole,
)
from schemas.alert import Alert
from schemas.council import CouncilOpened
from schemas.ward import WardDeclared, WardStatus


@dataclass(frozen=True, slots=True)
class Happenings:
    """What an event changed.

    `changed` tells whether there is a new version of the council, `ballots` whose ward entries
    changed. `alerts` are in publishing order. `conflict` says why a fact could not be applied,
    naming field, value and remedy; the council is then unchanged.
    """

    changed: bool = False
    ballots: tuple[str, ...] = ()
    alerts: tuple[Alert, ...] = ()
    conflict: str | None = None


NOTHING_HAPPENED = Happenings()


def apply(event: Event, council: Council | None) -> tuple[Council, Happenings]:
    """Returns the council after an event, and what happened. Never changes its input.

    A lower or equal revision changes nothing, and then the council that comes back is the one
    that was given. Facts that arrive before `council.opened` are kept, and count once it opens;
    so are those of ballots that it does not list. Raises ValueError where the event is another
    council's.
    """
    before = council or Council(council=event.council, mode=event.mode)
    if event.council != before.council:
        raise ValueError(f"council: {event.council} is not {before.council}; ask for it by its id")
    try:
        taken = _take(event, before)
    except ConflictError as conflict:
        return before, Happenings(conflict=str(conflict))
    if taken is None:
        return before, NOTHING_HAPPENED
    return _tell(event, before, taken)


def _take(event: Event, council: Council) -> Taken | None:
    if event.mode != council.mode:
        raise ConflictError(
            f"mode: {event.mode}, but {council.council} is counted as {council.mode};"
            " give each a namespace of its own"
        )
    if isinstance(event, WardDeclared):
        return take_declaration(event, council)
    if isinstance(event, WardStatus):
        return take_status(event, council)
    if isinstance(event, CouncilOpened):
        return take_opening(event, council)
    return take_whole(event, council)


def _tell(event: Event, before: Council, taken: Taken) -> tuple[Council, Happenings]:
    after, ballots = taken
    count = after.count
    if count is None:
        return after, Happenings(changed=True, ballots=ballots)
    of_ward = isinstance(event, WardDeclared | WardStatus)
    settled_at = _settled_at(before, count.control, ballots[0] if of_ward else None)
    if settled_at != after.settled_at:
        after = after.settled(settled_at)
        count = after.count or count
    concerned = ballots
    if isinstance(event, CouncilOpened):
        concerned = tuple(dict.fromkeys((*ballots, *filter(None, after.told))))
    new = news(after, count, concerned)
    if not new:
        return after, Happenings(changed=True, ballots=ballots)
    ward = after.wards[ballots[0]].name if of_ward else ""
    made, told = alerts(after, count, new, cause_of(event, ward, first=before.tally is None))
    return after.telling(told), Happenings(changed=True, ballots=ballots, alerts=made)


def _settled_at(before: Council, control: str | None, ballot: str | None) -> str | None:
    """Returns the ballot at which the certainty of a control arose; it stays while that does."""
    if control is None:
        return None
    stood = before.told.get("", {}).get(Key("control"))
    return before.settled_at if stood and stood.claim.control == control else ballot
