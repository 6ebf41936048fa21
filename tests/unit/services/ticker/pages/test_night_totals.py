from __future__ import annotations

from services.ticker.pages.night_totals import night_totals
from tests.support.past_night import totals_after


def test_a_finished_night_adds_up_to_its_published_totals() -> None:
    """Barnet, Westminster and Wandsworth 2022 are three Labour gains from the Conservatives."""
    night = night_totals(totals_after("three-boroughs-2022", 1.0))
    labour = next(party for party in night.parties if party.key == "PP53")
    conservative = next(party for party in night.parties if party.key == "PP52")

    assert (labour.councils, labour.councils_change) == (3, 3)
    assert (conservative.councils, conservative.councils_change) == (0, -3)
    assert labour.seats_won == 41 + 31 + 35
    assert all(party.councils_change is not None for party in night.parties)
    assert night.councils == night.councils_complete == 3


def test_a_council_in_mid_count_does_not_count_as_a_loss() -> None:
    """Seat changes add up only complete councils."""
    night = night_totals(totals_after("three-boroughs-2022", 0.3))

    assert night.councils_complete == 0
    assert all(party.change_eve_of_poll is None for party in night.parties)


def test_there_is_no_change_if_nobody_knows_who_had_control() -> None:
    """A council whose control before is unknown is counted as held, and never as a change."""
    night = night_totals(totals_after("london-2014", 0.5, shuffled=True))

    assert night.councils_of_unknown_prior == night.councils_determined > 0
    assert {party.councils_change for party in night.parties} == {None}


def test_an_unknown_baseline_is_not_shown() -> None:
    """A night without the seats held before has no columns of dashes."""
    england = night_totals(totals_after("england-2021", 0.1))
    boroughs = night_totals(totals_after("three-boroughs-2022", 0.1))

    assert (england.eve_of_poll_known, england.last_election_known) == (False, False)
    assert boroughs.eve_of_poll_known or boroughs.last_election_known


def test_a_change_says_how_many_councils_it_adds_up() -> None:
    """Of the 181 councils of 2012, 31 say what was held on the eve, and 111 before that."""
    night = night_totals(totals_after("councils-2012", 1.0))
    labour = next(party for party in night.parties if party.key == "PP53")

    assert (night.councils, night.councils_complete) == (181, 170)
    assert (night.eve_of_poll_covers, night.last_election_covers) == (31, 111)
    assert labour.change_last_election is not None


def test_seats_won_leave_out_councils_where_seats_not_up_are_unknown() -> None:
    """Worcester has 35 seats, of which a third were up in 2012."""
    every = totals_after("councils-2012", 1.0)
    worcester = next(totals for totals in every if totals.name == "Worcester")
    night = night_totals([worcester])

    assert (worcester.seats_won_known, night.councils_of_unknown_won) == (False, 1)
    assert night.seats_declared == sum(party.seats_won for party in night.parties) == 0
    assert night_totals(every).councils_of_unknown_won > 0


def test_a_council_that_is_certain_before_any_vote_is_not_decided() -> None:
    """It is counted, and compared with its control before, once votes are declared."""
    (decided,) = totals_after("barnet-2014", 1.0)
    early = decided.model_copy(update={"before_any_vote": True, "complete": False})
    held = next(party for party in night_totals([decided]).parties if party.key == "PP52")
    night = night_totals([early])

    assert (held.councils, held.councils_change) == (1, 0)
    assert night.councils_determined == night.councils_of_unknown_prior == 0
    assert {(party.councils, party.councils_change) for party in night.parties} == {(0, None)}


def test_a_council_declared_as_a_whole_is_complete() -> None:
    """Whether or not its wards are listed and declare later."""
    (whole,) = [
        totals.model_copy(update={"wards_total": 3, "wards_declared": 0})
        for totals in totals_after("councils-2012", 1.0)
        if totals.name == "Bradford"
    ]

    assert night_totals([whole]).councils_complete == 1
