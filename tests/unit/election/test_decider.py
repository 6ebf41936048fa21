from __future__ import annotations

from election.decider import Stake, can_settle_noc, deciders, stakes, the_decider
from election.text.council import hangs_on, who_needs_what
from election.totals import council_totals
from tests.support.polls import (
    CON,
    IND,
    LAB,
    LD,
    as_a_whole,
    ballot,
    counted,
    folded,
    noticed,
    opened,
    ward,
    won,
)

THREE = [ward(name, 3, {CON: 3, LAB: 3, LD: 1}) for name in ("north", "south", "west")]


def test_deciders_are_the_undeclared_wards_of_an_undetermined_council() -> None:
    """Those still expected come first, then the postponed ones."""
    count = counted(opened(*THREE), noticed("north", "postponed"))

    assert [ward.name for ward in deciders(count)] == ["South", "West", "North"]


def test_a_settled_council_has_no_deciders() -> None:
    """The remaining wards cannot change control."""
    count = counted(opened(*THREE), won("north", CON, CON, CON), won("south", CON, CON, CON))

    assert (deciders(count), the_decider(count)) == ((), None)


def test_a_council_result_leaves_nothing_to_decide() -> None:
    """The result states control."""
    count = counted(opened(*THREE[:1]), as_a_whole({CON: 2, LAB: 1}))

    assert (deciders(count), the_decider(count)) == ((), None)


def test_a_ward_with_only_one_possible_result_decides_nothing() -> None:
    """Its nominations have settled its result."""
    count = counted(
        opened(ward("north", 2, {CON: 2}), ward("south", 3, {LAB: 3, CON: 3})),
    )

    assert [ward.name for ward in deciders(count)] == ["South"]


def test_a_council_hangs_on_the_only_ward_still_expected() -> None:
    """Postponed wards do not declare tonight, so they do not prevent it."""
    count = counted(
        opened(*THREE, before=CON), won("north", CON, CON, LAB), noticed("south", "postponed")
    )
    decider = the_decider(count)

    assert decider is not None
    assert hangs_on(count, decider) == (
        "Barsetshire hangs on West: CON hold with all 3 seats, LAB must win 1 of 3 seats to stay"
        " in it"
    )


def test_nothing_hangs_on_one_ward_while_two_are_expected() -> None:
    """Either of them may come first."""
    assert the_decider(counted(opened(*THREE), won("north", CON, CON, LAB))) is None


def test_a_council_can_hang_on_a_postponed_poll() -> None:
    """If all others have declared, the later poll decides."""
    count = counted(
        opened(*THREE, before=LAB),
        won("north", CON, CON, LAB),
        won("west", LAB, LAB, CON),
        noticed("south", "countermanded"),
    )
    decider = the_decider(count)

    assert decider is not None
    assert hangs_on(count, decider) == (
        "Barsetshire hangs on South: CON gain with 2 of 3 seats, LAB hold with 2 of 3 seats,"
        " NOC otherwise"
    )


def test_a_last_expected_ward_that_settles_nothing_is_no_decider() -> None:
    """Whatever its result, the postponed ones leave control undetermined."""
    count = counted(
        opened(*THREE, ward("east", 1, {CON: 1, LAB: 1}), before=CON),
        noticed("north", "postponed"),
        noticed("south", "postponed"),
        won("west", CON, CON, LAB),
    )

    assert the_decider(count) is None
    assert who_needs_what(count, count.wards[ballot("east")]) == (
        "cannot settle it alone, it fills 1 of the 7 seats still open; CON needs 4, LAB needs 5"
    )


def test_a_party_that_must_win_there_to_stay_in_it_is_named() -> None:
    """It cannot win with only that ward, but it can lose there."""
    count = counted(
        opened(*THREE, before=CON), won("north", CON, LAB, LAB), noticed("west", "postponed")
    )

    assert who_needs_what(count, count.wards[ballot("south")]) == (
        "LAB gain with all 3 seats, CON must win 1 of 3 seats to stay in it"
    )


def test_a_ward_can_settle_no_overall_control() -> None:
    """It does if some result there leaves no party able to reach a majority."""
    count = counted(
        opened(
            ward("north", 1, {CON: 1, LAB: 1, LD: 1}),
            ward("south", 1, {CON: 1, LAB: 1}),
            total=4,
            not_up={CON: 1, LAB: 1},
        ),
        noticed("south", "postponed"),
    )
    decider = the_decider(count)

    assert decider is not None
    assert hangs_on(count, decider) == (
        "Barsetshire hangs on North: CON must win the seat to stay in it, LAB must win the seat to"
        " stay in it, NOC is possible"
    )


def test_independents_are_no_stake_unless_marked() -> None:
    """Their seats cannot form a majority, so they are not named."""
    wards = [ward("north", 1, {IND: 1, CON: 1})]
    plain = counted(opened(*wards))
    marked = counted(opened(*wards, independents_as_party=True))

    assert (
        who_needs_what(plain, plain.wards[ballot("north")])
        == "CON win with the seat, NOC otherwise"
    )
    assert (
        who_needs_what(marked, marked.wards[ballot("north")])
        == "CON win with the seat, IND win with the seat"
    )


def test_unknown_nominations_leave_every_outcome_open() -> None:
    """Anyone may win, even a party that nobody has listed, and nobody need win."""
    count = counted(opened(ward("north", 2), not_up={CON: 1}, before=CON))
    decider = the_decider(count)

    assert decider is not None
    assert hangs_on(count, decider) == (
        "Barsetshire hangs on North: CON hold with 1 of 2 seats, NOC is possible"
    )


def test_other_unknown_wards_keep_noc_open() -> None:
    """A party nobody has listed could still win them all."""
    count = counted(
        opened(ward("north", 1, {CON: 1, LAB: 1}), ward("south", 3), before=CON),
        noticed("south", "postponed"),
    )

    assert the_decider(count) is None


def test_a_page_lists_deciders_once_there_are_few() -> None:
    """With more than a dozen wards to come, none of them is a story."""
    wards = [ward(f"w{number}", 1, {CON: 1, LAB: 1}) for number in range(13)]
    many, few = council_totals(folded(opened(*wards))), council_totals(folded(opened(*wards[1:])))

    assert many is not None
    assert few is not None
    assert many.deciders == ()
    assert len(few.deciders) == 12
    assert few.deciders[0].text == (
        "W1: cannot settle it alone, it fills 1 of the 12 seats still open;"
        " CON needs 7, LAB needs 7"
    )


def test_a_ward_that_settles_nothing_says_so_if_nobody_is_known_to_stand() -> None:
    """Without nominations no party can be named, but the seats can."""
    count = counted(opened(ward("north", 2), ward("south", 3)))

    assert who_needs_what(count, count.wards[ballot("north")]) == (
        "cannot settle it alone, it fills 2 of the 5 seats still open"
    )


def test_a_council_hangs_on_no_ward_if_several_polls_are_postponed() -> None:
    """Nor if the only one expected has only one possible result."""
    events = [noticed("north", "postponed"), noticed("south", "postponed")]

    assert the_decider(counted(opened(*THREE[:2]), *events)) is None
    assert the_decider(counted(opened(*THREE[:2], ward("east", 1, {LD: 1})), *events)) is None


def test_a_seat_that_nominations_force_counts_towards_what_is_needed() -> None:
    """One of two seats there is certain; the party still needs the other to settle the council."""
    near = counted(
        opened(
            ward("north", 2, {CON: 2, LAB: 1}),
            ward("south", 3, {LAB: 3, LD: 3}),
            not_up={CON: 3},
        ),
        noticed("south", "postponed"),
    )
    assert stakes(near, near.wards[ballot("north")]) == (Stake(party=CON, settles=2, needs=2),)


def test_what_nominations_force_need_not_be_won() -> None:
    """The seat that keeps a party in contention is certain already."""
    count = counted(
        opened(
            ward("north", 2, {CON: 2, LAB: 1}),
            ward("south", 3, {CON: 3, LD: 3}),
            not_up={LAB: 2},
        ),
        noticed("south", "postponed"),
    )

    assert stakes(count, count.wards[ballot("north")]) == (Stake(party=CON, settles=None, needs=0),)


def test_stakes_are_in_the_order_of_nearness() -> None:
    """First those who can settle the council there, then those who hold most."""
    count = counted(
        opened(ward("north", 4, {CON: 4, LAB: 4, LD: 4}), not_up={CON: 1, LAB: 2, LD: 1}),
    )
    far = counted(
        opened(
            ward("north", 2, {CON: 2, LAB: 2, LD: 2}),
            ward("south", 3, {CON: 3, LAB: 3, LD: 3}),
            not_up={CON: 1, LAB: 2, LD: 3},
        ),
        noticed("south", "postponed"),
    )

    assert [stake.party for stake in stakes(count, count.wards[ballot("north")])] == [LAB, CON, LD]
    assert [(stake.party, stake.settles) for stake in stakes(far, far.wards[ballot("north")])] == [
        (LD, None),
        (LAB, None),
        (CON, None),
    ]
    assert far.majority == 6


def test_noc_needs_room_for_every_seat_of_the_ward() -> None:
    """Seats that must be won and that only contenders can win may give one of them its majority."""
    tight = counted(opened(ward("north", 3, {CON: 3, LAB: 3}), not_up={CON: 1, LAB: 1}))
    roomy = counted(opened(ward("north", 2, {CON: 2, LAB: 2}), not_up={CON: 1, LAB: 1}))
    spare = counted(opened(ward("north", 3, {CON: 3, LAB: 3, LD: 1}), not_up={CON: 1, LAB: 1}))

    assert not can_settle_noc(tight, tight.wards[ballot("north")])
    assert can_settle_noc(roomy, roomy.wards[ballot("north")])
    assert can_settle_noc(spare, spare.wards[ballot("north")])


def test_noc_is_out_of_reach_while_others_could_take_the_rest() -> None:
    """A party nobody has listed could win exactly a majority elsewhere."""
    wards = [ward("north", 2, {CON: 2, LAB: 2}), ward("south", 3), ward("west", 2)]
    exactly = counted(opened(*wards[:2]), noticed("south", "postponed"))
    short = counted(opened(wards[0], wards[2], not_up={CON: 1}), noticed("west", "postponed"))

    assert exactly.majority == exactly.open_to_any == 3
    assert not can_settle_noc(exactly, exactly.wards[ballot("north")])
    assert short.majority == 3
    assert can_settle_noc(short, short.wards[ballot("north")]) is False


def test_a_ward_with_only_one_possible_result_is_not_awaited() -> None:
    """Its declaration changes nothing, so the council hangs on the other."""
    count = counted(opened(ward("east", 2, {LD: 2}), ward("north", 3, {CON: 3, LAB: 3})))
    decider = the_decider(count)

    assert decider is not None
    assert decider.name == "North"


def test_others_can_keep_noc_open_if_nobody_else_contends() -> None:
    """Anyone may win exactly a majority of seats elsewhere."""
    count = counted(
        opened(ward("north", 2, {IND: 2}), ward("south", 3)), noticed("south", "postponed")
    )

    assert (count.majority, count.open_to_any, list(count.contenders)) == (3, 3, [])
    assert not can_settle_noc(count, count.wards[ballot("north")])
