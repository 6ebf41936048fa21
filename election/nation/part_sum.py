"""The sum of several councils, or of one: how far they are, their parties and their control."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import add, sub
from typing import NamedTuple

from election.nation.party_sum import NOTHING_OF_PARTY, PartySum, party_sum
from schemas.party import NOC
from schemas.totals import CouncilTotals

ControlMove = tuple[str | None, str]
"""A council's control before, None if nobody has said it, and the one that votes made certain."""


class CouncilSum(NamedTuple):
    """Councils by how far they are.

    `opened` are those of which anything is known, `decided` those whose control votes have made
    certain, `complete` those in which every seat that is up is decided. `before_unknown` are
    decided councils of which nobody has said who controlled them. `votes` are those of all
    candidates in wards of which all are stated; `ballots` and `electorate` are of wards that state
    both, in `turnout_covers` councils.
    """

    opened: int = 0
    decided: int = 0
    complete: int = 0
    before_unknown: int = 0
    last_election_notional: int = 0
    wards_total: int = 0
    wards_declared: int = 0
    seats_declared: int = 0
    votes: int = 0
    ballots: int = 0
    electorate: int = 0
    turnout_covers: int = 0


class PartSum(NamedTuple):
    """Councils of a night, of a part of it, or one council.

    `control` counts decided councils by their control before and now.
    """

    councils: CouncilSum = CouncilSum()
    parties: Mapping[str, PartySum] = {}
    control: Mapping[ControlMove, int] = {}

    def moved(self, old: PartSum, new: PartSum) -> PartSum:
        """Returns the sum in which one council's numbers are replaced. Exact, as all are whole.

        The cost does not grow with the number of councils. Parties and changes of control of
        which nothing is left are dropped.
        """
        councils = self.councils
        if old.councils != new.councils:
            councils = CouncilSum(
                *map(add, map(sub, councils, old.councils), new.councils),
            )
        return PartSum(
            councils,
            _parties_moved(self.parties, old.parties, new.parties),
            _control_moved(self.control, old.control, new.control),
        )


NO_COUNCIL = PartSum()
"""The sum of no council."""


def council_sum(totals: CouncilTotals) -> PartSum:
    """Returns what one council adds to the night."""
    decided, before = totals.decided, totals.control_before
    return PartSum(
        CouncilSum(
            opened=1,
            decided=int(decided),
            complete=int(totals.complete),
            before_unknown=int(decided and before is None),
            last_election_notional=int(totals.last_election_notional),
            wards_total=totals.wards_total,
            wards_declared=totals.wards_declared,
            seats_declared=totals.seats_declared if totals.seats_won_known else 0,
            votes=totals.votes_total,
            ballots=totals.ballots,
            electorate=totals.electorate,
            turnout_covers=int(bool(totals.turnout_wards)),
        ),
        {
            party.party_id: party_sum(totals, party)
            for party in totals.parties
            if party.party_id != NOC
        },
        {(before, totals.control): 1} if decided and totals.control is not None else {},
    )


def all_of(councils: Iterable[PartSum]) -> PartSum:
    """Returns the sum of several that have no council in common."""
    found = NO_COUNCIL
    for each in councils:
        found = found.moved(NO_COUNCIL, each)
    return found


def _parties_moved(
    parties: Mapping[str, PartySum], old: Mapping[str, PartySum], new: Mapping[str, PartySum]
) -> Mapping[str, PartySum]:
    if old == new:
        return parties
    found = dict(parties)
    for key in {**old, **new}:
        was, now = old.get(key, NOTHING_OF_PARTY), new.get(key, NOTHING_OF_PARTY)
        if was == now:
            continue
        after = found.get(key, NOTHING_OF_PARTY).minus(was).plus(now)
        if after.listed:
            found[key] = after
        else:
            found.pop(key, None)
    return found


def _control_moved(
    control: Mapping[ControlMove, int],
    old: Mapping[ControlMove, int],
    new: Mapping[ControlMove, int],
) -> Mapping[ControlMove, int]:
    if old == new:
        return control
    found = dict(control)
    for key in {**old, **new}:
        after = found.get(key, 0) - old.get(key, 0) + new.get(key, 0)
        if after:
            found[key] = after
        else:
            found.pop(key, None)
    return found
