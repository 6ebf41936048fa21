"""What looks like a slip: each check by itself, and three errors that really happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from election.declaration import declaration
from election.evidence.odd import odd
from election.ward import Ward
from schemas.council import ElectoralSystem, OpenedWard
from schemas.ward import WardDeclared
from tests.support.polls import CON, IND, LAB, LD, Votes, ballot, declared, folded, opened, ward

GREEN = "PP63"
NAMES = ("north", "south", "east", "west", "hill")
OTHERS = [[(CON, 900 + place), (LAB, 610 - place), (LD, 100)] for place in range(4)]


def found(
    said: WardDeclared,
    *others: WardDeclared,
    wards: Sequence[OpenedWard] = (),
    system: ElectoralSystem = "plurality",
) -> list[str]:
    """Returns what is odd about a result, by the field of each finding and its words."""
    listed = wards or [ward(name, said.seats_contested) for name in NAMES]
    council = folded(opened(*listed, electoral_system=system), *others)
    return list(odd(declaration(said), said.ballot_paper_id, council.wards))


def others(votes: Sequence[Votes] = OTHERS, seats: int = 1, **more: Any) -> list[WardDeclared]:
    """Returns the results of the wards after the first."""
    return [
        declared(name, each, seats, **more) for name, each in zip(NAMES[1:], votes, strict=False)
    ]


def only(findings: Sequence[str], words: str) -> None:
    """Asserts that one thing is odd, with these words in it."""
    assert len(findings) == 1, findings
    assert words in findings[0]


def test_a_usual_result_is_not_odd() -> None:
    """Alone, beside others, and with all of its figures."""
    usual: Votes = [(CON, 880), (LAB, 650), (LD, 70)]
    figures: dict[str, Any] = {
        "num_turnout_reported": 1_605,
        "num_spoilt_ballots": 5,
        "turnout_percentage": 40.1,
        "total_electorate": 4_000,
    }

    assert found(declared("north", usual)) == []
    assert found(declared("north", usual), *others()) == []
    assert found(declared("north", usual, **figures), *others()) == []


def test_more_votes_than_were_cast() -> None:
    """West Berkshire, 2015: more votes were declared than ballot papers had been issued."""
    said = declared("north", [(CON, 2_870), (LAB, 1_410), (LD, 990)], num_turnout_reported=4_270)

    only(found(said), "5,270 in all, more than 4,270 ballot papers with 1 votes each")


def test_a_constituency_left_out_of_a_sum() -> None:
    """Putney, 2024: some 6,500 votes of one part were missing from the sum that was declared."""
    said = declared(
        "north", [(CON, 14_113), (LAB, 20_952), (LD, 2_182)], num_turnout_reported=43_860
    )

    only(found(said), "6,613 fewer than there are good ballot papers")


def test_two_boxes_that_did_not_transmit() -> None:
    """London, 2008: the votes of two boxes were not in the result, and the turnout was."""
    said = declared(
        "north",
        [(CON, 950), (LAB, 610), (LD, 100)],
        turnout_percentage=43.9,
        total_electorate=4_200,
    )
    boxes = others(turnout_percentage=40.5, total_electorate=4_000)

    findings = found(said, *boxes)

    only(findings, "90.0% of the people who voted by turnout and electorate")


def test_more_votes_than_people_may_cast() -> None:
    """By the electorate that the ballot was opened with."""
    wards = [ward("north", 2, total_electorate=1_000)]
    said = declared("north", [(CON, 990), (CON, 980), (LAB, 400)], 2)

    only(found(said, wards=wards), "1,185 people voted, but 1,000 may")


def test_a_turnout_above_all_of_the_people() -> None:
    """It is a percentage."""
    said = declared("north", [(CON, 3), (LAB, 2)], turnout_percentage=405.0)

    only(found(said), "405.0, more than everybody")


@pytest.mark.parametrize(("votes", "is_odd"), [(86, True), (90, False), (107, False), (110, True)])
def test_votes_that_are_not_those_of_the_people_who_voted(votes: int, is_odd: bool) -> None:  # noqa: FBT001
    """By turnout and electorate; officers differ in what they count as turnout."""
    said = declared(
        "north", [(CON, votes - 1), (LAB, 1)], turnout_percentage=40.0, total_electorate=250
    )

    assert bool(found(said)) is is_odd


def test_people_need_not_use_all_of_their_votes() -> None:
    """With two seats there is room from one vote each to two."""
    figures: dict[str, Any] = {"turnout_percentage": 40.0, "total_electorate": 2_500}

    assert found(declared("north", [(CON, 600), (LAB, 420)], 2, **figures)) == []
    only(
        found(declared("north", [(CON, 600), (LAB, 220)], 2, **figures)), "820 in all, where 1,000"
    )


def test_the_electorate_of_another_ward() -> None:
    """The ballot was opened with another one: the figures are of another ward."""
    wards = [ward("north", total_electorate=4_000)]

    only(
        found(declared("north", [(CON, 9), (LAB, 5)], total_electorate=4_300), wards=wards),
        "4,300, but the ballot was opened with 4,000",
    )
    assert found(declared("north", [(CON, 9), (LAB, 5)], total_electorate=4_100), wards=wards) == []


def test_many_spoilt_ballot_papers() -> None:
    """3 % of them."""
    said = declared("north", [(CON, 60), (LAB, 37)], num_turnout_reported=100, num_spoilt_ballots=3)

    only(found(said), "num_spoilt_ballots: 3 of 100")


def test_a_candidate_whom_nobody_voted_for() -> None:
    """Somebody signed the nomination; the figures of a shorter list are likelier."""
    only(found(declared("north", [(CON, 9), (LAB, 5), (LD, 0)])), "none for PP90 1")


def test_a_nominee_without_a_line() -> None:
    """Votes of some who are not elected, and not of all."""
    wards = [ward("north", 1, {CON: 1, LAB: 1, LD: 1})]
    said = declared("north", [(CON, 9), (LAB, 5)], elected=[0])

    only(found(said, wards=wards), "votes of 2, where 3 were nominated")


def test_the_elected_alone_are_what_is_often_said_first() -> None:
    """With their votes, or without."""
    wards = [ward("north", 1, {CON: 1, LAB: 1, LD: 1})]

    assert found(declared("north", [(CON, 9)], elected=[0]), wards=wards) == []
    assert found(declared("north", [(CON, None)], elected=[0]), wards=wards) == []


def test_running_mates_who_are_far_apart() -> None:
    """One digit too many for one of them; voters mostly vote for both."""
    said = declared("north", [(CON, 900), (CON, 8_700), (LAB, 700), (LAB, 690)], 2)

    only(found(said), "8,700 for one candidate of PP52 and 900 for another")


@pytest.mark.parametrize(
    ("party", "seats", "system"), [(IND, 2, "plurality"), (CON, 1, "plurality"), (CON, 2, "stv")]
)
def test_who_are_no_running_mates(party: str, seats: int, system: ElectoralSystem) -> None:
    """Independents, candidates for one seat, and those of a party under STV."""
    said = declared("north", [(party, 900), (party, 100), (LAB, 700)], seats)

    assert found(said, system=system) == []


def test_transfers_make_good_only_so_much() -> None:
    """Under STV somebody is elected with a third of another's first preferences."""
    votes: Votes = [(CON, 1_000), (LAB, 900), (LD, 280), (GREEN, 710)]

    only(
        found(declared("north", votes, 3, elected=[0, 1, 2]), system="stv"),
        "somebody with 280 first preferences, and not somebody with 710",
    )
    assert found(declared("north", votes, 3, elected=[0, 1, 3]), system="stv") == []


def test_who_reaches_the_quota_has_a_seat() -> None:
    """Under STV, at once."""
    votes: Votes = [(CON, 1_000), (LAB, 900), (LD, 600)]

    only(
        found(declared("north", votes, 2, elected=[0, 2]), system="stv"),
        "not PP53 1, who has 900 first preferences, and the quota is 834",
    )


def test_a_turnout_far_from_the_others() -> None:
    """In percentage points, from the median."""
    said = declared("north", OTHERS[0], turnout_percentage=75.0)

    findings = found(said, *others(OTHERS[1:], turnout_percentage=35.0))

    only(findings, "75.0, where the council's other wards have 35.0")


def test_votes_that_fit_the_turnout_less_than_in_all_other_wards() -> None:
    """A digit of one candidate changed: the others' votes are 100 % of who voted, here 95 %."""
    figures: dict[str, Any] = {"turnout_percentage": 40.0, "total_electorate": 4_000}
    exact = [[(CON, 900 + place), (LAB, 700 - place)] for place in range(4)]
    said = declared("north", [(CON, 830), (LAB, 690)], **figures)

    only(found(said, *others(exact, **figures)), "95.0% of the people who voted")
    assert found(said, *others(exact[:2], **figures)) == []


@pytest.mark.parametrize("votes", [15_000, 300])
def test_far_more_or_fewer_votes_than_elsewhere(votes: int) -> None:
    """A digit too many or too few, where nobody says how many people voted."""
    said = declared("north", [(CON, votes), (LAB, 100)])

    only(found(said, *others([[(CON, 1_500), (LAB, 100)]] * 4)), "where 1,600 would be usual")


def test_a_small_ward_has_few_votes() -> None:
    """If electorates are known, votes for each elector are compared, and more closely."""
    places = [ward(name, total_electorate=8_000) for name in NAMES[1:]]
    rest = others([[(CON, 1_000 + place), (LAB, 1_000)] for place in range(4)])
    said = declared("north", [(CON, 180), (LAB, 160)])

    for electorate, is_odd in ((1_500, False), (4_000, True)):
        wards = [ward("north", total_electorate=electorate), *places]
        assert bool(found(said, *rest, wards=wards)) is is_odd


def test_two_parties_that_have_changed_places() -> None:
    """One is far ahead in all other wards, and far behind here."""
    swapped = declared("north", [(CON, 110), (LAB, 620), (LD, 890)])

    only(found(swapped, *others()), "890 for PP90 and 110 for PP52, which is usually far ahead")
    assert found(swapped, *others()[:2]) == []
    assert found(declared("north", [(CON, 110), (LAB, 620), (IND, 890)]), *others()) == []


def test_a_party_that_did_not_stand_elsewhere_may_win() -> None:
    """Nothing is usual for it."""
    assert found(declared("north", [(CON, 110), (LAB, 620), (GREEN, 890)]), *others()) == []


@pytest.mark.parametrize(
    "votes",
    [
        [(LD, 900), (CON, 610), (LAB, 100)],
        [(CON, 100), (LAB, 610), (GREEN, 900), (LD, 333)],
    ],
)
def test_the_figures_of_another_ward(votes: Votes) -> None:
    """In any order, and also if one of the wards has more candidates."""
    findings = found(declared("north", votes), *others(OTHERS[:1]))

    only(findings, "the figures of South; check that they are of this ward")


def test_two_small_figures_may_be_those_of_another_ward() -> None:
    """Of two candidates with 100 votes or more they are no chance."""
    for con, lab, is_odd in ((90, 14, False), (190, 114, True)):
        votes: Votes = [(CON, con), (LAB, lab)]
        assert bool(found(declared("north", votes), *others([votes]))) is is_odd


def test_a_result_that_does_not_count_is_no_measure() -> None:
    """Nor is the ballot's own."""
    said = declared("north", OTHERS[0])
    wards: Mapping[str, Ward] = folded(
        opened(*(ward(name) for name in NAMES)), *others(OTHERS[:1]), said
    ).wards
    unfit = {**wards, ballot("south"): replace(wards[ballot("south")], fits=False)}

    assert len(odd(declaration(said), said.ballot_paper_id, wards)) == 1
    assert odd(declaration(said), said.ballot_paper_id, unfit) == ()
