"""Plan: what a newsroom wants to know of a night, and what it knows of it beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from election.cached import cached_property
from election.nation.default_marks import marks_of_night
from election.nation.mark import Mark
from election.nation.place import Part, PlaceOf, no_place, parts_of
from election.text.phrases import LINE_MAX_CHARACTERS
from schemas.council import Cycle
from schemas.ids import check_council_id, election_of
from schemas.national import COUNCILS_MAX
from schemas.visible import hidden_in

MARKS_MAX = 200
"""Marks of one plan. Each is looked at whenever its number moves, and a desk reads them all."""


class ExpectedCouncil(NamedTuple):
    """A council that votes, by the newsroom's list."""

    council: str
    name: str
    council_gss: str = ""
    cycle: Cycle | None = None


class Expected(NamedTuple):
    """An expected council's name, its GSS code and the parts of the night that it is in."""

    name: str
    council_gss: str
    parts: tuple[Part, ...]


_NOBODY: Mapping[str, Expected] = {}


@dataclass(frozen=True)
class NightPlan:
    """What a night is counted against.

    `marks` are the newsroom's, or None for those that every night has. `place_of` returns the
    place of a council by its GSS code. `expected` are the councils that vote, of one election or
    of several; empty if there is no list: then nobody knows how many are to come, and no mark is
    told that depends on it. `digest_minutes` is the time between two digests, None for none; the
    rules do not use it. Raises ValueError for more marks than MARKS_MAX, two that are the same,
    more councils of an election than COUNCILS_MAX, and an id or a name that no council has.
    """

    marks: tuple[Mark, ...] | None = None
    place_of: PlaceOf = no_place
    expected: tuple[ExpectedCouncil, ...] = ()
    digest_minutes: int | None = None

    def __post_init__(self) -> None:
        marks = self.marks or ()
        if len(marks) > MARKS_MAX:
            raise ValueError(f"mark: {len(marks)} marks; give at most {MARKS_MAX}")
        names: dict[object, str] = {}
        for mark in marks:
            if mark.key in names:
                raise ValueError(
                    f"mark {mark.name!r}: the same as {names[mark.key]!r}; leave out one of them"
                )
            names[mark.key] = mark.name
        for election, expected in self._by_election.items():
            if len(expected) > COUNCILS_MAX:
                raise ValueError(
                    f"councils: {len(expected)} of {election}; give at most {COUNCILS_MAX}"
                )
        for each in self.expected:
            wrong = hidden_in(each.name)
            if wrong or len(each.name) > LINE_MAX_CHARACTERS:
                long = f"{len(each.name)} characters; give at most {LINE_MAX_CHARACTERS}"
                raise ValueError(f"councils: {each.council}: {wrong or long}")

    @cached_property
    def _by_election(self) -> Mapping[str, Mapping[str, Expected]]:
        found: dict[str, dict[str, Expected]] = {}
        for each in self.expected:
            check_council_id(each.council)
            parts = parts_of(each.council_gss, each.cycle, self.place_of)
            of_election = found.setdefault(election_of(each.council), {})
            of_election[each.council] = Expected(each.name, each.council_gss, parts)
        return found

    @cached_property
    def _default_marks(self) -> Mapping[str, tuple[Mark, ...]]:
        listed = self._by_election.items()
        return {election: marks_of_night(len(expected)) for election, expected in listed}

    def expected_in(self, election: str) -> Mapping[str, Expected]:
        """Returns the expected councils of an election by id; empty if there is no list."""
        return self._by_election.get(election, _NOBODY)

    def marks_in(self, election: str) -> tuple[Mark, ...]:
        """Returns the marks of an election, but for those that each party has."""
        return self._default_marks.get(election, ()) if self.marks is None else self.marks
