"""What councils add to a party: each number with how many councils it covers."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from election.council import Council
from election.fold import apply
from election.nation.council_sum import all_of, council_sum
from election.nation.party_sum import PartySum, Sum, added, party_sums
from election.totals import council_totals
from readers.night import load_night
from schemas.party import CONSERVATIVE, LABOUR, NOC
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
    parties = added(map(party_sums, councils))

    for key, found in parties.items():
        rows = [
            (council, party)
            for council in councils
            for party in council.parties
            if party.party_id == key
        ]
        decided = [each for each in councils if each.decided]
        gained = Counter(
            each.control_before
            for each in decided
            if each.control == key and each.control_before not in {None, key}
        )
        lost = Counter(
            each.control
            for each in decided
            if each.control_before == key and each.control not in {None, key}
        )
        complete = [(council, party) for council, party in rows if council.complete]
        eve = [each.change_eve_of_poll for _, each in complete]
        last = [each.change_last_election for _, each in complete]
        assert found.councils == sum(each.control == key for each in decided)
        assert (dict(found.gained_from), dict(found.lost_to)) == (dict(gained), dict(lost))
        assert found.control.number == gained.total() - lost.total()
        if key == NOC:
            continue
        assert found.seats_won == Sum(sum(party.seats_won for _, party in rows), len(rows))
        assert found.eve_of_poll == summed(eve)
        assert found.last_election == summed(last)


def summed(changes: list[int | None]) -> Sum:
    known = [each for each in changes if each is not None]
    return Sum(sum(known), len(known))


def test_what_is_gained_is_lost_by_somebody() -> None:
    """Over all parties, no overall control among them, changes of control come to nothing."""
    parties = added(map(party_sums, counted("england-2021", 3, 1.0)))

    assert sum(each.control.number for each in parties.values()) == 0
    gains = sum(sum(each.gained_from.values()) for each in parties.values())
    assert gains == sum(sum(each.lost_to.values()) for each in parties.values())
    assert gains > 0


def test_parts_of_a_night_add_up_to_the_night() -> None:
    """So that regions and kinds of council are sums of the same shares."""
    councils = counted("london-2014", 5, 0.7)
    whole = added(map(party_sums, councils))
    halves = [added(map(party_sums, part)) for part in (councils[:16], councils[16:])]

    assert added(halves) == whole
    assert all_of(map(council_sum, councils)) == all_of(
        all_of(map(council_sum, part)) for part in (councils[:16], councils[16:])
    )


def test_london_in_2014_as_it_was_published() -> None:
    """Labour with 20 councils, the Conservatives with nine and one without overall control."""
    councils = counted("london-2014", 1, 1.0)
    parties = added(map(party_sums, councils))

    assert (parties[LABOUR].councils, parties[CONSERVATIVE].councils) == (20, 9)
    assert all_of(map(council_sum, councils)).complete == len(councils)


def test_a_sum_over_no_council_is_not_known() -> None:
    """Which is not the same as nothing."""
    assert Sum().known is None
    assert Sum(0, 1).known == 0
    assert PartySum("PP52").eve_of_poll.known is None
