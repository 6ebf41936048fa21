"""Entry: one council as the night holds it, with what it adds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from election.nation.part_sum import PartSum, council_sum
from election.nation.place import Part, parts_of
from election.nation.plan import NightPlan
from schemas.council import Cycle
from schemas.ids import election_of
from schemas.totals import CouncilTotals


@dataclass(frozen=True, slots=True)
class CouncilEntry:
    """One council: the version of its totals that counts, what it adds, and to which parts.

    `expected_next` is when its next declaration is expected, None if nobody has said so.
    """

    council: str
    version: int
    name: str
    council_gss: str
    cycle: Cycle
    expected_next: datetime | None
    sum: PartSum
    parts: tuple[Part, ...]


def council_entry(totals: CouncilTotals, plan: NightPlan) -> CouncilEntry:
    """Returns a council as the night holds it.

    Without a GSS code of its own it has the one of the newsroom's list.
    """
    return CouncilEntry(
        totals.council,
        totals.version,
        totals.name,
        totals.council_gss,
        totals.cycle,
        totals.expected_next,
        council_sum(totals),
        entry_parts(totals.council, totals.council_gss, totals.cycle, plan),
    )


def entry_parts(council: str, council_gss: str, cycle: Cycle, plan: NightPlan) -> tuple[Part, ...]:
    """Returns the parts of the night that a council is in."""
    if not council_gss:
        listed = plan.expected_in(election_of(council)).get(council)
        council_gss = listed.council_gss if listed is not None else ""
    return parts_of(council_gss, cycle, plan.place_of)
