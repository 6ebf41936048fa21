"""The slips themselves, and what is promised of them, on one small night."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from schemas.ward import WardDeclared
from tests.slips.__main__ import as_json, entered_table, table, true_entered_table, true_table
from tests.slips.entered import WAYS, typed
from tests.slips.kinds import KINDS, Place, as_on_the_ballot
from tests.slips.run import councils, run, seeded
from tests.slips.trial import POLICIES
from tests.support.polls import CON, LAB, LD, ballot, declared, opened, ward
from tests.support.sources import heard

NIGHT = "barnet-2014"
NORTH = declared("north", [(CON, 520), (LAB, 480), (LD, 37)])
SHEET = declared("north", [(CON, 520), (LAB, 480), (LD, 37)], elected=[0])
SOUTH = declared("south", [(CON, 301), (LAB, 604), (LD, 90)])
PLACE = Place(NORTH, [SOUTH], [SOUTH])


def votes(event: WardDeclared) -> list[int | None]:
    return [each.votes for each in event.candidates]


def test_candidates_stand_as_on_the_ballot_paper() -> None:
    """By surname, whoever won; two namesakes of one party keep their votes."""
    names = ("Bob Zed", "Ann Best", "Ann Best", "Zoe Able")
    said = declared("a", [(LAB, 4), (CON, 3), (CON, 2), (LAB, 1)])
    people = tuple(
        replace(each, candidate=name) for each, name in zip(said.candidates, names, strict=True)
    )
    ordered = as_on_the_ballot(said.model_copy(update={"candidates": people})).candidates

    assert [each.candidate for each in ordered] == ["Zoe Able", "Ann Best", "Ann Best", "Bob Zed"]
    assert [each.votes for each in ordered] == [1, 3, 2, 4]


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
    """With a second source or entry, of who states who is elected, and of who types into the form.

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
    for kind, by_way in report.entered.items():
        assert set(by_way) == set(WAYS)
        for way, numbers in by_way.items():
            assert numbers["is_silent_twice"] == 0, (kind, way)
            assert numbers["control"] == 0 or way == "never", (kind, way)
            if kind != "wrong ward":
                assert numbers["elected"] == 0, (kind, way)
        assert by_way["always"]["passes"] == 0, kind
    for way, numbers in report.true_entered.items():
        assert numbers["refused"] == numbers["warned"] == 0, way
    assert report.true["final"]["odd or wrong"] == 0
    again = run(found, seeded(found, 80, "1"))
    assert as_json(again, "1") == as_json(report, "1")
    assert table(again).count("\n") == len(KINDS) + 1
    assert entered_table(again, "decisive").count("\n") == len(KINDS) + 2
    assert true_entered_table(again).count("\n") == len(WAYS) + 1
    assert f"| final, {NIGHT} | 21 | 0.0 % (0) |" in true_table(again)


def test_a_sheet_is_typed_into_the_fields_that_a_stringer_has() -> None:
    """Who has figures left has the wrong form; a line that is left out is missing."""
    opening = opened(
        ward("north", 1, {CON: 1, LAB: 1, LD: 1}), ward("south", 1, {CON: 1, LAB: 1}), total=60
    )
    council, _ = heard(opening)
    way = WAYS["decisive"]
    elsewhere = NORTH.model_copy(update={"ballot_paper_id": ballot("south")})
    without = NORTH.model_copy(update={"candidates": NORTH.candidates[:2]})

    assert typed(council, elsewhere, way, "ann").refused == "There is no field for the rest."
    assert "Votes of PP90 1" in typed(council, without, way, "ann").refused
    right = typed(council, SHEET, way, "ann")
    assert right.word is not None
    assert [each.votes for each in right.word.candidates] == [520, 480, 37]
    assert [each.elected for each in right.word.candidates] == [True, False, False]
    assert right.warnings == ()
