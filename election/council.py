"""Council: the state of one council's count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from election.alert_state import Key, Told
from election.cached import kept
from election.count import Count
from election.opening import Opening
from election.rules.tally import Tally
from election.ward import Ward
from schemas.base import Mode
from schemas.council_result import CouncilDeclared


@dataclass(frozen=True)
class Council:
    """The facts of one council, and the alerts that stand. Never changed: a change is a copy.

    `version` counts the changes. `wards` are the listed ones in their order, and after them the
    ballots that no opening lists. `tally` is None until the council is opened. `told` holds
    by ballot, empty for the council itself, the alerts that are raised and not withdrawn.
    """

    council: str
    mode: Mode
    version: int = 0
    opening: Opening | None = None
    tally: Tally | None = None
    declared: CouncilDeclared | None = None
    wards: Mapping[str, Ward] = field(default_factory=dict)
    settled_at: str | None = None
    told: Mapping[str, Mapping[Key, Told]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The council's name; while it has not been opened, what its id says of it."""
        if self.opening is not None:
            return self.opening.opened.name
        return self.council.split(".")[1].replace("-", " ").title()

    @kept
    def count(self) -> Count | None:
        """The count as it stands; None while the council has not been opened."""
        if self.opening is None or self.tally is None:
            return None
        return Count(self.opening, self.tally, self.wards, self.declared, self.settled_at)

    def settled(self, ballot_paper_id: str | None) -> Council:
        """Returns the council with another ballot at which its control became certain."""
        after = replace(self, settled_at=ballot_paper_id)
        after.__dict__["count"] = self.count and self.count.settled(ballot_paper_id)
        return after

    def telling(self, told: Mapping[str, Mapping[Key, Told]]) -> Council:
        """Returns the council with these alerts standing; its count is the same."""
        after = replace(self, told=told)
        after.__dict__["count"] = self.count
        return after
