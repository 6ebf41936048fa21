from __future__ import annotations

from election.text.council import sentence, wire_line
from election.text.proof import proof
from election.text.seats import seats_held
from election.totals import council_totals
from schemas.council import ControlSpell
from schemas.ward import Candidate
from tests.support.polls import (
    CON,
    LAB,
    LD,
    as_a_whole,
    counted,
    declared,
    folded_with_alerts,
    opened,
    ward,
    won,
)

WARDS = [ward(name, 1, {CON: 1, LAB: 1, LD: 1}) for name in ("north", "south", "west")]


def test_names_of_the_greatest_length_do_not_stop_the_count() -> None:
    """Every text made from them still fits its field."""
    long, label = "n" * 300, "n" * 200
    candidates = (
        Candidate(candidate=long, party=label, votes=9),
        Candidate(candidate="Other", party="Other", votes=8),
    )
    event = declared("north", [(CON, 9)]).model_copy(update={"candidates": candidates})
    listed = ward("north").model_copy(update={"ward": long})
    spell = ControlSpell(control=label, party=label, since=1900)
    opening = opened(listed, before=label, control_history=(spell,))
    council, alerts = folded_with_alerts(opening.model_copy(update={"name": long}), event)

    assert council.count is not None
    assert 300 == len(wire_line(council.count)) == len(sentence(council.count))
    assert {300} == {len(alert.text) for alert in alerts}
    assert 800 < max(len(line) for line in proof(council.count)) <= 1_000
    assert council_totals(council) is not None


def test_a_council_without_a_result_says_how_far_it_is() -> None:
    """It says who holds what, and how many wards have declared."""
    count = counted(opened(*WARDS, before=CON), won("north", CON))

    assert wire_line(count) == "Barsetshire: no result yet, 1 of 3 wards declared"
    assert sentence(count) == (
        "Barsetshire: no result yet, 1 of 3 wards declared: CON 1, majority 2 of 3."
    )


def test_a_council_before_its_first_ward_has_no_seat_filled() -> None:
    """One ward is written in the singular."""
    count = counted(opened(ward("north", 1, {CON: 1, LAB: 1}), before=CON))

    assert sentence(count) == (
        "Barsetshire: no result yet, 0 of 1 ward declared: no seat filled, majority 1 of 1;"
        " Barsetshire hangs on North: CON hold with the seat, LAB gain with the seat."
    )


def test_a_majority_says_where_it_was_settled_and_how_close_it_was() -> None:
    """The sentence that explains an alert."""
    count = counted(
        opened(*WARDS, before="NOC"),
        won("north", LAB),
        declared("south", [(LAB, 510), (CON, 501), (LD, 5)]),
    )
    settled = count.__class__(
        count.opening, count.tally, count.wards, None, "local.barsetshire.south.2026-05-07"
    )

    assert sentence(settled) == (
        "LAB GAIN Barsetshire from NOC: 2 of 3 so far, majority 2, 1 ward to come, settled at"
        " South, where the seat went by 9 votes; 5 voters in South moving from PP53 1 (LAB) to"
        " PP52 1 (CON) would have left it open."
    )


def test_no_overall_control_says_who_holds_what() -> None:
    """No majority, so the parties' seats explain it."""
    count = counted(
        opened(*WARDS, before=CON), won("north", CON), won("south", LAB), won("west", LD)
    )

    assert sentence(count) == (
        "CON LOSE Barsetshire to NOC: CON 1, LAB 1, LD 1 of 3, majority 2, CON, LAB and LD each"
        " one short, settled at West."
    )


def test_a_majority_that_is_still_to_come_in_says_so() -> None:
    """Seats that nominations force are certain, but not yet won."""
    count = counted(
        opened(ward("north", 2, {CON: 2}), ward("south", 1), not_up={CON: 1, LAB: 1}, before=CON)
    )

    assert sentence(count) == (
        "CON HOLD Barsetshire: certain before any vote: 1 CON seat is not up and too few stand"
        " against CON to keep it below 3, majority 3 of 5, 2 wards to come."
    )


def test_a_council_result_is_explained_without_a_ward() -> None:
    """Birmingham 2012, without wards."""
    count = counted(
        opened(total=120, before="NOC", not_up={LAB: 48}), as_a_whole({LAB: 77, CON: 28, LD: 15})
    )

    assert sentence(count) == "LAB GAIN Barsetshire from NOC: 77 of 120, majority 61."
    assert proof(count)[:2] == ("LAB 77, CON 28, LD 15 of 120; majority 61", "declared as a whole")


def test_many_parties_are_added_up() -> None:
    """Six are named, most seats first, and the others are counted together."""
    parties = {f"Party {letter}": 9 - place for place, letter in enumerate("ABCDEFGH")}
    count = counted(opened(total=99), as_a_whole(parties))

    assert seats_held(count) == (
        "Party A 9, Party B 8, Party C 7, Party D 6, Party E 5, Party F 4, others 5"
    )
