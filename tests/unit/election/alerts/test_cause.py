from __future__ import annotations

from datetime import UTC, datetime

import pytest

from election.alerts.cause import Cause, cause_of
from schemas.events import Event
from tests.support.polls import CON, as_a_whole, ballot, noticed, opened, ward, won

AT = datetime(2026, 5, 8, 3, 0, tzinfo=UTC)
NORTH = ballot("north")
CORRECTED = "after the result of North was corrected"
BY_COURT = "after an election court changed the result of North"


@pytest.mark.parametrize(
    ("event", "cause"),
    [
        (
            won("north", CON, seq=7, declared_at=AT),
            Cause(("ward.declared", NORTH, 1), NORTH, 1, 7, AT, "North", "after North declared"),
        ),
        (
            won("north", CON, revision=2),
            Cause(("ward.declared", NORTH, 2), NORTH, 2, None, None, "North", CORRECTED),
        ),
        (
            won("north", CON, revision=3, correction="court"),
            Cause(("ward.declared", NORTH, 3), NORTH, 3, None, None, "North", BY_COURT),
        ),
        (
            noticed("north", "postponed", 4, seq=8, noticed_at=AT),
            Cause(
                ("ward.status", NORTH, 4),
                NORTH,
                0,
                8,
                AT,
                "North",
                "after North was reported postponed",
            ),
        ),
        (
            as_a_whole({CON: 1}, 5, seq=9, declared_at=AT),
            Cause(
                ("council.declared", "", 5),
                None,
                0,
                9,
                AT,
                "",
                "after the result of the whole council was declared",
            ),
        ),
        (
            opened(ward("north"), revision=6, seq=10),
            Cause(
                ("council.opened", "", 6),
                None,
                0,
                10,
                None,
                "",
                "after the facts of Barsetshire were corrected",
            ),
        ),
    ],
    ids=["declared", "corrected", "court", "notice", "whole", "opened again"],
)
def test_an_alert_names_its_cause(event: Event, cause: Cause) -> None:
    """Ballot and revision if a result is the cause, and an identity that no other event has."""
    assert cause_of(event, "North", first=False) == cause


def test_what_is_certain_at_the_first_opening_precedes_every_event() -> None:
    """It was certain before any event, so its seq is 0."""
    assert cause_of(opened(ward("north"), seq=10), "", first=True).seq == 0
