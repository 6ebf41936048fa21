"""What councils add to a party: each number with how many councils it covers."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from election.council import Council
from election.fold import apply
from election.nation.part_sum import NO_COUNCIL, all_of, council_sum
from election.totals import council_totals
from readers.night import load_night
from schemas.party import CONSERVATIVE, LABOUR
from schemas.totals import CouncilTotals


def counted(night: str, seed: int, share: float) -> list[CouncilTotals]:
    """Returns the councils of a night after a share of its declarations in some order."""
    loaded = load_night(night)
    declared = list(loaded.declarations)
    random.Random(seed).shuffle(declared)
    councils: dict[str, Council] = {}
    for event in (*loaded.openings, *declared[: int(len(declared) * share)]):
        councils[event.council] = apply(event, councils.get(event.council))[0]
    found = map(council_totals, councils.values())
    return [totals for totals in found if totals is not None]


@pytest.mark.parametrize("share", [0.0, 0.4, 0.9, 1.0])
@pytest.mark.parametrize("night", ["london-2014", "three-boroughs-2022"])
def test_the_sum_is_that_of_the_councils(night: str, share: float) -> None:
    """Each number by itself, added up in the plainest way, and what it covers."""
    councils = counted(night, 7, share)
    of = all_of(map(council_sum, councils))

    assert of.parties.keys() >= {each.party_id for council in councils for each in council.parties}
    for key, found in of.parties.items():
        rows = [
            (council, party)
            for council in councils
            for party in council.parties
            if party.party_id == key
        ]
        complete = [(council, party) for council, party in rows if council.complete]
        eve = [each.change_eve_of_poll for _, each in complete]
        last = [each.change_last_election for _, each in complete]
        assert (found.seats_won, found.seats_won_covers) == (
            sum(party.seats_won for _, party in rows),
            len(rows),
        )
        assert (found.change_eve_of_poll, found.change_eve_of_poll_covers) == summed(eve)
        assert (found.change_last_election, found.change_last_election_covers) == summed(last)


@pytest.mark.parametrize("share", [0.0, 0.4, 0.9, 1.0])
@pytest.mark.parametrize("night", ["london-2014", "three-boroughs-2022"])
def test_control_is_that_of_the_decided_councils(night: str, share: float) -> None:
    """By what it was before and is now, so that gains and losses follow from one table."""
    councils = counted(night, 7, share)
    decided = [each for each in councils if each.decided]

    of = all_of(map(council_sum, councils))

    assert of.control == Counter((each.control_before, each.control) for each in decided)
    assert of.councils.decided == len(decided)


def summed(changes: list[int | None]) -> tuple[int, int]:
    known = [each for each in changes if each is not None]
    return sum(known), len(known)


def test_parts_of_a_night_add_up_to_the_night() -> None:
    """So that regions and kinds of council are sums of the same shares."""
    councils = counted("london-2014", 5, 0.7)
    sums = [council_sum(each) for each in councils]
    halves = [all_of(part) for part in (sums[:16], sums[16:])]

    assert all_of(halves) == all_of(sums)


def test_a_council_that_goes_leaves_nothing() -> None:
    """So that a sum which was moved a thousand times is that of the councils as they are."""
    sums = [council_sum(each) for each in counted("three-boroughs-2022", 5, 1.0)]

    gone = all_of(sums)
    for each in sums:
        gone = gone.moved(each, NO_COUNCIL)

    assert gone == NO_COUNCIL


def test_london_in_2014_as_it_was_published() -> None:
    """Labour with 20 councils, the Conservatives with nine and one without overall control."""
    councils = counted("london-2014", 1, 1.0)
    of = all_of(map(council_sum, councils))
    controlled: Counter[str] = Counter()
    for (_, now), number in of.control.items():
        controlled[now] += number

    assert (controlled[LABOUR], controlled[CONSERVATIVE]) == (20, 9)
    assert of.councils.complete == len(councils)
