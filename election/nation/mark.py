"""Mark: a number that a newsroom wants to be told of once the night reaches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from election.cached import cached_property
from election.nation.place import WHOLE_NIGHT, Part
from schemas.national import PartKind
from schemas.party import NOC
from schemas.visible import hidden_in

Count = Literal[
    "seats_won",
    "seats_change",
    "councils",
    "councils_change",
    "councils_gained",
    "councils_lost",
    "councils_decided",
    "councils_complete",
    "councils_awaited",
]
"""What a mark counts. The last three are of councils, the others of a party."""

Baseline = Literal["eve_of_poll", "last_election"]
"""What a change of seats is measured against."""

Bound = Literal["at_least", "at_most", "below"]

_OF_COUNCILS = frozenset({"councils_decided", "councils_complete", "councils_awaited"})
_LOWER_BOUND_ONLY = frozenset(
    {"seats_won", "councils_gained", "councils_lost", "councils_decided", "councils_complete"}
)
LIMIT_MAX = 1_000_000
"""The highest number that a mark may name; there are some 20,000 councillors."""


NAME_CHARACTERS_MAX = 100
"""A mark's name begins a line of 300 characters, which has room for the number and its cover."""


class Measure(NamedTuple):
    """What a number of the night is of.

    `possible` asks for the councils that a party controls or may still come to control, and not
    for those that it controls.
    """

    counts: Count
    party: str
    baseline: Baseline
    part: Part
    possible: bool

    @property
    def needs_list(self) -> bool:
        """Whether the number includes councils of which nothing is known yet."""
        return self.possible or self.counts == "councils_awaited"


class MarkKey(NamedTuple):
    """What makes a mark the same mark, whatever it is called."""

    counts: Count
    party: str
    baseline: str
    bound: Bound
    limit: int
    kind: PartKind
    part: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A mark, such as 700 seats gained by Labour.

    `party` is a party key, and blank for a count of councils. Exactly one of `at_least`,
    `at_most` and `below` is given. `baseline` is what a change of seats is measured against.
    `where` is the part of the night. Raises ValueError for a mark that can never be told rightly,
    with the field, its value and what to do.
    """

    name: str
    count: Count
    party: str = ""
    at_least: int | None = None
    at_most: int | None = None
    below: int | None = None
    baseline: Baseline = "eve_of_poll"
    where: Part = WHOLE_NIGHT

    def __post_init__(self) -> None:
        wrong = _fault(self)
        if wrong:
            raise ValueError(f"mark {self.name!r}: {wrong}")

    @property
    def bound(self) -> Bound:
        """Which of the three bounds is given."""
        if self.at_least is not None:
            return "at_least"
        return "at_most" if self.at_most is not None else "below"

    @property
    def limit(self) -> int:
        """The number that is given."""
        return next(each for each in (self.at_least, self.at_most, self.below) if each is not None)

    @cached_property
    def measure(self) -> Measure:
        """The number that the mark is about."""
        possible = self.count == "councils" and self.bound != "at_least"
        return Measure(self.count, self.party, self.baseline, self.where, possible)

    @cached_property
    def key(self) -> MarkKey:
        """What makes it this mark."""
        baseline = self.baseline if self.count == "seats_change" else ""
        return MarkKey(self.count, self.party, baseline, self.bound, self.limit, *self.where)

    def holds(self, number: int | None) -> bool:
        """Returns whether a number has reached the mark. One that is not known has not."""
        if number is None:
            return False
        if self.at_least is not None:
            return number >= self.at_least
        if self.at_most is not None:
            return number <= self.at_most
        return number < self.limit


def _fault(mark: Mark) -> str:
    """Returns what is wrong with a mark, and what to do; blank if nothing is."""
    if not mark.name.strip():
        return "name: blank; give the mark a name that can be printed"
    if len(mark.name) > NAME_CHARACTERS_MAX:
        return f"name: {len(mark.name)} characters; give at most {NAME_CHARACTERS_MAX}"
    hidden = hidden_in(mark.name)
    if hidden:
        return f"name: {hidden}"
    if mark.count not in get_args(Count):
        return f"count: {mark.count!r}; give one of {', '.join(get_args(Count))}"
    return _fault_of_party(mark) or _fault_of_limit(mark) or _fault_of_place(mark)


def _fault_of_party(mark: Mark) -> str:
    if mark.count in _OF_COUNCILS:
        return f"party: {mark.party!r}; leave it out of {mark.count}" if mark.party else ""
    if not mark.party:
        return f"party: blank; give the party whose {mark.count} are counted"
    if mark.party == NOC and not mark.count.startswith("councils"):
        return f"party: {NOC}; it has no seats, so count its councils or name a party"
    if mark.baseline not in get_args(Baseline):
        return f"baseline: {mark.baseline!r}; give one of {', '.join(get_args(Baseline))}"
    return ""


def _fault_of_limit(mark: Mark) -> str:
    given = [each for each in (mark.at_least, mark.at_most, mark.below) if each is not None]
    if len(given) != 1:
        return f"{len(given)} of at_least, at_most and below; give exactly one"
    if abs(given[0]) > LIMIT_MAX:
        return f"{mark.bound}: {given[0]}; give at most {LIMIT_MAX:,}"
    if mark.bound != "at_least" and mark.count in _LOWER_BOUND_ONLY:
        return f"{mark.bound}: {mark.count} only grows in a night; give at_least"
    if mark.bound == "at_least" and mark.count == "councils_awaited":
        return "at_least: councils_awaited only falls in a night; give at_most or below"
    if given[0] < 1 and mark.bound == "at_least" and not mark.count.endswith("_change"):
        return f"at_least: {given[0]} holds from the start; give 1 or more"
    return ""


def _fault_of_place(mark: Mark) -> str:
    kind, name = mark.where
    if kind not in get_args(PartKind):
        return f"where: kind {kind!r}; give one of {', '.join(get_args(PartKind))}"
    if bool(name) == (kind == "night"):
        return f"where: {kind} {name!r}; give kind and name of a part, or leave it out"
    return ""
