"""What a ward's result says beside when its seats were last fought."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from election.council import Council
from election.fold import apply
from election.snapshot import dump, load
from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.alert import Alert
from schemas.events import Event
from schemas.previous import Previous
from schemas.story import PartyStory, WardStory
from tests.support.earlier import before, poll, redrawn
from tests.support.polls import CON, LAB, LD, ballot, declared, noticed, opened, ward

LD_CON = before(poll({LD: (1_000, 2), CON: (900, 1), LAB: (600, 0)}, turnout=40.0))
VOTES = [(CON, 1_000), (LAB, 900), (LAB, 890), (CON, 880), (LD, 600)]


def council(previous: Previous | None, *events: Event, seats: int = 3) -> tuple[Council, Any]:
    """Returns a council of two wards after events, and the effects of the last."""
    opening = opened(ward("abbey", seats, previous=previous), ward("east", 1, {CON: 1, LAB: 1}))
    found, effects = apply(opening, None)
    for event in events:
        found, effects = apply(event, found)
    return found, effects


def story(previous: Previous | None, *events: Event, seats: int = 3) -> WardStory | None:
    found, _ = council(previous, *events, seats=seats)
    return ward_totals(found, ballot("abbey")).story


def told(previous: Previous, *events: Event, seats: int = 3) -> WardStory:
    found = story(previous, *events, seats=seats)
    assert found is not None
    return found


def text(previous: Previous, *events: Event, seats: int = 3) -> str:
    return told(previous, *events, seats=seats).text


def party(found: WardStory, party_id: str) -> PartyStory:
    (only,) = [each for each in found.parties if each.party_id == party_id]
    return only


def test_a_declared_ward_says_who_gained_from_whom_swing_and_turnout() -> None:
    """Each with the day on which the seats were last fought."""
    found = told(LD_CON, declared("abbey", VOTES, 3, turnout_percentage=42.1))

    assert found.text == (
        "LAB gain 2 from LD since 5 May 2022; swing 4.0 from CON to LAB; turnout 42.1% (+2.1)"
    )
    assert found.last_fought == (date(2022, 5, 5),)
    assert found.compared_with == date(2022, 5, 5)
    assert (found.swing, found.swing_from, found.swing_to) == (4.0, CON, LAB)
    assert (found.turnout_before, found.turnout_change) == (40.0, 2.1)


def test_each_party_has_its_seats_and_shares_beside_those_before() -> None:
    """Shares are of the best-placed candidates: 1,000, 900 and 600 of 2,500."""
    found = told(LD_CON, declared("abbey", VOTES, 3))

    assert party(found, LAB) == PartyStory(
        party_id=LAB,
        party="LAB",
        seats_before=0,
        seats_change=2,
        votes=900,
        share=36.0,
        share_before=24.0,
        share_change=12.0,
    )
    assert (party(found, CON).seats_change, party(found, LD).seats_change) == (0, -2)
    assert [each.party_id for each in found.parties] == [LAB, CON, LD]


@pytest.mark.parametrize(
    ("held", "votes", "expected"),
    [
        ({CON: 2, LD: 1}, [(CON, 9), (CON, 8), (LD, 7), (LAB, 1)], "CON hold 2 and LD hold 1"),
        ({CON: 3}, [(LAB, 9), (LD, 8), (CON, 7), (CON, 1)], "LAB gain 1 and LD gain 1 from CON"),
        ({CON: 2, LD: 1}, [(LAB, 9), (LAB, 8), (LAB, 7), (CON, 1)], "LAB gain 3 from CON and LD"),
        (
            {CON: 2, LD: 1},
            [(LAB, 9), ("PP63", 8), (CON, 7), (LD, 1)],
            "LAB gain 1 and GREEN gain 1, CON lose 1 and LD lose 1",
        ),
    ],
)
def test_gains_and_holds_are_told_by_seat(
    held: dict[str, int], votes: list[tuple[str, int]], expected: str
) -> None:
    """Of several that gained and several that lost it is not known who gained from whom."""
    previous = before(poll({each: (None, seats) for each, seats in held.items()}))
    opening = opened(ward("abbey", 3, previous=previous))
    found, _ = apply(opening, None)
    found, _ = apply(declared("abbey", votes, 3), found)
    line = ward_totals(found, ballot("abbey")).story

    assert line is not None
    assert line.text.split(" since ")[0].split(" last fought ")[0] == expected


@pytest.mark.parametrize(
    ("winner", "expected"),
    [(LAB, "LAB gain from CON since 5 May 2022"), (CON, "CON hold last fought 5 May 2022")],
)
def test_an_only_seat_is_held_or_gained(winner: str, expected: str) -> None:
    """Without its number."""
    previous = before(poll({CON: (500, 1), LAB: (400, 0)}))
    loser = LAB if winner == CON else CON
    found = text(previous, declared("abbey", [(winner, 600), (loser, 300), (LD, 1)]), seats=1)

    assert found.split("; ")[0] == expected


def test_a_by_election_since_is_part_of_who_held_the_seats() -> None:
    """Shares are those of the ordinary election, at which most of the seats were filled."""
    previous = before(
        poll({CON: (900, 2), LAB: (600, 0)}),
        poll({LAB: (700, 1), CON: (400, 0)}, date(2024, 10, 3), turnout=20.0),
    )
    found = told(previous, declared("abbey", VOTES, 3, turnout_percentage=42.1))

    assert (party(found, LAB).seats_before, party(found, CON).seats_before) == (1, 2)
    assert found.text.startswith("LAB gain 1 from CON since 5 May 2022 and 3 October 2024; ")
    assert found.compared_with == date(2022, 5, 5)
    assert (found.turnout_before, found.turnout_change) == (None, None)
    assert party(found, CON).share_before == 60.0


def test_a_seat_that_was_last_fought_at_a_by_election_is_compared_with_that() -> None:
    """As in a ward of which one seat is up."""
    previous = before(poll({LAB: (700, 1), CON: (300, 0)}, date(2024, 10, 3)))
    found = told(previous, declared("abbey", [(CON, 600), (LAB, 400), (LD, 0)]), seats=1)

    assert found.compared_with == date(2024, 10, 3)
    assert party(found, LAB).share_change == -30.0


def test_a_poll_of_which_no_seat_is_up_is_not_when_they_were_last_fought() -> None:
    """Its rows may stand beside those of the by-election that filled the seat."""
    previous = before(
        poll({CON: (900, 0), LAB: (600, 0)}),
        poll({LAB: (700, 1), CON: (300, 0)}, date(2024, 10, 3)),
    )
    found = told(previous, declared("abbey", [(CON, 600), (LAB, 400), (LD, 0)]), seats=1)

    assert found.last_fought == (date(2024, 10, 3),)


def test_nothing_is_compared_across_changed_boundaries() -> None:
    """And the page says why."""
    found = told(redrawn(), declared("abbey", VOTES, 3, turnout_percentage=42.1))

    assert found.text == "boundaries have changed since 5 May 2022, so nothing is comparable"
    assert (found.swing, found.turnout_change, found.compared_with) == (None, None, None)
    for each in found.parties:
        assert (each.seats_before, each.seats_change) == (None, None)
        assert (each.share_before, each.share_change) == (None, None)
    assert party(found, CON).share == 40.0


@pytest.mark.parametrize(
    "held", [{LD: 1, CON: 1, LAB: 0}, {LD: None, CON: 1, LAB: 0}, {LD: 2, CON: None}]
)
def test_no_gain_is_told_unless_it_is_known_who_held_every_seat(
    held: dict[str, int | None],
) -> None:
    """Shares are compared all the same."""
    previous = before(poll({each: (500, seats) for each, seats in held.items()}))
    found = told(previous, declared("abbey", VOTES, 3))

    assert found.text.startswith("last fought 5 May 2022")
    assert all(each.seats_change is None for each in found.parties)
    assert party(found, LD).share_before is not None


def test_a_party_that_did_not_stand_before_has_no_change_of_its_share() -> None:
    """Nor is there a swing to it."""
    previous = before(poll({LD: (1_000, 2), CON: (1_000, 1)}))
    found = told(previous, declared("abbey", VOTES, 3))

    labour = party(found, LAB)
    assert (labour.share, labour.share_before, labour.share_change) == (36.0, None, None)
    assert found.swing is None


def test_shares_wait_until_everybodys_votes_are_stated() -> None:
    """Gains do not."""
    found = told(LD_CON, declared("abbey", [(CON, None), (LAB, None), (LD, None)], 3, [0, 1, 2]))

    assert found.text.startswith("LAB gain 1 from LD since 5 May 2022")
    assert all(each.share is None for each in found.parties)


def test_there_is_no_story_before_every_seat_is_decided() -> None:
    """Nor without a word of what was before, nor of a ballot that nobody lists."""
    part = declared("abbey", [(CON, None), (LAB, None), (LD, None)], 3, [0])

    assert story(LD_CON) is None
    assert story(LD_CON, part) is None
    assert story(LD_CON, noticed("abbey", "recount")) is None
    assert story(None, declared("abbey", VOTES, 3)) is None


def test_a_ward_without_a_contest_has_held_and_gained_seats_too() -> None:
    """Its nominees are elected."""
    opening = opened(ward("abbey", 1, {LAB: 1}, previous=before(poll({CON: (None, 1)}))))
    found, _ = apply(opening, None)
    found, _ = apply(noticed("abbey", "uncontested"), found)
    told_of = ward_totals(found, ballot("abbey")).story

    assert told_of is not None
    assert told_of.text == "LAB gain from CON since 5 May 2022"


def test_a_correction_tells_another_story() -> None:
    """The result that stands is compared."""
    first = declared("abbey", VOTES, 3)
    second = declared("abbey", [*VOTES[:4], (LD, 950)], 3, revision=2)

    assert "LAB gain 2 from LD" in text(LD_CON, first)
    assert "LAB gain 1 from LD" in text(LD_CON, first, second)


def test_the_line_of_a_ward_says_who_gained_and_no_more() -> None:
    """What was held, and what is not comparable, is on its page."""
    gained, changed = (
        ward_totals(council(each, declared("abbey", VOTES, 3))[0], ballot("abbey"))
        for each in (LD_CON, redrawn())
    )

    assert gained.text.endswith("; LAB gain 2 from LD since 5 May 2022")
    assert "boundaries" not in changed.text


def alerts(previous: Previous | None, *events: Event) -> tuple[Alert, ...]:
    found: tuple[Alert, ...] = council(previous, *events)[1].alerts
    return found


def test_an_alert_that_a_ward_causes_has_its_story_as_a_fact() -> None:
    """In few words, behind the facts of the council; nothing where nothing is comparable."""
    event = declared("abbey", VOTES, 3)
    fact = "Abbey: LAB gain 2 from LD since 5 May 2022; swing 4.0 from CON to LAB"

    assert {alert.kind for alert in alerts(LD_CON, event)} == {"decider", "knife_edge"}
    assert all(alert.proof[-1] == fact for alert in alerts(LD_CON, event))
    assert alerts(redrawn(), event) == alerts(None, event)
    told_without = [
        each.model_copy(update={"proof": each.proof[:-1]}) for each in alerts(LD_CON, event)
    ]
    assert told_without == [*alerts(None, event)]


def test_what_was_before_moves_no_total() -> None:
    """It is said beside the count, and never part of it."""
    event = declared("abbey", VOTES, 3)
    with_it, without = (council(each, event)[0] for each in (LD_CON, None))

    assert council_totals(with_it) == council_totals(without)


@pytest.mark.parametrize("previous", [LD_CON, redrawn(), None])
def test_a_snapshot_keeps_what_was_before(previous: Previous | None) -> None:
    """Before the ward declares, and after."""
    for events in ((), (declared("abbey", VOTES, 3),)):
        found, _ = council(previous, *events)
        loaded = load(dump(found))

        assert loaded == found
        assert dump(loaded) == dump(found)
        assert ward_totals(loaded, ballot("abbey")) == ward_totals(found, ballot("abbey"))


def test_an_opening_again_brings_what_was_before_to_wards_that_have_declared() -> None:
    """A newsroom may bring the file late in the night."""
    plain, _ = council(None, declared("abbey", VOTES, 3))
    east = ward("east", 1, {CON: 1, LAB: 1})
    again = opened(ward("abbey", 3, previous=LD_CON), east, revision=2)
    found, effects = apply(again, plain)

    assert ballot("abbey") in effects.ballots
    brought = ward_totals(found, ballot("abbey")).story
    assert brought is not None
    assert brought.text.startswith("LAB gain 2 from LD since 5 May 2022")
