"""Ward list: the wards of a stringer's councils, and where each stands. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, NamedTuple

from election.council import Council
from election.ward import Contest, Ward
from services.entry.own_word import own_state
from services.entry.wording import own_label, status_label

COUNCILS_MAX: Final = 20
"""Councils on the page, those with the nearest poll first: one person reports a hall or two."""

_AWAITED: Final = "To declare"


class Listed(NamedTuple):
    """A ward, when its result is expected if anybody said so, and where it stands.

    `is_sent` is whether this source has a word of it. What others have said is there as a state
    only.
    """

    ballot_paper_id: str
    name: str
    seats: int
    expected_at: datetime | None
    state: str
    is_sent: bool
    is_open: bool


class ListedCouncil(NamedTuple):
    """A council with its wards in the order in which they are expected to declare."""

    name: str
    poll: date
    wards: tuple[Listed, ...]

    @property
    def next(self) -> Listed | None:
        """The first ward of which nothing was sent or is known yet."""
        return next((ward for ward in self.wards if ward.is_open), None)


def listed(councils: Iterable[Council], source: str, today: date) -> list[ListedCouncil]:
    """Returns councils with their wards for a source, the nearest poll first."""
    found = sorted(councils, key=lambda each: (abs(_poll(each) - today), each.name))
    return [listed_council(each, source) for each in found[:COUNCILS_MAX]]


def listed_council(council: Council, source: str) -> ListedCouncil:
    """Returns a council with its wards for a source: those expected first come first."""
    wards = [
        (ward.contest, _listed(ward, ward.contest, source))
        for ward in council.wards.values()
        if ward.contest is not None and ward.counts
    ]
    wards.sort(key=lambda each: _order(each[0]))
    return ListedCouncil(council.name, _poll(council), tuple(each for _, each in wards))


def _poll(council: Council) -> date:
    return date.fromisoformat(council.council.rpartition(".")[2])


def _order(contest: Contest) -> tuple[float, str]:
    expected = contest.expected_at
    return expected.timestamp() if expected is not None else float("inf"), contest.ward


def _listed(ward: Ward, contest: Contest, source: str) -> Listed:
    own = own_state(ward, source)
    is_sent = own is not None and own != "taken back"
    state = own_label(own) if own is not None and is_sent else state_of_others(ward)
    return Listed(
        ward.ballot_paper_id,
        ward.name,
        contest.seats,
        contest.expected_at,
        state,
        is_sent,
        not is_sent and state == _AWAITED,
    )


def state_of_others(ward: Ward) -> str:
    """Returns where a ballot stands by what others have said, without any figure."""
    if ward.result is not None or ward.tied:
        return "Declared by another source"
    if ward.being_checked:
        return "Said by another source, being checked"
    if ward.notice is not None and ward.status is not None:
        return status_label(ward.notice, ward.status.recount).capitalize()
    return _AWAITED
