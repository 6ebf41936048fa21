"""Words: what an event changes in a council, for the person who declares it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from election.council import Council
from election.declaration import Declaration
from election.rules.majority import party_of
from election.text.figures import seats_line
from election.text.phrases import counted
from election.text.ward import ward_line
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.desk import DeskDecided
from schemas.events import Event
from schemas.ward import WardDeclared, WardStatus

_NAMED_MAX = 5
"""Wards, people or figures that are named in one line; the others are counted."""

_OPENED = (
    "name",
    "cycle",
    "seats_total",
    "seats_vacant",
    "control_before",
    "independents_as_party",
)
"""The facts of an opening that are said in words when they change."""

_FIGURES = (
    "seats_contested",
    "casual_vacancies",
    "num_spoilt_ballots",
    "num_turnout_reported",
    "turnout_percentage",
    "total_electorate",
)
"""The figures of a result that are said in words when they change."""


def name_of(event: Event, council: Council) -> str:
    """Returns what an event is about: `Childs Hill, Barnet`, or `Barnet`."""
    if isinstance(event, WardDeclared | WardStatus | DeskDecided):
        ward = council.wards.get(event.ballot_paper_id)
        return f"{ward.name if ward else event.ballot_paper_id}, {council.name}"
    return council.name


def stands(event: Event, council: Council) -> str:
    """Returns what stands of an event's ward or council."""
    if isinstance(event, WardDeclared | WardStatus | DeskDecided):
        return ward_line(council.wards[event.ballot_paper_id], council.name)
    return _whole(council) if isinstance(event, CouncilDeclared) else council.name


def difference(event: Event, before: Council | None, after: Council) -> str:
    """Returns what an event changed: what stands now, and what stood before."""
    match event:
        case DeskDecided():
            return stands(event, after)
        case WardDeclared() | WardStatus():
            return _of_ward(event, before, after)
        case CouncilOpened():
            return _of_opening(before, after)
        case CouncilDeclared():
            now = _whole(after)
            if before is None or before.declared is None:
                return now
            was = _whole(before).removeprefix(f"{before.name}: ")
            return f"{now}; revision {event.revision}, before: {was}"


def _of_ward(event: WardDeclared | WardStatus, before: Council | None, after: Council) -> str:
    ballot = event.ballot_paper_id
    ward = after.wards[ballot]
    now = ward_line(ward, after.name)
    earlier = before.wards.get(ballot) if before else None
    if earlier is None or (earlier.declared is None and earlier.status is None):
        return now
    was = ward_line(earlier, after.name)
    if was != now:
        before_that = was.removeprefix(f"{earlier.name}, {after.name}: ")
        return f"{now}; revision {event.revision}, before: {before_that}"
    if isinstance(event, WardStatus):
        return f"{now}; status: {event.status}, revision {event.revision}"
    changes = _of_figures(earlier.declared, ward.declared)
    return f"{now}; revision {event.revision}: {_listed(changes) or 'other details'}"


def _of_figures(before: Declaration | None, after: Declaration | None) -> Sequence[str]:
    """Returns which votes, marks and figures of a result differ from those before it."""
    if before is None or after is None:
        return ()
    had = {(each.candidate, party_of(each)): each for each in before.candidates}
    changes: list[str] = []
    for each in after.candidates:
        known = had.get((each.candidate, party_of(each)))
        for what in ("votes", "elected"):
            was, now = getattr(known, what, None), getattr(each, what)
            if was != now:
                name = each.candidate or party_of(each)
                changes.append(f"{what} of {name} {_shown(was)} → {_shown(now)}")
    return (*changes, *_changes(_FIGURES, before, after))


def _of_opening(before: Council | None, after: Council) -> str:
    opened = after.opening.opened if after.opening else None
    if opened is None:
        return after.name
    if before is None or before.opening is None:
        listed = sum(ward.contest is not None for ward in after.wards.values())
        return (
            f"{after.name}: opened, {counted(opened.seats_total, 'seat')},"
            f" {counted(listed, 'ward')} listed"
        )
    earlier = before.opening.opened
    changes = [*_changes(_OPENED, earlier, opened)]
    if earlier.standing != opened.standing:
        changes.append("standing changed")
    changes += _of_wards(before, after)
    what = "; ".join(changes) or "other details"
    return f"{after.name}: opened again, revision {opened.revision}: {what}"


def _of_wards(before: Council, after: Council) -> Iterable[str]:
    """Yields which wards an opening adds, leaves out and changes."""
    listed = {ballot: ward for ballot, ward in after.wards.items() if ward.contest}
    earlier = {ballot: ward for ballot, ward in before.wards.items() if ward.contest}
    kinds = {
        "added": [ward.name for ballot, ward in listed.items() if ballot not in earlier],
        "left out": [ward.name for ballot, ward in earlier.items() if ballot not in listed],
        "changed": [
            ward.name
            for ballot, ward in listed.items()
            if ballot in earlier and ward.contest != earlier[ballot].contest
        ],
    }
    for kind, names in kinds.items():
        if names:
            yield f"{counted(len(names), 'ward')} {kind}: {_listed(names)}"


def _whole(council: Council) -> str:
    """Returns the result of a council as a whole: `Barnet: declared as a whole: CON 32, LAB 31`."""
    declared = council.declared
    if declared is None:
        return f"{council.name}: not declared as a whole"
    final = ", final" if declared.final else ""
    return f"{council.name}: declared as a whole: {seats_line(declared)}{final}"


def _changes(names: Iterable[str], before: object, after: object) -> Iterable[str]:
    """Yields each of the named fields that differs, with its values."""
    for name in names:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield f"{name} {_shown(was)} → {_shown(now)}"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED_MAX
    return ", ".join(names[:_NAMED_MAX]) + (f" and {more} more" if more > 0 else "")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value is None else str(value)
