"""What the next digest is about: how each council that has changed was at the last one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from election.nation.entry import CouncilEntry
from schemas.alert import Alert


class Then(NamedTuple):
    """How a council was at the last digest.

    `control` is the one that votes had made certain, None if none. `seats_won` are by party, where
    it is known what was up.
    """

    control: str | None = None
    complete: bool = False
    wards_declared: int = 0
    seats_won: Mapping[str, int] = {}


NOTHING_THEN = Then()
"""A council of which nothing was known."""


@dataclass(frozen=True, slots=True)
class Digest:
    """The time since the last digest.

    `due_at` is the end of what the last one was about, None before the first. `then` has the
    councils that have changed since, as they were, and `raised` the milestones since, by alert.
    """

    due_at: datetime | None = None
    then: Mapping[str, Then] = field(default_factory=dict)
    raised: tuple[str, ...] = ()

    def with_change(self, council: str, before: CouncilEntry | None) -> Digest:
        """Returns the digest with a council that has changed; `before` is how it was."""
        if council in self.then:
            return self
        then = then_of(before) if before is not None else NOTHING_THEN
        return replace(self, then={**self.then, council: then})

    def with_alerts(self, alerts: tuple[Alert, ...]) -> Digest:
        """Returns the digest with the milestones of alerts; one that is withdrawn is dropped."""
        raised = self.raised
        for alert in alerts:
            if alert.action == "raise":
                raised = (*raised, alert.id)
            else:
                raised = tuple(each for each in raised if each != alert.retracts)
        return replace(self, raised=raised)


def then_of(entry: CouncilEntry) -> Then:
    """Returns a council as the next digest has to know it."""
    of = entry.sum
    return Then(
        next((now for _, now in of.control), None),
        bool(of.councils.complete),
        of.councils.wards_declared,
        {
            party: each.seats_won
            for party, each in of.parties.items()
            if each.seats_won_covers and each.seats_won
        },
    )
