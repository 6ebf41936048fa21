"""What the ticker gives out is read by the project's own readers, and comes to the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from election.council import Council
from election.fold import apply
from election.totals import council_totals
from election.ward_totals import ward_totals
from readers.night import NIGHTS, Night, load_night, read_night
from schemas.council_result import CouncilDeclared
from schemas.events import Event
from schemas.party import party_key
from schemas.spelling import compared
from schemas.ward_totals import WardTotals
from services.archive.counted_log import count_log, election_states
from services.ticker.feed.election_state import CouncilState
from services.ticker.formats.democracy_club import DEMOCRACY_CLUB
from services.ticker.formats.lga import LGA
from services.ticker.formats.press_association import press_association_json
from services.ticker.formats.results import RESULTS
from services.ticker.formats.ward_table import WardTable
from services.ticker.routes.formats import opened
from tests.support.archived import PARTITIONS, log_of
from tests.support.night_writer import Files, candidate
from tests.support.sources import by

TABLES = {"results": RESULTS, "democracy-club": DEMOCRACY_CLUB, "lga": LGA}
PAST = ["barnet-2014", "london-2014", "three-boroughs-2022", "scotland-2012", "england-2021"]


def states(events: Iterable[Event]) -> list[CouncilState]:
    (state,) = election_states(count_log(log_of(events), PARTITIONS))
    return opened(state)


@cache
def past(name: str) -> tuple[Event, ...]:
    """Returns the events of a past night, read once for all forms."""
    return everything(load_night(name))


@cache
def past_states(name: str) -> list[CouncilState]:
    return states(past(name))


@cache
def past_councils(name: str) -> dict[str, Council]:
    return councils(past(name))


def councils(events: Iterable[Event]) -> dict[str, Council]:
    found: dict[str, Council] = {}
    for event in events:
        found[event.council], _ = apply(event, found.get(event.council))
    return found


def everything(night: Night) -> tuple[Event, ...]:
    return (*night.openings, *night.declarations)


def wards(found: Mapping[str, Council]) -> dict[str, WardTotals]:
    return {
        ballot: ward_totals(council, ballot)
        for council in found.values()
        for ballot, ward in council.wards.items()
        if ward.contest is not None
    }


def figures(ward: WardTotals, table: WardTable) -> tuple[Any, ...]:
    """Returns what a form has of a ward. The LGA's has neither lots nor cancelled polls.

    Democracy Club's marks those elected without a contest, which is read as a result.
    """
    is_lga = table is LGA
    is_marked = table is DEMOCRACY_CLUB and ward.status == "uncontested"
    people = sorted(
        (
            compared(each.candidate),
            party_key(each.party_id, each.party) if each.party_id or each.party else "",
            each.votes,
            bool(each.elected),
            each.tied_vote_winner and not is_lga,
        )
        for each in ward.candidates
    )
    return (
        ward.ward,
        ward.seats_contested,
        "" if is_lga else "declared" if is_marked else ward.status,
        people,
        ward.seats_won,
        ward.num_spoilt_ballots,
        ward.num_turnout_reported,
        ward.turnout_percentage,
        ward.total_electorate,
    )


@pytest.mark.parametrize("form", TABLES)
@pytest.mark.parametrize("name", PAST)
def test_a_past_night_is_read_back_as_it_was(name: str, form: str, tmp_path: Path) -> None:
    """Every figure of every ward and every council's control."""
    before = past_councils(name)
    file = tmp_path / f"{form}.csv"
    file.write_bytes(TABLES[form].table(past_states(name)))
    folder = NIGHTS / name

    read = read_night(folder / "councils.csv", folder / "standing.csv", file, mode="rehearsal")

    after = councils(everything(read))
    ours, theirs = wards(before), wards(after)
    assert theirs.keys() == ours.keys()
    assert [
        ballot
        for ballot, ward in ours.items()
        if figures(ward, TABLES[form]) != figures(theirs[ballot], TABLES[form])
    ] == []
    assert {each: _control(after[each]) for each in after} == {
        each: _control(before[each]) for each in before
    }


def _control(council: Council) -> object:
    totals = council_totals(council)
    assert totals is not None
    seats = {party.party_id: party.seats for party in totals.parties if party.seats}
    return totals.control, totals.outcome, totals.complete, seats


@pytest.fixture
def odd_night(tmp_path: Path) -> Files:
    """A ward for each state that a count may have, and names that are awkward."""
    files = Files(tmp_path)
    files.results_header += ",status,tied_vote_winner,spoilt,ballots_cast"
    files.councils = ["2014-05-22,Barnet,E09000003,all-out,12,PP52,0"]

    def row(ward: str, name: str, party: str, votes: object = "", **more: object) -> str:
        tail = (more.pop(column, "") for column in ("status", "tie", "spoilt", "cast"))
        line = candidate(ward, name, party, votes, **more)
        return ",".join([line, *map(str, tail)])

    files.results = [
        row("Declared", "Ann O'Neill", "PP52", 10, elected=1, spoilt=3, cast=19, electorate=40),
        row("Declared", "Siân Smith-Jones", "PP53", 6, elected=0, spoilt=3, cast=19, electorate=40),
        row("Lot", "Cher", "PP52", 8, elected=1, tie=1),
        row("Lot", "Bob Able", "PP53", 8, elected=0),
        row("Tied", "Cy Bee", "PP52", 8),
        row("Tied", "Di Cee", "PP53", 8),
        row("Partial", "Ed Dee", "PP52", "", seats_contested=2, elected=1),
        row("Partial", "Flo Eee", "PP53", "", seats_contested=2),
        row("Partial", "Gus Eff", "PP53", "", seats_contested=2),
        row("Unopposed", "Hal Gee", "PP53", status="uncontested"),
        row("Cancelled", "Ida Aitch", "PP53", status="countermanded"),
        row("Cancelled", "Jo Eye", "PP52", status="countermanded"),
        row("To come", "Kay Jay", "PP53"),
        row("To come", 'Len "Lenny" Kay, Jr', "PP52"),
        row("Recounted", "Mo El", "PP53", status="recount"),
        row("Recounted", "Ned Em", "PP52", status="recount"),
        row("Winners", "Oz En", "PP53", seats_contested=2, elected=1),
        row("Winners", "Pat O", "PP52", seats_contested=2, elected=1),
        row("Winners", "Quin Pee", "PP52", seats_contested=2, elected=0),
        row("Unknown", "", ""),
    ]
    return files


@pytest.mark.parametrize("form", ["results", "democracy-club"])
def test_every_state_of_a_ward_is_read_back(form: str, odd_night: Files, tmp_path: Path) -> None:
    """Also what is not known yet is as unknown as it was."""
    night = odd_night.read()
    before = wards(councils(everything(night)))
    stages = {ward.status for ward in before.values()}
    assert stages >= {"declared", "tied", "partial", "uncontested", "countermanded", "waiting"}
    content = TABLES[form].table(states(everything(night)))
    (tmp_path / "results.csv").write_bytes(content)

    after = wards(councils(everything(odd_night.read_as_written())))

    # Democracy Club has no recounts, and no row of a ward of which nobody is known.
    unsaid = {"Recounted", "Unknown", "Tied"} if form == "democracy-club" else set()
    table = TABLES[form]
    assert {
        ballot: figures(ward, table) for ballot, ward in before.items() if ward.ward not in unsaid
    } == {ballot: figures(ward, table) for ballot, ward in after.items() if ward.ward not in unsaid}


@pytest.mark.parametrize("form", TABLES)
def test_what_waits_for_a_second_source_is_in_no_form(form: str, odd_night: Files) -> None:
    """No figure of a held result is given out."""
    night = odd_night.read()
    held = [by("stringer", "second", event) for event in night.declarations]

    content = TABLES[form].table(states([*night.openings, *held])).decode("utf-8-sig")

    assert "O'Neill" in content
    assert ",10," not in content
    assert ",ELECTED," not in content
    assert ",t,f," not in content


@pytest.mark.parametrize("form", TABLES)
def test_a_council_without_a_code_is_found_by_its_name(
    form: str, odd_night: Files, tmp_path: Path
) -> None:
    """Even where readers are shown another name."""
    odd_night.councils = ["2014-05-22,Barnet,,all-out,12,PP52,0,The Barnet"]
    odd_night.councils_header += ",display_name"
    odd_night.results = [line.replace("E09000003", "") for line in odd_night.results]
    night = odd_night.read()
    (tmp_path / "results.csv").write_bytes(TABLES[form].table(states(everything(night))))

    (council,) = odd_night.read_as_written().openings

    assert (council.council, council.name) == ("local.barnet.2014-05-22", "The Barnet")
    assert len(council.wards) >= len(night.openings[0].wards) - 1


def test_no_cell_of_a_form_is_run_as_a_formula(odd_night: Files) -> None:
    """As in every table of the ticker."""
    odd_night.results[0] = odd_night.results[0].replace("Ann O'Neill", "=1+1")
    night = odd_night.read()

    for table in TABLES.values():
        assert ",=1" not in table.table(states(everything(night))).decode("utf-8-sig")


@pytest.mark.parametrize("name", ["england-2021", "three-boroughs-2022", "councils-2012"])
def test_complete_councils_are_read_back_as_the_press_association_has_them(
    name: str, tmp_path: Path
) -> None:
    """Seats of every party on the new council, and those won; nothing of the others."""
    found = past_states(name)
    file = tmp_path / "councils.json"
    file.write_bytes(press_association_json(found))
    folder = NIGHTS / name

    # Parties have names there and no ids, so it takes the nominations to say who is who.
    read = read_night(
        folder / "councils.csv",
        folder / "standing.csv",
        folder / "results.csv",
        council_results=file,
        mode="rehearsal",
    )

    complete = {each.totals.council: each.totals for each in found if each.totals.complete}
    declared = (each for each in read.declarations if isinstance(each, CouncilDeclared))
    results = {each.council: each for each in declared}
    assert results.keys() == complete.keys()
    assert len(complete) >= 3
    for council, totals in complete.items():
        expected = {party.party_id: party.seats for party in totals.parties if party.seats}
        assert {each.party_id: each.seats for each in results[council].seats} == expected
        if totals.seats_won_known:
            won = sum(each.seats_won or 0 for each in results[council].seats)
            assert won == sum(party.seats_won for party in totals.parties)
