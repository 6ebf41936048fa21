"""Expected: when a night's councils are to declare, and what may then be decided. No I/O."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from pydantic import BaseModel, Field

from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals
from services.ticker.feed.election_state import ElectionState
from services.ticker.pages.call import call

_UNKNOWN: Final = datetime.max.replace(tzinfo=UTC)
"""Stands for a time that is not known, where known ones come first."""

_AWAITED: Final = frozenset(("waiting", "counting", "recount", "partial", "tied"))


class ExpectedWard(BaseModel):
    """A ward on which control of its council can still hang."""

    ballot_paper_id: str
    ward: str
    expected_at: datetime | None = Field(
        description="When its declaration is expected; null where nobody has said so."
    )
    text: str = Field(description="Who needs what there, in a sentence.")


class ExpectedCouncil(BaseModel):
    """A council that is not complete, and when its declarations are expected."""

    council: str
    name: str
    expected_next: datetime | None = Field(
        description="When the next declaration is expected; null where nobody has said so."
    )
    expected_at: datetime | None = Field(
        description="When the last of the declarations whose time is known is expected."
    )
    wards_to_come: int = Field(description="Wards that are still to declare.")
    wards_with_time: int = Field(description="How many of them have an expected time.")
    overdue: bool = Field(
        description="Whether the next declaration is later than it was expected. In a rehearsal"
        " that is by the time of the latest declaration."
    )
    is_decided: bool = Field(description="Whether control is certain already.")
    headline: str = Field(description="The council's headline now.")
    called: str = Field(description="Who controls it in plain words, or how far the count is.")
    deciders: tuple[ExpectedWard, ...] = Field(
        description="Wards that control can still hang on; those expected first come first, and"
        " those without a time last."
    )

    @property
    def decider(self) -> ExpectedWard | None:
        """The one ward that control hangs on, if its time is known; None if there is none."""
        if len(self.deciders) == 1 and self.deciders[0].expected_at is not None:
            return self.deciders[0]
        return None

    @property
    def shown_at(self) -> datetime | None:
        """The time that the council is listed under; None if none is known.

        That is when the one ward that control hangs on is expected, else the last of its wards.
        """
        return self.expected_at if self.decider is None else self.decider.expected_at

    @property
    def says(self) -> str:
        """What is expected then, such as `Redbridge decides Southampton`."""
        if self.decider is not None:
            return f"{self.decider.ward} decides {self.name}"
        if self.wards_with_time < self.wards_to_come:
            known = f"{self.wards_with_time} of {self.wards_to_come} wards to come have a time"
            return f"{self.name}, as far as is known: {known}"
        return f"{self.name}, full result" if self.wards_to_come else self.name


def expected_councils(state: ElectionState, now: datetime) -> list[ExpectedCouncil]:
    """Returns the councils that are not complete, those expected first; without a time last.

    `now` says which are overdue.
    """
    by = time_of_night(state, now)
    found = [
        _council(totals, state.councils[totals.council].wards, by)
        for totals in state.opened()
        if not totals.complete
    ]
    return sorted(found, key=lambda each: (each.shown_at or _UNKNOWN, each.name, each.council))


def time_of_night(state: ElectionState, now: datetime) -> datetime | None:
    """Returns the time by which a declaration is overdue: now.

    In a rehearsal it is the time of the latest declaration; None if none has a time.
    """
    if all(totals.mode == "live" for totals in state.opened()):
        return now
    declared = [
        ward.declared_at
        for council in state.councils.values()
        for ward in council.wards
        if ward.declared_at is not None
    ]
    return max(declared, default=None)


def awaited(wards: list[WardTotals]) -> list[WardTotals]:
    """Returns the wards of which a declaration is still expected tonight."""
    return [ward for ward in wards if ward.status in _AWAITED]


def _council(
    totals: CouncilTotals, wards: list[WardTotals], by: datetime | None
) -> ExpectedCouncil:
    to_come = awaited(wards)
    times = [ward.expected_at for ward in to_come if ward.expected_at is not None]
    by_ballot = {ward.ballot_paper_id: ward for ward in wards}
    deciders = [
        ExpectedWard(
            ballot_paper_id=each.ballot_paper_id,
            ward=each.ward,
            expected_at=by_ballot[each.ballot_paper_id].expected_at,
            text=each.text,
        )
        for each in totals.deciders
        if each.ballot_paper_id in by_ballot
    ]
    soonest = totals.expected_next or min(times, default=None)
    return ExpectedCouncil(
        council=totals.council,
        name=totals.name,
        expected_next=soonest,
        expected_at=max(times, default=soonest),
        wards_to_come=len(to_come),
        wards_with_time=len(times),
        overdue=soonest is not None and by is not None and soonest < by,
        is_decided=totals.control is not None,
        headline=totals.headline,
        called=call(totals),
        deciders=tuple(sorted(deciders, key=lambda each: each.expected_at or _UNKNOWN)),
    )
