"""The slips themselves, and what is promised of them, on one small night."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from schemas.ward import WardDeclared
from tests.slips.__main__ import as_json, table, true_table
from tests.slips.kinds import KINDS, Place, as_on_the_ballot
from tests.slips.run import councils, run, seeded
from tests.slips.trial import POLICIES
from tests.support.polls import CON, LAB, LD, declared

NIGHT = "barnet-2014"
NORTH = declared("north", [(CON, 520), (LAB, 480), (LD, 37)])
SOUTH = declared("south", [(CON, 301), (LAB, 604), (LD, 90)])
PLACE = Place(NORTH, [SOUTH], [SOUTH])


def votes(event: WardDeclared) -> list[int | None]:
    return [each.votes for each in event.candidates]


def test_candidates_stand_as_on_the_ballot_paper() -> None:
    """By name, whoever won."""
    names = [
        each.candidate for each in as_on_the_ballot(declared("a", [(LAB, 1), (CON, 2)])).candidates
    ]

    assert names == ["PP52 1", "PP53 1"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(20))
def test_every_slip_says_something_else_than_the_truth(kind: str, seed: int) -> None:
    """It can be sent, and the same seed makes the same slip."""
    slip = KINDS[kind](PLACE, Random(seed))

    assert slip is not None
    assert slip != NORTH
    assert slip == KINDS[kind](PLACE, Random(seed))
    assert WardDeclared.model_validate_json(slip.model_dump_json()) == slip


def test_what_each_slip_is() -> None:
    """By the votes that it leaves."""
    made = {kind: KINDS[kind](PLACE, Random(1)) for kind in KINDS}
    found = {kind: votes(slip) for kind, slip in made.items() if slip is not None}

    assert found["rows shifted"] == [37, 520, 480]
    assert found["another ward's figures"] == [301, 604, 90]
    assert found["wrong ward"] == votes(NORTH)
    assert made["wrong ward"] is not None
    assert made["wrong ward"].ballot_paper_id == SOUTH.ballot_paper_id
    assert len(found["a candidate left out"]) == 2
    assert sum(one != other for one, other in zip(found["×10"], votes(NORTH), strict=True)) == 1
    assert Counter(found["the wrong name"]) == Counter(votes(NORTH))


def test_what_is_promised_holds_on_one_night() -> None:
    """With a second source or entry, of who states who is elected, and of people who type alone.

    It can be repeated.
    """
    found = councils([NIGHT])
    report = run(found, seeded(found, 80, "1"))

    for kind, by_policy in report.slips.items():
        assert set(by_policy) == set(POLICIES)
        assert by_policy["another source"]["silent"] == 0, kind
        assert by_policy["two entries"]["silent"] == 0, kind
        assert by_policy["single, marked"]["elected, silent"] == 0, kind
        assert by_policy["single"]["control, silent"] == 0, kind
        assert by_policy["decisive"]["control, silent"] == 0, kind
        assert by_policy["decisive, marked"]["elected, silent"] == 0, kind
        assert by_policy["decisive, two entries"]["silent"] == 0, kind
        assert by_policy["always"]["held"] == by_policy["always"]["tried"], kind
    assert report.true["final"]["odd or wrong"] == 0
    again = run(found, seeded(found, 80, "1"))
    assert as_json(again, "1") == as_json(report, "1")
    assert table(again).count("\n") == len(KINDS) + 1
    assert f"| final, {NIGHT} | 21 | 0.0 % (0) |" in true_table(again)
