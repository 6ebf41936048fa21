"""Councils by how far they are: open, decided, complete, awaited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.totals import CouncilTotals


@dataclass(frozen=True, slots=True)
class CouncilSum:
    """Councils of a night, or of a part of it.

    `opened` are those of which anything is known, `decided` those whose control votes have made
    certain, `complete` those of which every seat is, and `awaited` all the others that are open.
    `wards` and `seats` are those that are up, and of them declared. `before_unknown` are decided
    councils of which nobody has said who controlled them.
    """

    opened: int = 0
    decided: int = 0
    complete: int = 0
    before_unknown: int = 0
    wards: int = 0
    wards_declared: int = 0
    seats_declared: int = 0

    @property
    def awaited(self) -> int:
        """Councils that are open and not complete."""
        return self.opened - self.complete

    def __add__(self, other: CouncilSum) -> CouncilSum:
        """Returns the councils of both, which have none in common."""
        return CouncilSum(
            self.opened + other.opened,
            self.decided + other.decided,
            self.complete + other.complete,
            self.before_unknown + other.before_unknown,
            self.wards + other.wards,
            self.wards_declared + other.wards_declared,
            self.seats_declared + other.seats_declared,
        )


def council_sum(totals: CouncilTotals) -> CouncilSum:
    """Returns what one council adds."""
    return CouncilSum(
        opened=1,
        decided=int(totals.decided),
        complete=int(totals.complete),
        before_unknown=int(totals.decided and totals.control_before is None),
        wards=totals.wards_total,
        wards_declared=totals.wards_declared,
        seats_declared=totals.seats_declared if totals.seats_won_known else 0,
    )


def all_of(councils: Iterable[CouncilSum]) -> CouncilSum:
    """Returns the councils of all of several sums."""
    found = CouncilSum()
    for each in councils:
        found += each
    return found
