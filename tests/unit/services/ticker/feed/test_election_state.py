from __future__ import annotations

import random

from election.council import Council
from election.fold import apply
from election.totals import council_totals
from readers.night import Night as CountedNight
from readers.night import load_night
from schemas.totals import CouncilTotals
from services.ticker.pages.council_map import lay_out
from services.ticker.pages.council_page import seat_bar
from services.ticker.pages.night_totals import headline
from services.ticker.pages.ranking import (
    NEAREST_MAX,
    STAGES,
    by_drama,
    contenders,
    is_nearest_to_none,
    seats_to_decision,
    seats_to_none,
    stage,
)


def totals_after(night: CountedNight, share: float, *, drawn: bool = False) -> list[CouncilTotals]:
    """Returns the councils of a night once a share of its events has been counted.

    The files tell of one council after the other; `drawn` by lot, all of them are counting.
    """
    councils: dict[str, Council] = {}
    events = list(night.on_the_night)
    if drawn:
        random.Random(1).shuffle(events)
    for event in [*night.openings, *events[: int(share * len(events))]]:
        councils[event.council], _ = apply(event, councils.get(event.council))
    every = [council_totals(council) for council in councils.values()]
    return [totals for totals in every if totals is not None]


def test_a_finished_night_adds_up_to_its_published_totals() -> None:
    """Barnet, Westminster and Wandsworth 2022: three Labour gains, and each baseline apart."""
    strip = headline(totals_after(load_night("three-boroughs-2022"), 1.0))
    labour = next(line for line in strip.lines if line.key == "PP53")
    conservative = next(line for line in strip.lines if line.key == "PP52")

    assert (labour.councils, labour.councils_change) == (3, 3)
    assert (conservative.councils, conservative.councils_change) == (0, -3)
    assert labour.seats_won == 41 + 31 + 35
    assert all(line.councils_change is not None for line in strip.lines)
    assert strip.councils == strip.councils_complete == 3


def test_a_council_in_mid_count_does_not_count_as_a_loss() -> None:
    """Seat changes add up complete councils alone."""
    strip = headline(totals_after(load_night("three-boroughs-2022"), 0.3))

    assert strip.councils_complete == 0
    assert all(line.change_eve_of_poll is None for line in strip.lines)


def test_no_change_is_told_where_nobody_knows_who_had_control() -> None:
    """A council of unknown prior counts as held and never as no change."""
    strip = headline(totals_after(load_night("london-2014"), 0.5, drawn=True))

    assert strip.councils_of_unknown_prior == strip.councils_determined > 0
    assert {line.councils_change for line in strip.lines} == {None}


def test_the_nearest_to_a_decision_comes_first() -> None:
    """Each council is in one stage, and within it ordered by the seats that are missing."""
    councils = totals_after(load_night("england-2021"), 0.5, drawn=True)
    stages = by_drama(councils)
    near = [*stages["deciding"], *stages["close"]]
    missing = [seats_to_decision(totals) for totals in near]

    assert sum(len(stages[name]) for name in STAGES) == len(councils)
    assert missing == sorted(missing)
    assert len(stages["deciding"]) == NEAREST_MAX < len(near)
    assert all(stage(totals) == "deciding" for totals in near)


def test_a_council_says_when_none_is_nearer_than_a_majority() -> None:
    """Whoever leads may need many seats while one more miss leaves nobody in control."""
    councils = totals_after(load_night("england-2021"), 0.5, drawn=True)
    undetermined = [totals for totals in councils if totals.control is None and contenders(totals)]
    nearest = [totals for totals in undetermined if is_nearest_to_none(totals)]

    assert 0 < len(nearest) < len(undetermined)
    assert all(
        seats_to_none(totals) <= min(party.needs or 0 for party in contenders(totals))
        for totals in nearest
    )


def test_a_baseline_that_nobody_knows_is_not_shown() -> None:
    """A night without the seats held before has no columns of dashes."""
    england = headline(totals_after(load_night("england-2021"), 0.1))
    boroughs = headline(totals_after(load_night("three-boroughs-2022"), 0.1))

    assert (england.eve_of_poll_known, england.last_election_known) == (False, False)
    assert boroughs.eve_of_poll_known or boroughs.last_election_known


def test_the_seat_bar_holds_every_seat_once() -> None:
    """Not up, won, open and vacant seats fill the bar exactly, for all of a night's councils."""
    for share in (0.0, 0.4, 1.0):
        for totals in totals_after(load_night("england-2021"), share):
            bar = seat_bar(totals)

            assert sum(segment.seats for segment in bar.segments) == totals.seats_total
            assert abs(sum(segment.width for segment in bar.segments) - 100) < 0.1


def test_every_council_has_a_place_on_the_map_of_its_own() -> None:
    """London has its grid; a night of counties and districts has hexagons and a row below."""
    for name, squares in (("london-2014", True), ("england-2021", False), ("councils-2012", False)):
        councils = totals_after(load_night(name), 0.0)
        layout = lay_out([(totals.council_gss, totals.name) for totals in councils])
        spots = [(tile.x, tile.y) for tile in (*layout.tiles.values(), *layout.empty)]

        assert layout.squares == squares
        assert {totals.council_gss for totals in councils} == set(layout.tiles)
        assert len(spots) == len(set(spots))


def test_two_codes_of_one_place_both_stand_on_the_map() -> None:
    """A council under its new code and one under the old take a tile each; no spot is shared."""
    layout = lay_out([("E07000101", "Old"), ("E07000243", "New")])

    assert set(layout.tiles) == {"E07000101", "E07000243"}
    spots = [(tile.x, tile.y) for tile in (*layout.tiles.values(), *layout.empty)]
    assert len(set(spots)) == len(spots)
