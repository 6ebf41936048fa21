from __future__ import annotations

import pytest

from election.count import Count
from election.rules import contribution
from election.rules.contribution import Contribution, PartyContribution
from election.rules.tally import PartyTally
from tests.support.polls import CON, LAB, LD, counted, declared, noticed, opened, ward, won

FIVE = (ward("north", 3, {CON: 3, LAB: 3}), ward("south", 2, {CON: 1, LAB: 2}))


def seats(count: Count) -> dict[str, int]:
    return {party: each.held for party, each in count.ranges.items() if each.held}


def test_postponed_is_undeclared_and_its_nominations_stand() -> None:
    """A postponed poll leaves its seats open, so control is undetermined and not NOC."""
    count = counted(opened(*FIVE), won("south", CON, LAB), noticed("north", "postponed"))

    assert count.control is None
    assert (count.still_open, count.tally.awaited) == (3, 0)
    assert (count.ranges[CON].best, count.ranges[CON].least) == (4, 1)


def test_a_postponed_ward_does_not_stop_a_certain_control() -> None:
    """If the postponed seats cannot matter, control is called without them."""
    count = counted(opened(*FIVE), won("north", LAB, LAB, LAB), noticed("south", "postponed"))

    assert count.control == LAB


def test_a_declaration_ends_a_postponement() -> None:
    """Whenever the notice arrives, the declared result stands."""
    count = counted(opened(*FIVE), won("north", LAB, LAB, LAB), noticed("north", "postponed"))

    assert seats(count) == {LAB: 3}


def test_countermanded_elects_nobody_and_reopens_nominations() -> None:
    """A candidate died, so anyone may win the new poll, even someone who was not nominated."""
    count = counted(opened(*FIVE), noticed("north", "countermanded"))

    assert (count.still_open, count.open_to_any) == (5, 3)
    assert count.ranges[LAB].best == 5
    assert count.ranges[CON].least == 0
    assert count.control is None


def test_the_ballot_of_a_cleared_result_can_be_countermanded() -> None:
    """The result was a mistake; who may win the new poll is open."""
    count = counted(
        opened(*FIVE),
        won("north", LAB, LAB, LAB),
        declared("north", [(LAB, None)], 3, revision=2),
        noticed("north", "countermanded"),
    )

    assert seats(count) == {}
    assert count.wards["local.barsetshire.north.2026-05-07"].stage == "countermanded"
    assert (count.still_open, count.open_to_any) == (5, 3)


def test_a_replacement_poll_has_a_new_ballot_that_replaces_the_old() -> None:
    """The new ballot counts in place of the countermanded one, which no longer counts."""
    again = ward("again", 3, {CON: 3, LAB: 3}, replaces=FIVE[0].ballot_paper_id)
    count = counted(
        opened(*FIVE),
        noticed("north", "countermanded"),
        opened(*FIVE, again, total=8, revision=2),
        won("again", LAB, LAB, LAB),
    )

    assert seats(count) == {LAB: 3}
    assert (count.tally.wards, count.tally.decided, count.still_open) == (2, 1, 5)


def test_a_replacement_poll_counts_if_the_old_ballot_is_no_longer_listed() -> None:
    """The old ballot may leave the list when the new one comes, and then does not count."""
    again = ward("again", 3, {CON: 3, LAB: 3}, replaces=FIVE[0].ballot_paper_id)
    count = counted(
        opened(*FIVE), noticed("north", "countermanded"), opened(again, FIVE[1], revision=2)
    )

    assert (count.tally.wards, count.still_open, count.open_to_any) == (2, 5, 0)


def test_an_uncontested_ward_elects_its_nominees_without_a_poll() -> None:
    """As many nominees as seats are elected as soon as that is known."""
    count = counted(opened(ward("north", 2, {CON: 1, LD: 1})), noticed("north", "uncontested"))

    assert seats(count) == {CON: 1, LD: 1}
    assert (count.filled, count.still_open, count.tally.decided) == (2, 0, 1)


def test_an_under_contested_ward_leaves_vacancies() -> None:
    """Fewer nominees than seats are elected, and the other seats stay vacant in the total."""
    count = counted(opened(ward("north", 3, {CON: 1})), noticed("north", "uncontested"))

    assert seats(count) == {CON: 1}
    assert (count.filled, count.vacant, count.control) == (1, 2, "NOC")


def test_nominations_alone_can_force_seats() -> None:
    """Too few opponents leave a party seats that no vote can take."""
    count = counted(opened(ward("north", 3, {CON: 3, LAB: 1})))

    assert (count.ranges[CON].least, count.ranges[CON].best) == (2, 3)
    assert (count.ranges[LAB].least, count.ranges[LAB].best) == (0, 1)
    assert count.control == CON


def test_an_uncontested_notice_waits_for_unknown_nominations() -> None:
    """Who is elected without a poll is not known before the nominations are."""
    blank = counted(opened(ward("north", 1)), noticed("north", "uncontested"))
    known = counted(
        opened(ward("north", 1)),
        noticed("north", "uncontested"),
        opened(ward("north", 1, {LD: 1}), revision=2),
    )

    assert (blank.still_open, blank.control) == (1, None)
    assert seats(known) == {LD: 1}


def test_a_recount_moves_nothing() -> None:
    """A recount is a status: only a declaration moves totals."""
    before = counted(opened(*FIVE), won("north", LAB, CON, CON))
    after = counted(
        opened(*FIVE),
        won("north", LAB, CON, CON),
        noticed("north", "recount"),
        noticed("south", "recount"),
    )

    assert before.tally == after.tally


def test_a_tied_ward_is_undeclared() -> None:
    """Until the lot is drawn, anyone nominated may win the seats."""
    count = counted(
        opened(ward("north", 1, {CON: 1, LAB: 1})), declared("north", [(CON, 9), (LAB, 9)])
    )

    assert (count.tally.decided, count.still_open, count.control) == (0, 1, None)
    assert count.wards["local.barsetshire.north.2026-05-07"].tied


def test_a_casual_vacancy_polled_with_the_ward_adds_a_seat_to_it() -> None:
    """The declaration says so, and then its own number of seats counts."""
    count = counted(
        opened(ward("north", 1, {CON: 2, LAB: 2}), total=3),
        declared("north", [(CON, 9), (LAB, 8), (CON, 2), (LAB, 1)], seats=2, casual_vacancies=1),
    )

    assert seats(count) == {CON: 1, LAB: 1}
    assert (count.tally.seats, count.vacant) == (2, 1)


def test_a_ballot_that_is_not_listed_does_not_count() -> None:
    """A by-election for another term on the same day does not change the council's count."""
    count = counted(
        opened(ward("north", 1, {CON: 1, LAB: 1})), won("elsewhere", LAB), won("north", CON)
    )

    assert seats(count) == {CON: 1}
    assert count.control == CON


def test_facts_that_come_before_the_opening_count_once_it_comes() -> None:
    """Results and notices that arrive before the opening wait for it."""
    count = counted(
        won("north", LAB, LAB, LAB), noticed("south", "recount"), opened(*FIVE, before=CON)
    )

    assert seats(count) == {LAB: 3}
    assert count.outcome == "gain"


def test_a_dropped_ward_takes_its_seats_with_it() -> None:
    """A later opening replaces the whole of an earlier one."""
    count = counted(opened(*FIVE), won("south", LAB, LAB), opened(FIVE[0], total=3, revision=2))

    assert seats(count) == {}
    assert (count.still_open, count.tally.wards) == (3, 1)


@pytest.mark.parametrize(
    ("listed", "name"), [(True, "North"), (False, "North East")], ids=["listed", "not listed"]
)
def test_a_ward_is_called_by_its_name_or_after_its_ballot_id(*, listed: bool, name: str) -> None:
    """A ballot that is not listed has only an id."""
    place = "north" if listed else "north-east"
    count = counted(opened(FIVE[0]), noticed(place, "counting"))

    assert name == count.wards[f"local.barsetshire.{place}.2026-05-07"].name


def test_stv_wards_count_by_their_flags() -> None:
    """Under STV the flags decide, margins and votes to flip are not computed."""
    count = counted(
        opened(ward("north", 2, {CON: 2, LAB: 2}), electoral_system="stv"),
        declared("north", [(CON, 90), (CON, 80), (LAB, 70), (LAB, 1)], 2, elected=[0, 2]),
    )
    north = count.wards["local.barsetshire.north.2026-05-07"]

    assert seats(count) == {CON: 1, LAB: 1}
    assert (north.margin, north.votes_to_flip, north.costs(CON, 1)) == (None, None, ())


def test_stv_without_flags_is_undeclared() -> None:
    """First preferences do not fill a seat."""
    count = counted(
        opened(ward("north", 1, {CON: 1, LAB: 1}), electoral_system="stv"),
        declared("north", [(CON, 90), (LAB, 70)]),
    )

    assert (count.tally.decided, count.still_open) == (0, 1)


def test_a_party_that_a_correction_takes_from_the_ballot_is_gone() -> None:
    """A corrected slip leaves no party without seats or candidates behind."""
    blank = opened(FIVE[0], ward("south", 2))
    count = counted(
        blank, won("south", "PP1", "PP1"), declared("south", [(CON, 9), (LAB, 8)], 2,
        elected=[0, 1], revision=2),
    )  # fmt: skip
    slip = counted(blank, won("south", "PP1", "PP1"))
    right = counted(blank, won("north", LAB, LAB, LAB), won("south", "PP1", "PP1"))

    assert {CON, LAB} == set(count.ranges)
    assert {CON, LAB, "PP1"} == set(slip.ranges) == set(right.ranges)


def test_a_party_that_leaves_one_ballot_stands_on_the_others() -> None:
    """A party leaves the count only with its last ward."""
    count = counted(
        opened(ward("north", 3), ward("south", 2)),
        won("north", "PP1", "PP1", "PP1"),
        won("south", "PP1", "PP1"),
        won("south", LAB, CON, revision=2),
    )

    assert (count.ranges["PP1"].held, count.tally.parties["PP1"].stood) == (3, 1)


def test_a_contribution_says_what_a_ward_adds() -> None:
    """Its seats, whether it is decided or awaited, and what each party gets."""
    known = {CON: 2, LAB: 1}

    assert contribution.decided({CON: 2}, known, 3) == Contribution(
        {CON: PartyContribution(won=2, stood=1), LAB: PartyContribution(stood=1)},
        wards=1,
        decided=1,
        seats=3,
        filled=2,
    )
    assert contribution.undecided(known, 2, awaited=True) == Contribution(
        {
            CON: PartyContribution(most=2, fewest=1, stood=1),
            LAB: PartyContribution(most=1, stood=1),
        },
        wards=1,
        awaited=1,
        seats=2,
        still_open=2,
    )
    assert contribution.undecided(known, 2, awaited=False).awaited == 0
    assert contribution.open_to_any(known, 2, awaited=True) == Contribution(
        {CON: PartyContribution(stood=1), LAB: PartyContribution(stood=1)},
        wards=1,
        awaited=1,
        seats=2,
        still_open=2,
        open_to_any=2,
    )
    assert contribution.open_to_any((), 2, awaited=False) == Contribution(
        {}, wards=1, seats=2, still_open=2, open_to_any=2
    )


def test_wards_whose_poll_is_off_are_not_awaited() -> None:
    """A ward with unknown nominations is still expected; a countermanded one is not."""
    opening = opened(ward("north"), *FIVE[1:], ward("west", 1, {CON: 1, LAB: 1}))

    assert counted(opening).tally.awaited == 3
    assert counted(opening, noticed("north", "countermanded")).tally.awaited == 2
    assert counted(opening, noticed("west", "postponed")).tally.awaited == 2
    assert counted(opening, noticed("west", "recount")).tally.awaited == 3


def test_a_party_in_the_standing_stays_in_the_count() -> None:
    """This does not depend on whether it stands anywhere."""
    count = counted(opened(ward("north", 1, {CON: 1}), not_up={LD: 1, CON: 0}))

    assert count.tally.parties == {
        LD: PartyTally(not_up=1, stood=1),
        CON: PartyTally(most=1, fewest=1, stood=2),
    }


@pytest.mark.parametrize("system", ["plurality", "stv"])
def test_a_ward_with_a_result_is_not_tied(system: str) -> None:
    """Nor is an STV ward, whatever its first preferences."""
    opening = opened(ward("north", 1, {CON: 1, LAB: 1}), electoral_system=system)
    level = [(CON, 9), (LAB, 9)]
    north = "local.barsetshire.north.2026-05-07"

    assert not counted(opening, declared("north", level, elected=[0])).wards[north].tied
    assert counted(opening, declared("north", level)).wards[north].tied == (system == "plurality")
