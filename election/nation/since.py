"""What has changed in a night since the last digest, council by council."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from election.nation.digest_state import Then, then_of
from election.nation.entry import CouncilEntry
from election.nation.state import Night


@dataclass(frozen=True, slots=True)
class CalledCouncil:
    """A council whose control has become certain, or another one than it was."""

    name: str
    before: str | None
    now: str

    @property
    def is_change(self) -> bool:
        """Whether its control is known to have changed hands."""
        return self.before is not None and self.before != self.now


@dataclass(frozen=True, slots=True)
class Since:
    """What is other than at the last digest; what was undone in between is not in it.

    `start` is None before the first digest. `reopened` are councils of which control was certain
    or the result complete, and no longer is. `seats` are those won since by party, most first,
    `marks` the names of the marks passed.
    """

    start: datetime | None
    wards: int
    completed: tuple[str, ...]
    called: tuple[CalledCouncil, ...]
    reopened: tuple[str, ...]
    seats: Mapping[str, int]
    marks: tuple[str, ...]

    @property
    def is_anything(self) -> bool:
        """Whether there is anything to tell."""
        return any((self.wards, self.called, self.reopened, self.completed, self.seats, self.marks))


def since_last(night: Night) -> Since:
    """Returns what has changed since the last digest, councils by name."""
    then = night.digest.then
    changed = sorted((night.councils[council] for council in then), key=lambda each: each.name)
    now = {each.council: then_of(each) for each in changed}
    return Since(
        start=night.digest.due_at,
        wards=sum(
            now[council].wards_declared - was.wards_declared for council, was in then.items()
        ),
        completed=tuple(
            each.name
            for each in changed
            if now[each.council].complete and not then[each.council].complete
        ),
        called=tuple(
            called for each in changed if (called := _called(each, then[each.council])) is not None
        ),
        reopened=tuple(
            each.name for each in changed if _is_reopened(then[each.council], now[each.council])
        ),
        seats=_seats(then, now),
        marks=_marks(night),
    )


def _called(entry: CouncilEntry, then: Then) -> CalledCouncil | None:
    for before, now in entry.sum.control:
        if now != then.control:
            return CalledCouncil(entry.name, before, now)
    return None


def _is_reopened(then: Then, now: Then) -> bool:
    undecided = then.control is not None and now.control is None
    return undecided or (then.complete and not now.complete)


def _seats(then: Mapping[str, Then], now: Mapping[str, Then]) -> dict[str, int]:
    found: dict[str, int] = {}
    for council, was in then.items():
        for party, seats in now[council].seats_won.items():
            found[party] = found.get(party, 0) + seats
        for party, seats in was.seats_won.items():
            found[party] = found.get(party, 0) - seats
    ranked = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    return {party: seats for party, seats in ranked if seats}


def _marks(night: Night) -> tuple[str, ...]:
    raised = frozenset(night.digest.raised)
    return tuple(each.mark for each in night.marks.milestones if each.id in raised)
