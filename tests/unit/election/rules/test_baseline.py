"""Who held the seats of a ward before is known only if one party held all that are up."""

from __future__ import annotations

import pytest

from election.rules.baseline import only_defender
from schemas.council import PartyStanding


def standing(*held: tuple[str, int | None, int | None]) -> list[PartyStanding]:
    """Returns parties with their seats on the eve of poll and those not up."""
    return [
        PartyStanding(party_id=party, seats_eve_of_poll=before, seats_not_up=not_up)
        for party, before, not_up in held
    ]


def test_one_party_that_held_every_seat_up_defends_them() -> None:
    """Joint candidates of Labour and the Co-operative Party are Labour's."""
    held = standing(("PP52", 20, 20), ("PP53", 9, 8), ("joint-party:53-119", 3, 2))

    assert only_defender(held, 2) == "PP53"


@pytest.mark.parametrize(
    "held",
    [
        standing(),
        standing(("PP52", 21, 20), ("PP53", 9, 8)),
        standing(("PP52", 20, 20), ("PP53", 9, 8)),
        standing(("PP52", None, 20), ("PP53", 10, 8)),
        standing(("PP52", 20, 20), ("PP53", 10, None)),
    ],
)
def test_otherwise_nobody_says_whose_seats_they_were(held: list[PartyStanding]) -> None:
    """Two defended some, some were vacant, or something is not known."""
    assert only_defender(held, 2) is None
