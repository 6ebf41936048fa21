"""One party's councils and seats over several councils, each number with what it covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from schemas.party import NOC
from schemas.totals import CouncilTotals, PartyTotals

SeatChange = Literal["change_eve_of_poll", "change_last_election"]


@dataclass(frozen=True, slots=True)
class Sum:
    """A number, and how many councils it adds up. Over no council it is not known."""

    number: int = 0
    covers: int = 0

    def __add__(self, other: Sum) -> Sum:
        """Returns the sum over the councils of both, which have none in common."""
        return Sum(self.number + other.number, self.covers + other.covers)

    @property
    def known(self) -> int | None:
        """The number; None if it adds up nothing."""
        return self.number if self.covers else None


@dataclass(frozen=True, slots=True)
class PartySum:
    """A party, or no overall control, over several councils.

    `councils` counts those that it controls by votes; `gained_from` and `lost_to` those of them
    whose control before is known and another, by whose it was and whose it is. `control` is gains
    less losses, over the decided councils whose control before is known. `seats_won` leaves out
    councils declared as a whole of which it is not known what was up. `defended` are the seats up
    that the party had on the eve of poll, `to_come` those of them in councils that are not
    complete. Changes of seats add up complete councils only, as one in mid-count looks like a loss.
    """

    party_id: str
    party: str = ""
    councils: int = 0
    control: Sum = Sum()
    gained_from: Mapping[str, int] = field(default_factory=dict)
    lost_to: Mapping[str, int] = field(default_factory=dict)
    seats_won: Sum = Sum()
    defended: Sum = Sum()
    to_come: Sum = Sum()
    eve_of_poll: Sum = Sum()
    last_election: Sum = Sum()

    def __add__(self, other: PartySum) -> PartySum:
        """Returns the party over the councils of both, which have none in common."""
        return PartySum(
            self.party_id,
            self.party or other.party,
            self.councils + other.councils,
            self.control + other.control,
            _together(self.gained_from, other.gained_from),
            _together(self.lost_to, other.lost_to),
            self.seats_won + other.seats_won,
            self.defended + other.defended,
            self.to_come + other.to_come,
            self.eve_of_poll + other.eve_of_poll,
            self.last_election + other.last_election,
        )


def party_sums(totals: CouncilTotals) -> dict[str, PartySum]:
    """Returns what one council adds to each party, by party key. Nothing is inferred."""
    found = {
        party.party_id: _of_seats(totals, party)
        for party in totals.parties
        if party.party_id != NOC
    }
    for each in _of_control(totals):
        known = found.get(each.party_id, PartySum(each.party_id))
        found[each.party_id] = known + each
    return found


def added(councils: Iterable[Mapping[str, PartySum]]) -> dict[str, PartySum]:
    """Returns each party over all of several councils, by party key."""
    found: dict[str, PartySum] = {}
    for parties in councils:
        for key, each in parties.items():
            found[key] = found[key] + each if key in found else each
    return found


def _of_control(totals: CouncilTotals) -> Iterable[PartySum]:
    now, before = totals.control, totals.control_before
    if now is None or not totals.decided:
        return
    is_known = before is not None
    is_change = is_known and before != now
    yield PartySum(
        now,
        totals.control_name,
        councils=1,
        control=Sum(int(is_change), int(is_known)),
        gained_from={before: 1} if is_change and before is not None else {},
    )
    if is_change and before is not None:
        yield PartySum(before, control=Sum(-1, 1), lost_to={now: 1})


def _of_seats(totals: CouncilTotals, party: PartyTotals) -> PartySum:
    defended = _defended(party)
    return PartySum(
        party.party_id,
        party.party,
        seats_won=Sum(party.seats_won, 1) if totals.seats_won_known else Sum(),
        defended=defended,
        to_come=Sum(0, defended.covers) if totals.complete else defended,
        eve_of_poll=_change(totals, party, "change_eve_of_poll"),
        last_election=_change(totals, party, "change_last_election"),
    )


def _defended(party: PartyTotals) -> Sum:
    """Returns the seats up that a party had on the eve of poll.

    It may have fewer on that eve than seats that are not up only by a slip, which counts as none.
    """
    if party.seats_eve_of_poll is None:
        return Sum()
    return Sum(max(0, party.seats_eve_of_poll - party.seats_not_up), 1)


def _change(totals: CouncilTotals, party: PartyTotals, baseline: SeatChange) -> Sum:
    change: int | None = getattr(party, baseline)
    return Sum(change, 1) if totals.complete and change is not None else Sum()


def _together(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in sorted({*one, *other})}
