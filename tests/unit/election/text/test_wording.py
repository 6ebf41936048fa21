from __future__ import annotations

import pytest

from election.text import phrases as wording
from election.text.council import seats_held, sentence, wire_line
from election.text.proof import proof
from election.totals import council_totals
from schemas.council import ControlSpell, PartyStanding
from schemas.ward import Candidate
from tests.support.polls import (
    CON,
    LAB,
    LD,
    as_a_whole,
    counted,
    declared,
    opened,
    told,
    ward,
    won,
)

WARDS = [ward(name, 1, {CON: 1, LAB: 1, LD: 1}) for name in ("north", "south", "west")]


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 votes"), (1, "1 vote"), (2, "2 votes"), (1_088, "1,088 votes")]
)
def test_numbers_and_nouns_agree(number: int, text: str) -> None:
    """One vote, two votes, and commas in thousands."""
    assert text == wording.counted(number, "vote")


@pytest.mark.parametrize(
    ("number", "seats", "text"),
    [
        (1, 1, "the seat"),
        (1, 2, "1 of 2 seats"),
        (2, 2, "both seats"),
        (2, 3, "2 of 3 seats"),
        (3, 3, "all 3 seats"),
    ],
)
def test_seats_of_a_ward_are_named_as_one_would(number: int, seats: int, text: str) -> None:
    """The seat, both seats, all three."""
    assert text == wording.all_of(number, seats)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "first"),
        (8, "eighth"),
        (9, "9th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (22, "22nd"),
        (23, "23rd"),
        (24, "24th"),
        (111, "111th"),
    ],
)
def test_ordinals(number: int, text: str) -> None:
    """Words up to the eighth, then figures."""
    assert text == wording.ordinal(number)


@pytest.mark.parametrize(
    ("seats", "votes", "text"),
    [
        (1, 9, "the seat went by 9 votes"),
        (3, 9, "the third seat went by 9 votes"),
        (2, 1, "the second seat went by 1 vote"),
        (3, 0, "the third seat went by lot"),
        (2, 1_088, "the second seat went by 1,088 votes"),
    ],
)
def test_how_the_last_seat_went(seats: int, votes: int, text: str) -> None:
    """By how many votes, or by lot."""
    assert text == wording.went_by(seats, votes)


@pytest.mark.parametrize(
    ("voters", "text"),
    [
        (38, "; 38 voters would have changed it"),
        (1, "; 1 voter would have changed it"),
        (None, ""),
        (0, ""),
    ],
)
def test_how_few_would_have_changed_it(voters: int | None, text: str) -> None:
    """Nothing is said where it is not known, or where the votes say otherwise than the flags."""
    assert text == wording.would_have_changed(voters)


@pytest.mark.parametrize(("number", "text"), [(5, "+5"), (-6, "−6"), (0, "±0")])
def test_changes_have_their_sign(number: int, text: str) -> None:
    """With a real minus sign."""
    assert text == wording.signed(number)


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_lists_in_a_sentence(items: list[str], text: str) -> None:
    """Commas, and an and before the last."""
    assert text == wording.listed(items)


def test_recounts_are_numbered_from_the_second() -> None:
    """The first is just a recount."""
    assert (wording.nth_recount(1), wording.nth_recount(3)) == ("recount", "third recount")


def test_a_text_longer_than_the_schemas_take_is_cut() -> None:
    """Rubbish names must not stop the count."""
    assert wording.clipped("x" * 300) == "x" * 300
    assert wording.clipped("x" * 301) == "x" * 299 + "…"
    assert wording.clipped("abcd", 3) == "ab…"


def test_names_of_the_greatest_length_do_not_stop_the_count() -> None:
    """Every text that is made of them still fits its field."""
    long = "n" * 300
    candidates = (
        Candidate(candidate=long, party=long, votes=9),
        Candidate(candidate="Other", party="Other", votes=8),
    )
    event = declared("north", [(CON, 9)]).model_copy(update={"candidates": candidates})
    listed = ward("north", 1, {CON: 1}).model_copy(update={"ward": long})
    spell = ControlSpell(control=long, party=long, since=1900)
    opening = opened(listed, before=long, control_history=(spell,))
    council, alerts = told(opening.model_copy(update={"name": long}), event)

    assert council.count is not None
    assert 300 == len(wire_line(council.count)) == len(sentence(council.count))
    assert {300} == {len(alert.text) for alert in alerts}
    assert 900 < max(len(line) for line in proof(council.count)) <= 1_000
    assert council_totals(council) is not None


def test_a_council_without_a_result_says_how_far_it_is() -> None:
    """Who has what, and how many wards have declared."""
    count = counted(opened(*WARDS, before=CON), won("north", CON))

    assert wire_line(count) == "Barsetshire: no result yet, 1 of 3 wards declared"
    assert sentence(count) == (
        "Barsetshire: no result yet, 1 of 3 wards declared: CON 1, majority 2 of 3."
    )


def test_a_council_before_its_first_ward_has_no_seat_filled() -> None:
    """And one ward is no wards."""
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
        "LAB GAIN Barsetshire from NOC: 2 of 3, majority 2, settled at South, where the seat went"
        " by 9 votes; 5 voters would have changed it."
    )


def test_no_overall_control_says_who_holds_what() -> None:
    """No majority, so the parties' seats explain it."""
    count = counted(
        opened(*WARDS, before=CON), won("north", CON), won("south", LAB), won("west", LD)
    )

    assert sentence(count).startswith(
        "CON LOSE Barsetshire to NOC: CON 1, LAB 1, LD 1, majority 2 of 3, settled at West,"
    )


def test_a_majority_that_is_still_to_come_in_says_so() -> None:
    """Seats that nominations force are sure, and not yet won."""
    count = counted(
        opened(ward("north", 2, {CON: 2}), ward("south", 1), not_up={CON: 1, LAB: 1}, before=CON)
    )

    assert sentence(count) == "CON HOLD Barsetshire: 1 and at least 2 more of 5, majority 3."


def test_a_whole_result_is_told_without_a_ward() -> None:
    """Birmingham 2012 by council alone."""
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


def test_every_change_in_the_proof_has_its_baseline() -> None:
    """Two baselines side by side, the last election notional where boundaries were redrawn."""
    standing = (
        PartyStanding(party_id=CON, seats_eve_of_poll=3, seats_last_election=2),
        PartyStanding(party_id=LAB, seats_eve_of_poll=0, seats_last_election=1),
        PartyStanding(party_id=LD, seats_eve_of_poll=0, seats_last_election=0),
    )
    events = [won("north", LAB), won("south", LAB), won("west", CON)]
    plain = counted(opened(*WARDS, standing=standing), *events)
    redrawn = counted(opened(*WARDS, standing=standing, last_election_notional=True), *events)

    assert proof(plain)[2:4] == (
        "against the eve of poll: LAB +2, CON −2",
        "against the last election: LAB +1, CON −1",
    )
    assert "against the last election (notional): LAB +1, CON −1" in proof(redrawn)
    assert proof(plain)[1] == "3 of 3 wards declared"


def test_open_seats_are_in_the_proof() -> None:
    """How many wards have declared, and how many seats are still to come."""
    assert "1 of 3 wards declared, 2 seats open" in proof(
        counted(opened(*WARDS), won("north", LAB))
    )
    assert "2 of 3 wards declared, 1 seat open" in proof(
        counted(opened(*WARDS), won("north", LAB), won("west", LAB))
    )


def test_a_proof_has_a_line_for_each_fact_there_is_and_no_other() -> None:
    """History stands where it is given, the decisive ward where there is one."""
    spells = (ControlSpell(control="NOC", since=2006),)
    count = counted(
        opened(*WARDS, control_history=spells),
        won("north", LAB),
        won("south", LAB),
        won("west", LD),
    )
    bare = counted(opened(*WARDS, before=CON), won("north", LAB))

    assert proof(count) == (
        "LAB 2, LD 1 of 3; majority 2",
        "3 of 3 wards declared",
        "South: PP53 1 (LAB) 5,000, PP9999 1 (PP9999) 100",
        "NOC since 2006: Labour's first majority here",
    )
    assert proof(bare) == ("LAB 1 of 3; majority 2", "1 of 3 wards declared, 2 seats open")


def test_the_history_of_a_party_without_a_short_name_has_its_label() -> None:
    """As the opening names it."""
    local = PartyStanding(party_id="PP1", party="Local Party")
    count = counted(
        opened(*WARDS, standing=(local,), control_history=(ControlSpell(control=LAB, since=1973),)),
        won("north", "PP1"),
        won("south", "PP1"),
    )

    assert proof(count)[-1] == "Labour since 1973: Local Party's first majority here"


def test_the_history_of_a_party_that_nobody_has_named_has_its_id() -> None:
    """There is nothing else to call it."""
    count = counted(
        opened(*WARDS, control_history=(ControlSpell(control=LAB, since=1973),)),
        won("north", "PP1"),
        won("south", "PP1"),
    )

    assert proof(count)[-1] == "Labour since 1973: PP1's first majority here"
