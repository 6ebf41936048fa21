"""Candidates stand on the form as on the ballot paper, however their names are written."""

from __future__ import annotations

import random

import pytest

from schemas.council import Nominee
from services.entry.ballot_paper import in_order


@pytest.mark.parametrize(
    "names",
    [
        ["Zoe Able", "Ann Best", "Bea Best", "Siân O'Neill", "Tom Oxley"],
        ["Able, Zoe", "Best, Ann", "Best, Bea", "O’Neill, Siân", "Oxley, Tom"],
        ["ABLE Zoe", "BEST Ann", "BEST Bea", "O'NEILL Siân", "OXLEY Tom"],
        ["Able Z.", "Best A.", "Best B.J.", "O'Neill S.", "Oxley T."],
        ["Ánn Áble", "Zed Able-Zed", "Bea Best", ""],
    ],
)
def test_they_stand_by_surname_and_then_by_first_names(names: list[str]) -> None:
    """Accents, apostrophes and case make no difference; who has no name comes last."""
    shuffled = [Nominee(candidate=name, party_id="PP52") for name in names]
    random.Random(1).shuffle(shuffled)

    assert [each.candidate for each in in_order(shuffled)] == names


def test_namesakes_stand_by_their_parties() -> None:
    """So that the order is one, whatever that of the file."""
    two = [Nominee(candidate="Ann Able", party=party) for party in ("B", "A")]

    assert in_order(two) == in_order(two[::-1])
