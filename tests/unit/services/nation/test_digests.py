"""When a digest is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from election.nation.night import apply
from election.nation.plan import NightPlan
from election.nation.state import Night
from schemas.night import DigestDue
from services.nation.digests import due_at
from tests.support.aggregator_night import ELECTION, expected_totals, night

PLAN = NightPlan()


@pytest.fixture(scope="module")
def counted() -> Night:
    """A night of which something was declared."""
    found: Night | None = None
    for totals in expected_totals(night(seed=1)):
        found = apply(totals, found, PLAN).night
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("now", "due"),
    [("23:00:00", "23:00"), ("23:14:59", "23:00"), ("23:15:00", "23:15"), ("00:07:00", "00:00")],
)
def test_a_digest_is_due_at_whole_multiples_of_its_interval(
    counted: Night, now: str, due: str
) -> None:
    """The same for every worker, whatever the offset of its clock."""
    at = datetime.fromisoformat(f"2026-05-07T{now}+00:00")
    elsewhere = at.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert due_at(counted, 15, at) == datetime.fromisoformat(f"2026-05-07T{due}+00:00")
    assert due_at(counted, 15, elsewhere) == due_at(counted, 15, at)


def test_no_digest_is_due_if_nothing_has_changed_since_the_last(counted: Night) -> None:
    """So no night is told of for ever; and none twice for one time."""
    at = datetime(2026, 5, 7, 23, 15, tzinfo=UTC)
    told = apply(DigestDue(election=ELECTION, mode="rehearsal", due_at=at), counted, PLAN)

    assert len(told.alerts) == 1
    assert due_at(told.night, 15, at + timedelta(minutes=20)) is None
