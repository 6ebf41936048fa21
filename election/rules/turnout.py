"""Turnout: which share of a council's electors voted, added up from its wards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Poll(NamedTuple):
    """A ward's poll: its electors, its ballot papers, and the turnout in percent if it is given."""

    electorate: int | None
    ballots: int | None
    percentage: float | None


def turnout(polls: Iterable[Poll]) -> float | None:
    """Returns the turnout of several wards in percent, to one decimal place.

    It is weighted by electors. A ward that gives a percentage and no ballot papers is reckoned by
    it. None without any ward, and if the electors or the turnout of one are not known: the
    turnout of the others is not the council's.
    """
    electors, voted = 0, 0.0
    for poll in polls:
        if not poll.electorate:
            return None
        if poll.ballots is not None:
            voted += poll.ballots
        elif poll.percentage is not None:
            voted += poll.percentage / 100 * poll.electorate
        else:
            return None
        electors += poll.electorate
    return round(100 * voted / electors, 1) if electors else None
