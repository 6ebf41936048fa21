"""Night: what is said of an election, applied to it. The one door of the second stage's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from election.nation.council_change import CouncilChange
from election.nation.digest import digest_alert
from election.nation.digest_state import Digest
from election.nation.entry import CouncilEntry, council_entry
from election.nation.part_sum import NO_COUNCIL, PartSum
from election.nation.place import WHOLE_NIGHT, Part
from election.nation.plan import NightPlan
from election.nation.state import Night
from election.nation.told import marks_after
from schemas.alert import Alert
from schemas.national import COUNCILS_MAX, PROJECTIONS_MAX, Projection
from schemas.night import DigestDue, ProjectionStated
from schemas.totals import CouncilTotals

__all__ = ["Night", "NightChange", "Said", "apply"]

Said = CouncilTotals | DigestDue | ProjectionStated
"""What a night is counted from."""


@dataclass(frozen=True, slots=True)
class NightChange:
    """A night after something was said, and what that changed.

    `changed_parts` are those whose national totals are others than before, the night itself as
    `("night", "")`. `alerts` are in publishing order: what is withdrawn first. `refused` says
    why nothing was counted, with field, value and remedy; it is blank for what counts, and for a
    repeat, which changes nothing.
    """

    night: Night
    changed_parts: frozenset[Part] = frozenset()
    alerts: tuple[Alert, ...] = ()
    refused: str = ""


def apply(said: Said, night: Night | None, plan: NightPlan) -> NightChange:
    """Returns the night after something was said. Never changes its input, and never raises.

    Totals of a version that is not higher than the one known change nothing and give the same
    night back; so does a digest that is not later than the last.
    """
    before = night or Night(said.election, said.mode)
    refused = _refusal(said, before)
    if refused:
        return NightChange(before, refused=refused)
    match said:
        case CouncilTotals():
            return _with_council(said, before, plan)
        case DigestDue():
            return _with_digest(said, before, plan)
        case ProjectionStated():
            return _with_projection(said.projection, before)
    assert_never(said)


def _refusal(said: Said, night: Night) -> str:
    if said.election != night.election:
        return f"election: {said.election} is not {night.election}; key it by its own election"
    if said.mode != night.mode:
        return (
            f"mode: {said.mode}, but {night.election} is counted as {night.mode}; give each a"
            " namespace of its own"
        )
    is_new = isinstance(said, CouncilTotals) and said.council not in night.councils
    if is_new and len(night.councils) >= COUNCILS_MAX:
        return (
            f"council: one more than the {COUNCILS_MAX} of a night; check who sends councils that"
            " do not exist"
        )
    return ""


def _with_council(totals: CouncilTotals, night: Night, plan: NightPlan) -> NightChange:
    old = night.councils.get(totals.council)
    if old is not None and totals.version <= old.version:
        return NightChange(night)
    new = council_entry(totals, plan)
    changed = _changed_parts(old, new)
    labels = _labels(night.labels, totals)
    after = replace(
        night,
        councils={**night.councils, new.council: new},
        parts=_moved(night.parts, old, new) if changed else night.parts,
        labels=labels,
        digest=night.digest.with_change(new.council, old),
    )
    alerts: tuple[Alert, ...] = ()
    marks = night.marks
    if changed:
        marks, alerts = marks_after(CouncilChange(after, old, new, plan))
    if alerts:
        after = replace(after, marks=marks, digest=after.digest.with_alerts(alerts))
    elif marks is not night.marks:
        after = replace(after, marks=marks)
    if old is None:
        listed = plan.expected_in(night.election).get(new.council)
        changed |= after.parts.keys() & set(listed.parts if listed is not None else ())
    elif (old.name, old.expected_next) != (new.name, new.expected_next):
        changed |= {WHOLE_NIGHT}
    if labels is not night.labels:
        changed |= _parts_naming(labels.keys() - night.labels.keys(), after.parts)
    return NightChange(_next_version(after, changed), changed, alerts)


def _changed_parts(old: CouncilEntry | None, new: CouncilEntry) -> frozenset[Part]:
    """Returns the parts of the night that a council changes."""
    if old is None:
        return frozenset(new.parts)
    if old.sum == new.sum:
        return frozenset(old.parts) ^ frozenset(new.parts)
    return frozenset(old.parts) | frozenset(new.parts)


def _moved(
    parts: Mapping[Part, PartSum], old: CouncilEntry | None, new: CouncilEntry
) -> Mapping[Part, PartSum]:
    """Returns the sums of all parts with one council replaced; a part without any is dropped."""
    found = dict(parts)
    of_old = old.parts if old is not None else ()
    for part in {*of_old, *new.parts}:
        was = old.sum if old is not None and part in of_old else NO_COUNCIL
        now = new.sum if part in new.parts else NO_COUNCIL
        after = found.get(part, NO_COUNCIL).moved(was, now)
        if after.councils.opened:
            found[part] = after
        else:
            del found[part]
    return found


def _parts_naming(parties: set[str], parts: Mapping[Part, PartSum]) -> frozenset[Part]:
    """Returns the parts of the night that have any of some parties, which were given a name."""
    return frozenset(
        part
        for part, of in parts.items()
        if not parties.isdisjoint(of.parties)
        or any(before in parties or now in parties for before, now in of.control)
    )


def _labels(known: Mapping[str, str], totals: CouncilTotals) -> Mapping[str, str]:
    """Returns each party's name with those that a council is the first to give."""
    given = [(party.party_id, party.party) for party in totals.parties]
    if totals.control is not None:
        given.append((totals.control, totals.control_name))
    new = [(key, label) for key, label in given if label and key not in known]
    return {**known, **dict(reversed(new))} if new else known


def _with_digest(due: DigestDue, night: Night, plan: NightPlan) -> NightChange:
    last = night.digest.due_at
    if last is not None and due.due_at <= last:
        return NightChange(night)
    alert = digest_alert(due, night, plan)
    after = replace(night, digest=Digest(due.due_at))
    return NightChange(after, alerts=() if alert is None else (alert,))


def _with_projection(stated: Projection, night: Night) -> NightChange:
    """Returns the night with a projection; the oldest goes if there are too many."""
    if stated in night.projections:
        return NightChange(night)
    others = tuple(
        each
        for each in night.projections
        if (each.name, each.source) != (stated.name, stated.source)
    )
    after = replace(night, projections=(*others, stated)[-PROJECTIONS_MAX:])
    changed = frozenset({WHOLE_NIGHT})
    return NightChange(_next_version(after, changed), changed)


def _next_version(night: Night, changed: frozenset[Part]) -> Night:
    return replace(night, version=night.version + 1) if changed else night
