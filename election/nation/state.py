"""State: everything known of one election."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from election.nation.digest_state import Digest
from election.nation.entry import CouncilEntry
from election.nation.part_sum import PartSum
from election.nation.place import Part
from election.nation.told_state import NO_MARKS, ToldMarks
from schemas.base import Mode
from schemas.national import Projection


@dataclass(frozen=True)
class Night:
    """Everything known of one election. Immutable: a change is a copy.

    `version` counts the changes of its totals. `councils` are by id, in the order in which they
    came. `parts` are the sums of the night and of each part of it, which follow from the councils.
    `labels` has the first name that was given to each party. `marks` are those that were told, and
    `digest` is what the next digest is about.
    """

    election: str
    mode: Mode
    version: int = 0
    councils: Mapping[str, CouncilEntry] = field(default_factory=dict)
    parts: Mapping[Part, PartSum] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    marks: ToldMarks = NO_MARKS
    projections: tuple[Projection, ...] = ()
    digest: Digest = field(default_factory=Digest)
