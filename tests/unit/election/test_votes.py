"""What a council's totals say of votes, turnout, seats defended and the next declaration."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from election.council import Council
from election.fold import apply
from election.snapshot import dump, load
from election.totals import council_totals
from readers.night import load_night
from schemas.council import PartyStanding
from schemas.events import Event
from schemas.totals import CouncilTotals
from tests.support.polls import CON, LAB, LD, as_a_whole, ballot, declared, folded, noticed
from tests.support.polls import opened as opened_council
from tests.support.polls import ward as listed

AT = datetime(2026, 5, 8, 3, 0, tzinfo=UTC)
LATER = AT.replace(hour=5)
NORTH = listed("north", 1, {CON: 1, LAB: 1}, total_electorate=200)
SOUTH = listed("south", 1, {CON: 1, LAB: 1, LD: 1})


def totals(*events: Event) -> CouncilTotals:
    found = council_totals(folded(*events))
    assert found is not None
    return found


def test_votes_of_a_party_are_those_of_its_candidates() -> None:
    """Over all wards that have declared, and the sum of all parties beside them."""
    found = totals(
        opened_council(NORTH, SOUTH),
        declared("north", [(CON, 60), (LAB, 40)]),
        declared("south", [(CON, 5), (LAB, 30), (LD, 20)]),
    )

    assert found.votes == {CON: 65, LAB: 70, LD: 20}
    assert (found.votes_total, found.votes_wards) == (155, 2)


def test_before_any_result_there_are_no_votes() -> None:
    """Which is said by the number of wards, 0."""
    found = totals(opened_council(NORTH, SOUTH))

    assert (found.votes, found.votes_total, found.votes_wards) == ({}, 0, 0)


@pytest.mark.parametrize(
    ("votes", "elected"),
    [
        ([(CON, 60), (LAB, None)], [0]),
        ([(CON, 60)], [0]),
        ([(CON, None), (LAB, None)], [1]),
        ([(CON, 0), (LAB, 0)], [0]),
    ],
    ids=["one without votes", "one left out", "nobody's votes", "votes of nobody"],
)
def test_a_ward_counts_only_with_everybodys_votes(
    votes: list[tuple[str, int | None]], elected: list[int]
) -> None:
    """A share of some of the votes would be wrong for everybody."""
    found = totals(opened_council(NORTH, SOUTH), declared("north", votes, elected=elected))

    assert found.seats_declared == 1
    assert (found.votes, found.votes_total, found.votes_wards) == ({}, 0, 0)


def test_without_nominations_the_elected_alone_are_not_everybody() -> None:
    """Whoever is not elected may have been left out; a loser shows that nobody was."""
    unknown = listed("north", 1)
    winners = totals(opened_council(unknown), declared("north", [(CON, 60)], elected=[0]))
    both = totals(opened_council(unknown), declared("north", [(CON, 60), (LAB, 4)], elected=[0]))

    assert winners.votes_wards == 0
    assert both.votes == {CON: 60, LAB: 4}


def test_a_running_score_is_no_vote() -> None:
    """Everybody is marked as not elected while the count goes on."""
    running = declared("north", [(CON, 60), (LAB, 40)], elected=[])

    assert totals(opened_council(NORTH), running).votes_wards == 0


def test_a_tie_that_awaits_the_lot_has_its_votes() -> None:
    """They are all stated, whoever gets the seat."""
    found = totals(opened_council(NORTH), declared("north", [(CON, 50), (LAB, 50)]))

    assert (found.wards_declared, found.votes) == (0, {CON: 50, LAB: 50})


def test_a_correction_replaces_the_votes() -> None:
    """Nothing of the first result is left, whether or not totals were made in between."""
    before = folded(
        opened_council(NORTH), declared("north", [(CON, 60), (LAB, 40)], num_turnout_reported=110)
    )
    assert council_totals(before) is not None
    right = declared("north", [(CON, 0), (LAB, 41)], revision=2, num_turnout_reported=111)
    after = council_totals(apply(right, before)[0])

    assert after is not None
    assert (after.votes, after.votes_total, after.ballots) == ({LAB: 41}, 41, 111)


def test_turnout_is_of_the_wards_that_state_it() -> None:
    """Ballot papers, or the percentage of the electorate; a ward with neither is left out."""
    wards = [listed(name, 1, {CON: 1, LAB: 1}, total_electorate=200) for name in ("a", "b", "c")]
    result = [(CON, 60), (LAB, 40)]
    found = totals(
        opened_council(*wards),
        declared("a", result, num_turnout_reported=103),
        declared("b", result, turnout_percentage=51.3, total_electorate=210),
        declared("c", result),
    )

    assert (found.ballots, found.electorate, found.turnout_wards) == (103 + 108, 410, 2)


def test_the_next_declaration_is_the_earliest_that_is_still_expected() -> None:
    """Wards that have declared, or are postponed, are not."""
    north = listed("north", 1, {CON: 1, LAB: 1}, expected_at=AT)
    south = listed("south", 1, {CON: 1, LAB: 1}, expected_at=LATER)
    opening = opened_council(north, south, listed("west", 1, {CON: 1, LAB: 1}))
    result = declared("north", [(CON, 60), (LAB, 40)])

    assert totals(opening).expected_next == AT
    assert totals(opening, noticed("north", "postponed")).expected_next == LATER
    assert totals(opening, result).expected_next == LATER
    assert totals(opening, result, noticed("south", "postponed")).expected_next is None


def standing(party: str, eve: int | None, not_up: int | None) -> PartyStanding:
    return PartyStanding(party_id=party, seats_eve_of_poll=eve, seats_not_up=not_up)


@pytest.mark.parametrize(
    ("cycle", "eve", "not_up", "defended"),
    [
        ("thirds", 9, 6, 3),
        ("thirds", 9, None, None),
        ("thirds", None, 6, None),
        ("thirds", 5, 6, None),
        ("all-out", 9, None, 9),
    ],
    ids=["stated", "not up unknown", "eve unknown", "a slip", "all are up"],
)
def test_seats_defended_are_never_inferred(
    cycle: str, eve: int | None, not_up: int | None, defended: int | None
) -> None:
    """They need both numbers, but where all seats are up none is not up."""
    held = (standing(CON, eve, not_up), standing(LAB, 7, 2))
    opening = opened_council(NORTH, total=20, cycle=cycle, standing=held, seats_vacant=None)
    found = {each.party_id: each.seats_defended for each in totals(opening).parties}

    assert found == {CON: defended, LAB: 5}


@pytest.mark.parametrize("eve", [4, None])
def test_a_new_party_defends_nothing_if_all_others_are_known(eve: int | None) -> None:
    """Otherwise it may be one of those that nobody has said anything of."""
    opening = opened_council(SOUTH, standing=(standing(CON, eve, 0),))
    result = declared("south", [(CON, 5), (LAB, 30), (LD, 20)])
    found = {each.party_id: each.seats_defended for each in totals(opening, result).parties}

    assert found[LD] == (None if eve is None else 0)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("every", [1, 7, 1_000])
def test_votes_added_up_on_the_way_are_those_of_the_wards(seed: int, every: int) -> None:
    """Totals made after each declaration, after some or at the end only; and from a snapshot."""
    night = load_night("london-2014")
    events = list(night.declarations)
    random.Random(seed).shuffle(events)
    councils: dict[str, Council] = {}
    for place, event in enumerate((*night.openings, *events)):
        council = councils[event.council] = apply(event, councils.get(event.council))[0]
        if place % every == 0:
            council_totals(council)

    assert any(council_totals(each).votes_wards for each in councils.values())  # type: ignore[union-attr] # all are opened
    for council in councils.values():
        fresh, on_the_way = council_totals(load(dump(council))), council_totals(council)
        assert on_the_way == fresh
        assert on_the_way is not None
        assert sum(on_the_way.votes.values()) == on_the_way.votes_total


def test_votes_stand_beside_a_result_of_the_whole_council() -> None:
    """It has no votes of its own, and takes none away."""
    found = totals(
        opened_council(NORTH, SOUTH),
        declared("north", [(CON, 60), (LAB, 40)]),
        as_a_whole({CON: 2}),
    )

    assert found.as_a_whole
    assert found.votes == {CON: 60, LAB: 40}


def test_a_ward_that_another_ballot_replaces_has_no_votes() -> None:
    """The poll was countermanded, and its votes are not counted."""
    again = listed("again", 1, {CON: 1, LAB: 1}, replaces=ballot("north"))
    found = totals(
        opened_council(NORTH, again),
        declared("again", [(CON, 6), (LAB, 4)]),
    )

    assert found.votes == {CON: 6, LAB: 4}
