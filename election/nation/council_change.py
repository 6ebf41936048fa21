"""One council that has changed, and which numbers of the night that may have moved."""

from __future__ import annotations

from dataclasses import dataclass

from election.cached import cached_property
from election.nation.entry import CouncilEntry
from election.nation.mark import MarkKey, Measure
from election.nation.number import is_counted_in, number, number_of_council
from election.nation.part_sum import NO_COUNCIL, PartSum
from election.nation.plan import NightPlan
from election.nation.state import Night


@dataclass(frozen=True)
class CouncilChange:
    """A night in which one council has changed, with that council before and after.

    `old` is None for a council that is new to the night.
    """

    night: Night
    old: CouncilEntry | None
    new: CouncilEntry
    plan: NightPlan

    @cached_property
    def is_placed_anew(self) -> bool:
        """Whether the council is new, or in other parts of the night than before."""
        return self.old is None or self.old.parts != self.new.parts

    @cached_property
    def control_changed(self) -> bool:
        """Whether the council's control, or what it was before, is another one."""
        return self.is_placed_anew or self._before.control != self.new.sum.control

    @cached_property
    def parties(self) -> frozenset[str]:
        """The parties of which the council says something else than before."""
        old, new = self._before.parties, self.new.sum.parties
        both = {*old, *new}
        found = {party for party in both if self.is_placed_anew or old.get(party) != new.get(party)}
        if self.control_changed:
            for _, now in (*self._before.control, *self.new.sum.control):
                found.add(now)
        return frozenset(found)

    @property
    def _before(self) -> PartSum:
        return self.old.sum if self.old is not None else NO_COUNCIL

    def may_move(self, key: MarkKey) -> bool:
        """Returns whether the change may have moved the number of a mark. Cheap."""
        if not key.party:
            return True
        return (
            self.control_changed if key.counts.startswith("councils") else key.party in self.parties
        )

    def moved(self, measure: Measure) -> bool:
        """Returns whether the council counts for another number than before."""
        return self.old is None or self.number_before(measure) != self.number_now(measure)

    def number_before(self, measure: Measure) -> int | None:
        """Returns what the council counted for before; None if it did not count."""
        return number_of_council(measure, self.old)

    def number_now(self, measure: Measure) -> int | None:
        """Returns what the council counts for now; None if it does not count."""
        return number_of_council(measure, self.new)

    def number_of_night(self, measure: Measure) -> int | None:
        """Returns the number over all councils; None if none counts, or nobody can know.

        What may still come is known only by a list of the councils that vote.
        """
        opened = number(measure, self.night.parts.get(measure.part, NO_COUNCIL))
        if not measure.needs_list:
            return opened
        if not self.plan.expected_in(self.night.election):
            return None
        if measure.possible:
            # Councils whose place is unknown are in no sum of a part.
            each_counts = (
                number_of_council(measure, each) for each in self.night.councils.values()
            )
            counted = [each for each in each_counts if each is not None]
            opened = sum(counted) if counted else None
        not_opened = len(self._not_opened(measure))
        return None if opened is None and not not_opened else (opened or 0) + not_opened

    def counted(self, measure: Measure) -> frozenset[str]:
        """Returns the councils that count for a number, those that are not opened included."""
        found = [
            council
            for council, entry in self.night.councils.items()
            if number_of_council(measure, entry) is not None
        ]
        return frozenset((*found, *(self._not_opened(measure) if measure.needs_list else ())))

    def _not_opened(self, measure: Measure) -> list[str]:
        """Returns the expected councils that may count for a number and are not opened."""
        return [
            council
            for council, listed in self.plan.expected_in(self.night.election).items()
            if council not in self.night.councils and is_counted_in(measure, listed.parts)
        ]
