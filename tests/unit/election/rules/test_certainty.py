from __future__ import annotations

from election.rules.certainty import (
    Range,
    certain_control,
    contenders,
    incumbent_out,
    still_needed,
)
from schemas.council_result import CouncilDeclared, PartySeats
from schemas.events import Event
from tests.support.polls import CON, IND, LAB, LD, as_a_whole, counted, declared, opened, ward, won


def test_a_win_is_certain_when_the_fewest_seats_are_a_majority() -> None:
    """Control is called before the last ward as soon as it can no longer be lost."""
    wards = [ward(f"w{number}", 1, {CON: 1, LAB: 1}) for number in range(5)]
    two = counted(opened(*wards), won("w0", CON), won("w1", CON))
    three = counted(opened(*wards), won("w0", CON), won("w1", CON), won("w2", CON))

    assert (two.control, three.control) == (None, CON)


def test_noc_is_certain_when_nobody_can_reach_a_majority() -> None:
    """No overall control is called once no party that may control has the seats left."""
    wards = [ward(f"w{number}", 1, {CON: 1, LAB: 1, LD: 1}) for number in range(4)]
    count = counted(opened(*wards), won("w0", CON), won("w1", LAB))
    called = counted(opened(*wards), won("w0", CON), won("w1", LAB), won("w2", LD))

    assert (count.control, called.control) == (None, "NOC")


def test_a_party_cannot_win_more_than_it_fields() -> None:
    """Best counts the candidates a party has in each open ward."""
    count = counted(opened(ward("north", 3, {CON: 3, LD: 1})))

    assert (count.ranges[CON].best, count.ranges[LD].best) == (3, 1)


def test_anyone_may_win_if_nominations_are_not_known() -> None:
    """Every party can win such seats, even one that nobody has listed."""
    count = counted(opened(ward("north", 2), ward("south", 1, {CON: 1, LAB: 1})))

    assert (count.ranges[CON].best, count.ranges[CON].least) == (3, 0)
    assert (count.open_to_any, count.control) == (2, None)


def test_unknown_nominations_leave_room_for_a_party_nobody_has_listed() -> None:
    """NOC is not certain while the open seats would be a majority by themselves."""
    assert certain_control({}, 2, open_to_any=2) is None
    assert certain_control({}, 3, open_to_any=2) == "NOC"


def test_independents_within_reach_of_a_majority_do_not_keep_noc_open() -> None:
    """Independents cannot control together, so they cannot prevent the call of NOC."""
    parties = {IND: Range(0, 0, 5, 5)}

    assert contenders(parties, 3) == {}
    assert contenders(parties, 3, independents_as_party=True) == parties


def test_a_council_can_be_decided_by_very_few_wards() -> None:
    """By thirds most seats are held over, so 2 of 18 can be enough."""
    wards = [ward(f"w{number}", 1, {LAB: 1, CON: 1}) for number in range(18)]
    opening = opened(*wards, not_up={LAB: 26, CON: 6, LD: 4}, before=LAB)

    assert counted(opening, won("w0", LAB)).control is None
    assert counted(opening, won("w0", LAB), won("w1", LAB)).outcome == "hold"


def test_control_can_be_certain_before_any_ward() -> None:
    """A party that holds a majority of all seats without a poll has won before it."""
    assert counted(opened(ward("north", 1, {CON: 1}), not_up={LAB: 5})).control == LAB


def test_the_incumbent_can_be_out_before_the_successor_is_known() -> None:
    """Its best falls short of a majority, whoever will follow."""
    wards = [ward(f"w{number}", 1, {CON: 1, LAB: 1, LD: 1}) for number in range(5)]
    count = counted(opened(*wards, before=CON), *(won(f"w{number}", LD) for number in range(2)))
    out = counted(opened(*wards, before=CON), won("w0", LD), won("w1", LAB), won("w2", LD))

    assert (count.incumbent_out, count.control) == (False, None)
    assert (out.incumbent_out, out.control) == (True, None)


def test_nobody_is_out_if_nobody_was_in_control() -> None:
    """There is no incumbent after no overall control, or if control before is unknown."""
    parties = {CON: Range(0, 0, 0, 0)}

    assert not incumbent_out(None, parties, 3, open_to_any=0)
    assert not incumbent_out("NOC", parties, 3, open_to_any=0)
    assert incumbent_out(CON, parties, 3, open_to_any=0)


def test_an_incumbent_that_nobody_lists_is_out_unless_anyone_may_win() -> None:
    """A party without seats or candidates can win only wards with unknown nominations."""
    assert incumbent_out("PP1", {}, 3, open_to_any=2)
    assert not incumbent_out("PP1", {}, 3, open_to_any=3)


def test_seats_that_nobody_accounts_for_are_open_to_anyone() -> None:
    """Neither up, nor held over, nor said to be vacant: whoever has them may have a majority."""
    north = ward("north", 1, {LAB: 1, CON: 1})
    count = counted(opened(north, total=9, not_up={LAB: 4, CON: None}))

    assert (count.unaccounted, count.still_open, count.open_to_any) == (4, 5, 4)
    assert (count.ranges[CON].best, count.ranges[CON].least) == (5, 0)
    assert (count.ranges[LAB].best, count.ranges[LAB].least) == (9, 4)
    assert (count.vacant, count.control) == (0, None)


def test_no_cycle_closes_a_seat_that_nobody_accounts_for() -> None:
    """Even if the whole council is elected, a ward may be missing from the list."""
    north = ward("north", 1, {LAB: 1})
    count = counted(opened(north, total=3, cycle="all-out", seats_vacant=None))

    assert (count.ranges[LAB].best, count.vacant, count.control) == (3, 0, None)


def test_seats_said_to_be_vacant_are_nobodys() -> None:
    """They count in the total, so they may cost a majority; the other seats are still open."""
    north = ward("north", 1, {LAB: 1})
    vacant = counted(opened(north, total=3, seats_vacant=2))
    partly = counted(opened(north, total=3, seats_vacant=1))

    assert (vacant.vacant, vacant.still_open, vacant.control) == (2, 1, "NOC")
    assert (partly.vacant, partly.unaccounted, partly.control) == (1, 1, None)


def test_the_standing_of_no_party_closes_a_seat() -> None:
    """A party that may hold seats nobody has stated can have any of them, and so can others."""
    north = ward("north", 1, {LAB: 1})
    count = counted(opened(north, total=3, not_up={CON: None}, cycle="all-out"))

    assert (count.ranges[CON].best, count.ranges[LAB].best, count.control) == (2, 3, None)


def test_a_party_listed_under_two_ids_is_one() -> None:
    """Joint and Labour standing add up under Labour."""
    count = counted(
        opened(ward("north", 1, {CON: 1}), total=6, not_up={LAB: 2, "joint-party:53-119": 1})
    )

    assert (count.ranges[LAB].not_up, count.ranges[LAB].least) == (3, 3)


def test_contenders_may_control_and_can_still_reach_a_majority() -> None:
    """A party whose best is one seat short is no contender."""
    assert contenders({CON: Range(10, 20, 32, 30), LAB: Range(10, 0, 31, 10)}, 32) == {
        CON: Range(10, 20, 32, 30)
    }


def test_needs_are_the_seats_short_of_a_majority() -> None:
    """What a contender still needs, nothing once it has a majority."""
    assert still_needed(Range(10, 20, 36, 30), 32) == 2
    assert still_needed(Range(10, 23, 36, 33), 32) == 0


def test_a_council_can_be_declared_as_a_whole() -> None:
    """Without wards the council's own result gives seats and control."""
    count = counted(
        opened(total=120, not_up={LAB: 48, CON: 21, LD: 11}, before="NOC"),
        as_a_whole({LAB: 77, CON: 28, LD: 15}),
    )

    assert (count.control, count.outcome) == (LAB, "gain_from_noc")
    assert {party: each.won for party, each in count.ranges.items()} == {LAB: 29, CON: 7, LD: 4}
    assert (count.filled, count.vacant, count.still_open) == (40, 0, 0)


def test_a_result_is_a_running_score_until_it_fills_every_seat_or_says_final() -> None:
    """Until then the seats that it leaves out are open; then they are vacant."""
    scored = {LAB: 2, CON: 2}
    running = counted(opened(total=5, seats_vacant=None), as_a_whole(scored))
    final = counted(opened(total=5, seats_vacant=None), as_a_whole(scored, final=True))
    known = counted(opened(total=5, seats_vacant=1), as_a_whole(scored))
    later = counted(
        opened(total=5, seats_vacant=None), as_a_whole(scored), as_a_whole({LAB: 3, CON: 2}, 2)
    )

    assert (running.still_open, running.vacant, running.control) == (1, 0, None)
    assert (running.ranges[LAB].best, running.ranges[LAB].least) == (3, 2)
    assert (final.still_open, final.vacant, final.control) == (0, 1, "NOC")
    assert (known.still_open, known.vacant, known.control) == (0, 1, "NOC")
    assert (later.still_open, later.control) == (0, LAB)


def test_a_running_score_leaves_no_more_open_than_are_not_vacant() -> None:
    """A party that has a majority already has won, whoever has the others."""
    count = counted(opened(total=9, seats_vacant=2), as_a_whole({LAB: 5}))

    assert (count.still_open, count.vacant, count.control) == (2, 2, LAB)
    assert count.ranges[LAB] == Range(0, 5, 7, 5)


def test_a_party_that_a_running_score_does_not_list_may_have_what_is_open() -> None:
    """Even one that is not known at all, so there is no majority against it yet."""
    count = counted(opened(total=5, not_up={LD: 2}, seats_vacant=None), as_a_whole({CON: 1}))

    assert (count.ranges[LD], count.open_to_any) == (Range(0, 0, 4, 0), 4)
    assert count.control is None


def test_a_council_result_counts_until_every_listed_ward_has_declared() -> None:
    """From then on the wards count."""
    wards = [ward("north", 1, {CON: 1, LAB: 1}), ward("south", 2, {CON: 2, LAB: 2})]
    events: list[Event] = [opened(*wards), as_a_whole({LAB: 3}), won("north", CON)]

    assert counted(*events).control == LAB
    assert counted(*events, won("south", CON, LAB)).control == CON


def test_a_council_result_leaves_nothing_to_parties_nobody_has_listed() -> None:
    """Open wards with unknown nominations then do not matter."""
    count = counted(opened(ward("north", 3)), as_a_whole({LAB: 2, CON: 1}))

    assert (count.open_to_any, count.control, count.ranges[CON].best) == (0, LAB, 1)


def test_a_council_result_with_more_seats_than_the_council_does_not_count() -> None:
    """It came before the opening that shows it cannot be right."""
    count = counted(as_a_whole({LAB: 9}), opened(ward("north", 3, {LAB: 3, CON: 3})))

    assert (count.council_result, count.control) == (None, None)


def test_a_council_result_says_how_many_of_the_seats_were_won() -> None:
    """Seats won are as stated, or else those beyond the seats held over; never more than all."""
    event = as_a_whole({LAB: 5})
    stated = CouncilDeclared(
        **{
            **event.model_dump(exclude={"seats"}),
            "seats": (
                PartySeats(party_id=LAB, seats=5, seats_won=2),
                PartySeats(party_id=CON, seats=1, seats_won=4),
                PartySeats(party_id="joint-party:53-119", seats=1),
                PartySeats(party_id=LD, seats=2),
            ),
        }
    )
    count = counted(opened(total=9, not_up={LAB: 1, LD: 3}), stated)

    assert Range(4, 2, 6, 6) == count.ranges[LAB]
    assert Range(0, 1, 1, 1) == count.ranges[CON]
    assert Range(2, 0, 2, 2) == count.ranges[LD]


def test_a_party_that_a_council_result_leaves_out_has_nothing() -> None:
    """Not even the seats that it was said to keep without a poll."""
    count = counted(opened(total=5, not_up={LD: 1}), as_a_whole({LAB: 2, CON: 2}))

    assert count.ranges == {LD: Range(0, 0, 0, 0), LAB: Range(0, 2, 2, 2), CON: Range(0, 2, 2, 2)}
    assert count.filled == 4


def test_a_seat_of_a_declared_ward_is_vacant_if_nobody_is_left_to_fill_it() -> None:
    """Seats that may be somebody's are not."""
    count = counted(
        opened(
            ward("north", 3, {LAB: 1}),
            ward("south", 1, {CON: 1, LAB: 1}),
            total=9,
            not_up={LAB: 2, CON: None},
        ),
        declared("north", [(LAB, None)], 3, elected=[0]),
    )

    assert (count.tally.seats, count.filled, count.still_open, count.vacant) == (4, 1, 4, 2)


def test_if_no_seat_is_left_over_a_holding_not_stated_is_none() -> None:
    """The seats up and those stated are all there are."""
    count = counted(opened(ward("north", 1, {LAB: 1, CON: 1}), not_up={LAB: 4, CON: None}))

    assert count.ranges[CON].best == 1


def test_one_ward_can_be_every_listed_ward() -> None:
    """Its declaration then counts instead of the council's result as a whole."""
    events: list[Event] = [opened(ward("north", 1, {CON: 1, LAB: 1})), as_a_whole({LAB: 1})]

    assert counted(*events).control == LAB
    assert counted(*events, won("north", CON)).control == CON
