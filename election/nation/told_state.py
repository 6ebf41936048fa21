"""The marks that were told, and what each of them stands on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from election.nation.mark import Mark, MarkKey
from schemas.national import Milestone


class ToldMark(NamedTuple):
    """A mark that was told, and not withdrawn.

    `counted` are the councils that it stands on: those that were counted when it was told.
    `number` is what they come to now, and `alert` the id of the alert that told it.
    """

    mark: Mark
    alert: str
    counted: frozenset[str]
    number: int


class ToldMarks(NamedTuple):
    """The marks that stand, how often each was told, and all milestones, the oldest first."""

    standing: Mapping[MarkKey, ToldMark] = {}
    times: Mapping[MarkKey, int] = {}
    milestones: tuple[Milestone, ...] = ()


NO_MARKS = ToldMarks()
"""No mark was told."""
