"""Ward: the facts of one ballot, and what follows from these facts alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from election.declaration import Declaration
from election.evidence.claim import Evidence
from election.rules import contribution
from election.rules.contribution import NOT_COUNTED, Contribution
from election.rules.majority import party_of
from election.rules.margin import Margin, knife_edge, margin
from election.rules.moves import Moves
from election.rules.result import Result, is_tied, result
from election.rules.votes_to_flip import seat_costs
from schemas.council import ElectoralSystem, Nominee, OpenedWard
from schemas.ids import from_slug
from schemas.previous import Previous
from schemas.ward import Status, WardStatus
from schemas.ward_totals import WardStage

Costs = tuple[int | None, ...]
"""The fewest voters who cost a party 1, 2, … seats; None if so many cannot be lost."""


class Contest(NamedTuple):
    """A ward as its council's opening lists it.

    `fielded` counts the nominees by party; None if nominations are not known. `previous` is how
    its seats were last fought; None if nobody has said.
    """

    ward: str
    ward_gss: str
    seats: int
    fielded: Mapping[str, int] | None
    nominees: tuple[Nominee, ...]
    total_electorate: int | None = None
    expected_at: datetime | None = None
    previous: Previous | None = None


def contest(opened: OpenedWard) -> Contest:
    """Returns the part of an opened ward that is stored with its ballot."""
    nominees = opened.candidates
    return Contest(
        opened.ward,
        opened.ward_gss,
        opened.seats_contested,
        None if nominees is None else contribution.fielded(nominees),
        nominees or (),
        opened.total_electorate,
        opened.expected_at,
        opened.previous,
    )


@dataclass(frozen=True, slots=True)
class Ward:
    """One ballot, and what follows from its facts: who is elected and how close it was.

    `counts` is false if another ballot replaces this one. `fits` is false if its declaration came
    before the opening and contradicts it: the declaration is then stored, but not counted.
    `declared` is what stands of what was said, and `evidence` is all that was; None while nobody
    but the `default` source has spoken.
    `result` is None while nobody is elected, and if the declaration does not say who. `margin` is
    None if there is none to measure. `contribution` is what the ward adds to its council: its
    result, or what it can still be. `as_json` is a cache for `election.snapshot`, `flips`
    one for `election.flip`, by party and seats lost, and `figures` one for
    `election.evidence.beside`: the votes that were stated, and how many there are for a seat.
    `fact` is one for `election.certificates`.
    """

    ballot_paper_id: str
    contest: Contest | None = None
    declared: Declaration | None = None
    status: WardStatus | None = None
    system: ElectoralSystem = "plurality"
    counts: bool = False
    fits: bool = True
    evidence: Evidence | None = None

    result: Result | None = field(init=False, compare=False)
    margin: Margin | None = field(init=False, compare=False)
    contribution: Contribution = field(init=False, compare=False)
    as_json: bytes | None = field(init=False, compare=False, repr=False)
    flips: dict[tuple[str, int], Moves | None] = field(init=False, compare=False, repr=False)
    figures: tuple[frozenset[int], float] | None = field(init=False, compare=False, repr=False)
    fact: dict[str, Any] | None = field(init=False, compare=False, repr=False)
    _costs: dict[tuple[str, int], tuple[int | None, ...]] = field(
        init=False, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        # The only way to set these fields: a frozen dataclass takes no assignment.
        set_field = object.__setattr__
        set_field(self, "result", _result(self))
        set_field(self, "margin", _margin(self))
        set_field(self, "contribution", _contribution(self))
        set_field(self, "as_json", None)
        set_field(self, "flips", {})
        set_field(self, "figures", None)
        set_field(self, "fact", None)
        set_field(self, "_costs", {})

    @property
    def name(self) -> str:
        """The ward's name, made from its ballot's id while it is not listed."""
        if self.contest is not None:
            return self.contest.ward
        return from_slug(self.ballot_paper_id.split(".")[2])

    @property
    def tied(self) -> bool:
        """Whether a tie for the last seat awaits the lot."""
        return _tied(self)

    @property
    def notice(self) -> Status | None:
        """The status of the count. None once the ward has a result, or a tie for its last seat."""
        if self.status is None or self.result is not None or self.tied:
            return None
        return self.status.status

    @property
    def stage(self) -> WardStage:
        """Where the count of this ballot stands, as it is shown."""
        if self.result is not None:
            return "partial" if self.result.still_open else "declared"
        if self.tied:
            return "tied"
        return self.status.status if self.status is not None else "waiting"

    @property
    def being_checked(self) -> bool:
        """Whether a result of a listed ballot waits, and none stands."""
        waits = self.evidence is not None and self.evidence.is_checked
        return waits and self.declared is None and self.contest is not None

    @property
    def disputed(self) -> bool:
        """Whether a source contradicts what stands of a listed ballot."""
        doubted = self.evidence is not None and bool(self.evidence.disputed)
        return doubted and self.declared is not None and self.contest is not None

    @property
    def postponed(self) -> bool:
        """Whether the latest notice means that no declaration is to be expected."""
        return self.notice in _POSTPONED

    def costs(self, party: str, most: int) -> Costs:
        """Returns the votes to flip 1, 2, … and at most `most` of the seats a party has won here.

        Empty if there are none to compute.
        """
        won = self.result.seats_won.get(party, 0) if self.result is not None else 0
        key = party, min(most, won)
        costs = self._costs.get(key)
        if costs is None:
            costs = self._costs[key] = _seat_costs(self, *key)
        return costs

    @property
    def knife_edge(self) -> Margin | None:
        """The margin between two parties that makes this a knife edge; None if none does."""
        declared = self.declared
        return knife_edge(self.margin, declared.candidates if declared else (), self.result)

    @property
    def votes_to_flip(self) -> int | None:
        """The fewest voters who would have cost the last elected's party one seat."""
        return _votes_to_flip(self)


_POSTPONED = frozenset({"postponed", "countermanded"})


def _result(ward: Ward) -> Result | None:
    """Returns who is elected; None while the declaration does not say, or does not count.

    Seats that nobody is declared for are still open as long as anybody is left to fill them, or
    may be: if nominations are not known, others may have stood than those whom it names.
    """
    if ward.declared is None or not ward.fits:
        return None
    people, seats = ward.declared.candidates, ward.declared.seats_contested
    found = result(people, seats, ward.system)
    if found is None:
        return None
    still_open = seats - sum(found.seats_won.values())
    nominated = ward.contest.fielded if ward.contest else None
    if still_open and nominated is not None:
        still_open = min(still_open, sum(_left(nominated, found).values()))
    if not still_open:
        return found
    return Result(tuple(flag or None for flag in found.elected), found.seats_won, still_open)


def _left(nominated: Mapping[str, int], found: Result) -> dict[str, int]:
    """Returns how many nominees of each party are not elected."""
    won = found.seats_won
    return {party: max(0, number - won.get(party, 0)) for party, number in nominated.items()}


def _tied(ward: Ward) -> bool:
    if ward.declared is None or not ward.fits:
        return False
    people, seats = ward.declared.candidates, ward.declared.seats_contested
    return ward.result is None and is_tied(people, seats, ward.system)


def _margin(ward: Ward) -> Margin | None:
    if ward.declared is None:
        return None
    return margin(ward.declared.candidates, ward.result, ward.system)


def _seat_costs(ward: Ward, party: str, most: int) -> Costs:
    candidates = ward.declared.candidates if ward.declared is not None else ()
    return seat_costs(candidates, ward.result, ward.system, party, most)


def _votes_to_flip(ward: Ward) -> int | None:
    if ward.margin is None:
        return None
    return ward.costs(party_of(ward.margin.last_in), 1)[0]


def _contribution(ward: Ward) -> Contribution:
    """Returns what a ward adds to its council.

    A declaration has as many seats as it says, also while a tie leaves them open.
    While some of its seats are not declared, those left can still fill them; a seat is vacant
    only where nobody is left. A postponed ward is undeclared and its nominations stand. If the
    poll was countermanded because a candidate died, nobody is elected, and nominations reopen for
    a poll under a new ballot id. In an uncontested ward the nominees are elected without a poll,
    and any seats left over are vacant.
    """
    if ward.contest is None or not ward.counts:
        return NOT_COUNTED
    known, seats = ward.contest.fielded, ward.contest.seats
    if ward.declared is not None and ward.fits:
        seats = ward.declared.seats_contested
    if ward.declared is not None and ward.result is not None:
        won, still_open = ward.result.seats_won, ward.result.still_open
        if still_open:
            left = None if known is None else _left(known, ward.result)
            return contribution.part_decided(won, left, seats, still_open)
        stood = dict.fromkeys((*map(party_of, ward.declared.candidates), *(known or ())))
        return contribution.decided(ward.result.seats_won, stood, seats)
    if ward.notice == "uncontested" and known is not None and sum(known.values()) <= seats:
        return contribution.decided(known, known, seats)
    if ward.notice == "countermanded" or known is None:
        return contribution.open_to_any(known or (), seats, awaited=not ward.postponed)
    return contribution.undecided(known, seats, awaited=not ward.postponed)
