from __future__ import annotations

from datetime import UTC, datetime

import pytest

from election.council import Council
from election.fold import Effects, apply
from schemas.events import Event
from tests.support.polls import (
    CON,
    LAB,
    LD,
    as_a_whole,
    ballot,
    declared,
    folded,
    noticed,
    opened,
    ward,
    won,
)

WARDS = [ward("north", 2, {CON: 2, LAB: 2}), ward("south", 1, {CON: 1, LAB: 1})]
OPENING = opened(*WARDS, before=CON)
AT = datetime(2026, 5, 8, 3, 0, tzinfo=UTC)


def refused(event: Event, council: Council) -> str:
    after, effects = apply(event, council)
    assert after is council
    assert effects == Effects(conflict=effects.conflict)
    assert effects.conflict is not None
    return effects.conflict


def test_a_change_is_a_new_version() -> None:
    """Versions count the changes of a council, from its first event on."""
    council, effects = apply(OPENING, None)
    later, then = apply(won("south", CON), council)

    assert (1, True, (ballot("north"), ballot("south"))) == (
        council.version,
        effects.changed,
        effects.ballots,
    )
    assert (2, True, (ballot("south"),)) == (later.version, then.changed, then.ballots)


@pytest.mark.parametrize(
    "stale",
    [
        opened(*WARDS, before=LAB, revision=1),
        won("south", LAB, revision=2),
        noticed("south", "postponed", 1),
        as_a_whole({LAB: 1}, 2),
    ],
    ids=lambda event: event.type,
)
def test_a_lower_revision_changes_nothing(stale: Event) -> None:
    """An older event returns the same council, whatever it says."""
    council = folded(
        opened(*WARDS, before=CON, revision=2),
        won("south", CON, revision=3),
        noticed("south", "counting", 2),
        as_a_whole({CON: 1}, 3),
    )
    after, effects = apply(stale, council)

    assert after is council
    assert effects == Effects()


@pytest.mark.parametrize(
    "again",
    [
        opened(*WARDS, before=CON, seq=9, source="another"),
        won("south", CON, seq=9, source="another", declared_at=AT),
        noticed("south", "recount", seq=9, source="another"),
        as_a_whole({CON: 2}, seq=9, source="another"),
    ],
    ids=lambda event: event.type,
)
def test_the_same_fact_again_changes_nothing(again: Event) -> None:
    """It does not matter who sends it and when."""
    council = folded(OPENING, won("south", CON), noticed("south", "recount"), as_a_whole({CON: 2}))
    after, effects = apply(again, council)

    assert after is council
    assert effects == Effects()


@pytest.mark.parametrize(
    "other",
    [
        opened(*WARDS, before=LAB),
        won("south", LAB),
        noticed("south", "postponed"),
        noticed("south", "recount", recount=2),
        as_a_whole({CON: 1}),
    ],
    ids=["opened", "declared", "status", "recount", "whole"],
)
def test_another_content_under_a_known_revision_is_a_conflict(other: Event) -> None:
    """One of the two is wrong, and a correction would have a revision of its own."""
    council = folded(OPENING, won("south", CON), noticed("south", "recount"), as_a_whole({CON: 2}))

    assert refused(other, council) == (
        "revision: 1 is known with other content; give a correction a higher revision"
    )


def test_a_live_event_never_enters_a_rehearsal() -> None:
    """The first event sets the mode in which a council is counted."""
    live = won("south", CON).model_copy(update={"mode": "live"})

    assert refused(live, folded(OPENING)) == (
        "mode: live, but local.barsetshire.2026-05-07 is counted as rehearsal;"
        " give each a namespace of its own"
    )


def test_an_event_of_another_council_is_a_mistake_of_the_caller() -> None:
    """Events are routed by council before they are folded."""
    other = won("south", CON).model_copy(update={"council": "local.rutshire.2026-05-07"})

    with pytest.raises(ValueError, match=r"local\.rutshire\.2026-05-07 is not local\.barsetshire"):
        apply(other, folded(OPENING))


def test_more_seats_than_the_council_has_are_a_conflict() -> None:
    """A casual vacancy must fit into the total number of seats."""
    event = declared("south", [(CON, 9), (LAB, 8), (LD, 7)], seats=3)

    assert refused(event, folded(OPENING)) == (
        "seats_contested: 3 in local.barsetshire.south.2026-05-07 are 2 more than were counted,"
        " but the council has 0 seats to spare; correct seats_contested, or open the council"
        " again"
    )


def test_room_for_more_seats_is_shared_by_all_wards() -> None:
    """A spare seat can be used only once."""
    council = folded(
        opened(*WARDS, total=5),
        declared("south", [(CON, 9), (LAB, 8), (LD, 7)], seats=2),
    )
    north = [(CON, 9), (LAB, 8), (LD, 7), (CON, 3)]

    assert "but the council has 1 seat to spare" in refused(
        declared("north", [*north, (LD, 1)], seats=4), council
    )
    assert apply(declared("north", north, seats=3), council)[1].changed


def test_a_correction_can_take_back_the_seats_of_a_casual_vacancy() -> None:
    """Only the difference in seats must fit."""
    council = folded(
        opened(*WARDS, total=4),
        declared("south", [(CON, 9), (LAB, 8), (LD, 7)], seats=2),
        declared("south", [(CON, 9), (LAB, 8), (LD, 6)], seats=2, revision=2),
        declared("south", [(CON, 9), (LAB, 8), (LD, 6)], seats=1, revision=3),
    )

    assert council.count is not None
    assert (council.count.tally.seats, council.count.filled) == (3, 1)


def test_a_tie_leaves_open_as_many_seats_as_were_declared() -> None:
    """Its ward may have been listed with more, which another ward has taken since."""
    council = folded(
        opened(*WARDS, total=3),
        won("north", CON),
        declared("south", [(CON, 9), (LAB, 8), (LD, 7)], seats=2),
        declared("north", [(CON, 9), (LAB, 9)], seats=1, revision=2),
    )

    assert council.count is not None
    assert (council.count.tally.seats, council.count.still_open) == (3, 1)
    assert [council.count.ranges[party].best for party in (CON, LAB, LD)] == [2, 2, 0]


def test_a_ballot_that_does_not_count_has_as_many_seats_as_it_says() -> None:
    """A by-election takes none of the council's seats."""
    event = declared("elsewhere", [(CON, 9), (LAB, 8), (LD, 7)], seats=2)

    assert apply(event, folded(OPENING))[1].conflict is None


def test_an_early_declaration_that_does_not_fit_is_stored_and_not_counted() -> None:
    """The opening has no room for its seats; a later opening that has room counts it."""
    event = declared("south", [(CON, 9), (LAB, 8), (LD, 7)], seats=2)
    tight = folded(event, OPENING)
    roomy = folded(event, OPENING, opened(*WARDS, total=4, revision=2))

    assert tight.count is not None
    assert (tight.count.filled, tight.count.still_open) == (0, 3)
    assert roomy.count is not None
    assert (roomy.count.filled, roomy.count.still_open) == (2, 2)


def test_a_tie_that_does_not_fit_awaits_no_lot() -> None:
    """It is not counted, so there is no tie; nor is there one before a declaration."""
    council = folded(declared("south", [(CON, 9), (LAB, 9), (LD, 9)], seats=2), OPENING)

    assert not council.wards[ballot("south")].tied
    assert not council.wards[ballot("north")].tied


def test_early_declarations_share_the_room_there_is() -> None:
    """The first listed ward gets it."""
    big = [(CON, 9), (LAB, 8), (LD, 7), (CON, 1)]
    council = folded(
        declared("north", big, seats=3),
        declared("south", big[:3], seats=2),
        opened(*WARDS, total=4),
    )

    assert council.count is not None
    assert (council.count.filled, council.count.still_open) == (3, 1)
    assert not council.wards[ballot("south")].fits


def test_a_correction_of_a_declaration_that_did_not_fit_counts() -> None:
    """The next revision is judged on its own."""
    council = folded(
        declared("south", [(CON, 9), (LAB, 8), (LD, 7)], seats=2),
        OPENING,
        declared("south", [(CON, 9), (LAB, 8), (LD, 7)], seats=1, revision=2),
    )

    assert council.count is not None
    assert council.count.filled == 1


def test_uncontested_with_more_nominees_than_seats_is_a_conflict() -> None:
    """Somebody withdrew, or the notice is wrong."""
    assert refused(noticed("south", "uncontested"), folded(OPENING)) == (
        "status: uncontested, but 2 candidates stand for 1 seat in"
        " local.barsetshire.south.2026-05-07; open the council again without those who withdrew"
    )


def test_a_council_result_with_more_seats_than_the_council_is_a_conflict() -> None:
    """A council cannot have more members than seats."""
    assert refused(as_a_whole({CON: 4}), folded(OPENING)) == (
        "seats: 4 in all, but local.barsetshire.2026-05-07 has 3; correct seats, or open the"
        " council again"
    )
    assert apply(as_a_whole({CON: 3}), folded(OPENING))[1].conflict is None


def test_a_new_ballot_is_stored_without_a_count() -> None:
    """Events before the opening are stored, but nothing can be counted."""
    council, effects = apply(won("south", CON), None)

    assert council.count is None
    assert (True, (ballot("south"),), ()) == (effects.changed, effects.ballots, effects.alerts)


def test_nominees_are_dropped_once_their_ward_has_declared() -> None:
    """The declaration has them all, except the office of notable ones."""
    before = folded(OPENING).wards[ballot("north")].contest
    after = folded(OPENING, won("north", CON, LAB)).wards[ballot("north")].contest
    late = folded(won("north", CON, LAB), OPENING).wards[ballot("north")].contest

    assert before is not None
    assert len(before.nominees) == 4
    assert after == late == before._replace(nominees=())


def test_a_ward_that_is_no_longer_listed_is_forgotten_unless_something_happened_there() -> None:
    """Results and notices are stored; a ward without either is not."""
    again = opened(WARDS[0], revision=2)

    assert set(folded(OPENING, again).wards) == {ballot("north")}
    assert set(folded(OPENING, won("south", CON), again).wards) == {
        ballot("north"),
        ballot("south"),
    }
    assert set(folded(OPENING, noticed("south", "recount"), again).wards) == {
        ballot("north"),
        ballot("south"),
    }


def test_a_ward_that_is_forgotten_is_among_those_that_changed() -> None:
    """So that whoever has stored it deletes it."""
    before, _ = apply(OPENING, None)
    after, effects = apply(opened(WARDS[0], revision=2), before)

    assert effects.ballots == (ballot("north"), ballot("south"))
    assert set(after.wards) == {ballot("north")}


def test_a_declared_ward_stores_its_notices() -> None:
    """A notice older than the last one stays stale after the declaration."""
    council = folded(OPENING, noticed("south", "recount", 3), won("south", CON))
    after, effects = apply(noticed("south", "postponed", 2), council)

    assert after is council
    assert effects == Effects()


def test_seats_held_over_leave_no_room() -> None:
    """A casual vacancy can use only seats that are neither up nor held over."""
    event = declared("south", [(CON, 9), (LAB, 8), (LD, 7)], seats=2)
    full = folded(opened(*WARDS, total=7, not_up={LD: 4}))
    roomy = folded(opened(*WARDS, total=8, not_up={LD: 4}))

    assert "the council has 0 seats to spare" in refused(event, full)
    assert apply(event, roomy)[1].conflict is None


@pytest.mark.parametrize("late", [False, True])
def test_a_ballot_that_is_not_listed_is_counted_as_its_council_is(*, late: bool) -> None:
    """In an STV council no ballot has a margin."""
    stv = opened(*WARDS, electoral_system="stv")
    event = declared("elsewhere", [(CON, 9), (LAB, 8)], elected=[0])
    council = folded(stv, event) if late else folded(event, stv)

    assert council.wards[ballot("elsewhere")].system == "stv"
    assert council.wards[ballot("elsewhere")].margin is None


def test_a_holding_that_nobody_stated_takes_no_room() -> None:
    """Seats that nobody is known to hold are free."""
    event = declared("south", [(CON, 9), (LAB, 8), (LD, 7)], seats=2)
    council = folded(event, opened(*WARDS, total=4, not_up={LD: None}))

    assert council.wards[ballot("south")].fits


def test_what_does_not_fit_or_count_takes_no_room() -> None:
    """A declaration that is not counted leaves its seats to the others."""
    big = [(CON, 9), (LAB, 8), (LD, 7), (CON, 2), (LAB, 1)]
    early = [declared("north", big, seats=4), declared("south", big, seats=2)]
    unfit = folded(*early, opened(*WARDS, total=4))
    again = ward("again", 1, {CON: 1}, replaces=WARDS[0].ballot_paper_id)
    three = declared("north", big, seats=3)
    void = folded(three, early[1], opened(*WARDS, again, total=5))

    assert [each.fits for each in unfit.wards.values()] == [False, True]
    assert [void.wards[ballot(name)].fits for name in ("north", "south")] == [True, True]


def test_all_that_is_known_of_a_ballot_that_is_not_listed_is_stored() -> None:
    """That is its result and its notice."""
    council = folded(won("west", CON), noticed("west", "recount", 2), OPENING)
    west = council.wards[ballot("west")]

    assert west.declared is not None
    assert west.status is not None
