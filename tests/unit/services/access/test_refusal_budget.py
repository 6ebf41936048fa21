"""How many refusals are written, and that the others are counted."""

from __future__ import annotations

import math

from services.access.refusal_budget import (
    MINUTE_S,
    REFUSALS_PER_MINUTE,
    RefusalBudget,
    Surplus,
)


def test_an_outsider_has_a_bounded_number_of_refusals_written_a_minute() -> None:
    """However many come, thirty are written; the others are in one count for each minute."""
    budget = RefusalBudget()
    written, counted = 0, []
    for tick in range(6_000):
        now = 1_000.0 + tick * 0.1
        written += budget.admit("", now)
        counted += budget.ended(now)
    counted += budget.ended(math.inf)

    assert written == 10 * REFUSALS_PER_MINUTE
    assert len(counted) == 10
    assert written + sum(each.requests for each in counted) == 6_000
    assert {each.who for each in counted} == {""}


def test_one_who_is_refused_takes_no_place_of_another() -> None:
    """A key that is refused a lot does not hide that somebody tries without one."""
    budget = RefusalBudget(per_minute=1)
    assert budget.admit("agency", 0.0)
    assert not budget.admit("agency", 1.0)
    assert budget.admit("", 2.0)

    assert list(budget.ended(MINUTE_S - 0.1)) == []
    assert list(budget.ended(MINUTE_S)) == [Surplus("agency", 1)]


def test_few_refusals_leave_no_count() -> None:
    """Nor is anything remembered of a minute that is over."""
    budget = RefusalBudget(per_minute=1)
    assert budget.admit("agency", 0.0)

    assert list(budget.ended(MINUTE_S)) == []
    assert budget.admit("agency", MINUTE_S + 1)
