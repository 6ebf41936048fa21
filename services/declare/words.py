"""Words: what an event changes in a council, for the person who declares it."""

from __future__ import annotations

from collections.abc import Iterable

from election.council import Council
from election.text.council import sentence
from election.text.phrases import counted
from election.text.ward import ward_line
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.events import Event
from schemas.ward import WardDeclared, WardStatus

_WARDS_NAMED_MAX = 5

_SAID = ("name", "cycle", "seats_total", "seats_vacant", "control_before", "independents_as_party")
"""The facts of an opening that are said in words when they change."""


def name_of(event: Event, council: Council) -> str:
    """Returns what an event is about: `Childs Hill, Barnet`, or `Barnet`."""
    if isinstance(event, WardDeclared | WardStatus):
        ward = council.wards.get(event.ballot_paper_id)
        return f"{ward.name if ward else event.ballot_paper_id}, {council.name}"
    return council.name


def difference(event: Event, before: Council | None, after: Council) -> str:
    """Returns what an event changed: what stands now, and what stood before."""
    match event:
        case WardDeclared() | WardStatus():
            return _of_ward(event, before, after)
        case CouncilOpened():
            return _of_opening(before, after)
        case CouncilDeclared():
            return sentence(after.count) if after.count else f"{after.name}: declared as a whole"


def _of_ward(event: WardDeclared | WardStatus, before: Council | None, after: Council) -> str:
    ballot = event.ballot_paper_id
    now = ward_line(after.wards[ballot], after.name)
    earlier = before.wards.get(ballot) if before else None
    if earlier is None or (earlier.declared is None and earlier.status is None):
        return now
    was = ward_line(earlier, after.name)
    if was == now:
        return f"{now}; more of its figures, revision {event.revision}"
    return f"{now}; revision {event.revision}, before: {was.partition(': ')[2]}"


def _of_opening(before: Council | None, after: Council) -> str:
    opened = after.opening.opened if after.opening else None
    if opened is None:
        return after.name
    if before is None or before.opening is None:
        return (
            f"{after.name}: opened, {counted(opened.seats_total, 'seat')},"
            f" {counted(len(after.wards), 'ward')} listed"
        )
    earlier = before.opening.opened
    changes = [
        f"{name} {_shown(getattr(earlier, name))} → {_shown(getattr(opened, name))}"
        for name in _SAID
        if getattr(earlier, name) != getattr(opened, name)
    ]
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
            more = len(names) - _WARDS_NAMED_MAX
            shown = ", ".join(names[:_WARDS_NAMED_MAX])
            rest = f" and {more} more" if more > 0 else ""
            yield f"{counted(len(names), 'ward')} {kind}: {shown}{rest}"


def _shown(value: object) -> str:
    return "unknown" if value is None else str(value)
