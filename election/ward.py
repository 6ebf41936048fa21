"""Ward: the facts of one ballot, and what follows from them alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from election import archive
from election.declaration import Declaration
from election.rules import contribution as share
from election.rules.contribution import NOTHING, Share
from election.rules.majority import party_of
from election.rules.margin import Line, line
from election.rules.result import Result, is_tied, result
from election.rules.votes_to_flip import seat_costs
from schemas.compact import compact
from schemas.council import ElectoralSystem, Nominee, OpenedWard
from schemas.totals import WardStage
from schemas.ward import Status, WardStatus


class Contest(NamedTuple):
    """A ward as it was opened.

    `fielded` counts the nominees by party, None where nominations are not known. `nominees`
    are kept while there is no declaration, after that the notable ones alone.
    """

    ward: str
    ward_gss: str
    seats: int
    fielded: Mapping[str, int] | None
    nominees: tuple[Nominee, ...]
    total_electorate: int | None = None
    expected_at: datetime | None = None


def contest(opened: OpenedWard) -> Contest:
    """Returns what is kept of an opened ward."""
    nominees = opened.candidates
    return Contest(
        opened.ward,
        opened.ward_gss,
        opened.seats_contested,
        None if nominees is None else share.fielded(nominees),
        nominees or (),
        opened.total_electorate,
        opened.expected_at,
    )


@dataclass(frozen=True, slots=True)
class Ward:
    """One ballot, and what follows from its facts: who is elected, how close it was, its share.

    `counts` is false where another ballot replaces this one, and `fits` where its declaration
    has more seats than the council has room for: the declaration is then kept, not counted.
    `result` is None while nobody is elected, or what was declared does not say who; `line` is
    that between elected and not, None where there is none to measure. `share` is what the ward
    adds to its council: its result, or what can still come of it.
    """

    ballot_paper_id: str
    contest: Contest | None = None
    declared: Declaration | None = None
    status: WardStatus | None = None
    system: ElectoralSystem = "plurality"
    counts: bool = False
    fits: bool = True

    result: Result | None = field(init=False, compare=False)
    line: Line | None = field(init=False, compare=False)
    share: Share = field(init=False, compare=False)
    _costs: dict[str, tuple[int | None, ...]] = field(init=False, compare=False, repr=False)
    _written: bytes | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # The only way to set what follows: a frozen dataclass takes no assignment.
        keep = object.__setattr__
        keep(self, "result", _result(self))
        keep(self, "line", _line(self))
        keep(self, "share", _share(self))
        keep(self, "_costs", {})
        keep(self, "_written", None)

    @property
    def name(self) -> str:
        """The ward's name; while it is not listed, what its ballot's id tells of it."""
        return self.contest.ward if self.contest is not None else _called(self.ballot_paper_id)

    @property
    def tied(self) -> bool:
        """Whether a tie across the last seat awaits the lot."""
        return _tied(self)

    @property
    def notice(self) -> Status | None:
        """The status of the count. A declaration ends any; a recount moves nothing."""
        return self.status.status if self.status is not None and self.declared is None else None

    @property
    def stage(self) -> WardStage:
        """Where the count of this ballot stands, as it is shown."""
        if self.result is not None:
            return "declared"
        if self.declared is not None:
            return "tied" if self.tied else "waiting"
        return self.status.status if self.status is not None else "waiting"

    @property
    def postponed(self) -> bool:
        """Whether no declaration is to be expected under the notice that stands."""
        return self.notice in _POSTPONED

    def costs(self, party: str) -> tuple[int | None, ...]:
        """Returns the votes to flip 1, 2, … of the seats that a party has won here."""
        costs = self._costs.get(party)
        if costs is None:
            costs = self._costs[party] = _seat_costs(self, party)
        return costs

    @property
    def votes_to_flip(self) -> int | None:
        """The fewest voters who would have cost the last elected's party one seat."""
        return _votes_to_flip(self)

    @property
    def written(self) -> bytes:
        """The ward's facts as JSON, for its council's state: written once, kept while it stands."""
        if self._written is None:
            object.__setattr__(self, "_written", _facts(self))
        return self._written or b""


_POSTPONED = frozenset({"postponed", "countermanded"})


def _called(ballot_paper_id: str) -> str:
    return ballot_paper_id.split(".")[2].replace("-", " ").title()


def _result(ward: Ward) -> Result | None:
    if ward.declared is None or not ward.fits:
        return None
    return result(ward.declared.candidates, ward.declared.seats_contested, ward.system)


def _tied(ward: Ward) -> bool:
    if ward.declared is None or not ward.fits:
        return False
    return is_tied(ward.declared.candidates, ward.result, ward.system)


def _line(ward: Ward) -> Line | None:
    if ward.declared is None:
        return None
    return line(ward.declared.candidates, ward.result, ward.system)


def _seat_costs(ward: Ward, party: str) -> tuple[int | None, ...]:
    candidates = ward.declared.candidates if ward.declared is not None else ()
    return seat_costs(candidates, ward.result, ward.system, party)


def _votes_to_flip(ward: Ward) -> int | None:
    if ward.line is None:
        return None
    return ward.costs(party_of(ward.line.last_in))[0]


def _share(ward: Ward) -> Share:
    """Returns a ward's share.

    Postponed is undeclared, and its nominations stand. Countermanded, because a candidate died:
    nobody is elected, and nominations reopen for a poll under a new ballot id. Uncontested: the
    nominees are elected without a poll, and what they leave is vacant.
    """
    if ward.contest is None or not ward.counts:
        return NOTHING
    known, seats = ward.contest.fielded, ward.contest.seats
    if ward.declared is not None and ward.result is not None:
        stood = dict.fromkeys((*map(party_of, ward.declared.candidates), *(known or ())))
        return share.decided(ward.result.seats_won, stood, ward.declared.seats_contested)
    if ward.notice == "uncontested" and known is not None and sum(known.values()) <= seats:
        return share.decided(known, known, seats)
    if ward.notice == "countermanded" or known is None:
        return share.anyones(known or (), seats, awaited=not ward.postponed)
    return share.undecided(known, seats, awaited=not ward.postponed)


def _facts(ward: Ward) -> bytes:
    opened = ward.contest
    facts = (
        ward.ballot_paper_id,
        opened
        and (
            *opened[:4],
            archive.nominees(opened.nominees),
            opened.total_electorate,
            archive.moment(opened.expected_at),
        ),
        archive.declaration(ward.declared),
        archive.notice(ward.status),
        ward.counts,
        ward.fits,
    )
    return compact(facts)
