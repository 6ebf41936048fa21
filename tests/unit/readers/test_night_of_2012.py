"""The night of 3 May 2012 against what was published, counted here from its files alone."""

import csv
import tomllib
from collections import Counter
from functools import cache

import pytest

from readers.night import NIGHTS, load_night
from schemas.totals import CouncilTotals
from services.rehearsal.tally import fold

FOLDER = NIGHTS / "councils-2012"
LABOUR = "PP53"

LABOUR_GAINS = {
    "E": {
        *("Dudley", "Great Yarmouth", "Harlow", "Plymouth", "Redditch", "Southampton"),
        *("Birmingham", "Burnley", "Cannock Chase", "Carlisle", "Chorley", "Derby", "Exeter"),
        *("Newcastle-under-Lyme", "North East Lincolnshire", "Norwich", "Nuneaton and Bedworth"),
        *("Reading", "Rossendale", "Sefton", "Thurrock", "Wirral"),
    },
    "W": {
        *("Blaenau Gwent", "Bridgend", "Caerphilly", "Cardiff", "Merthyr Tydfil", "Newport"),
        *("Swansea", "Torfaen"),
    },
    "S": {"Renfrewshire", "West Dunbartonshire"},
}
"""The councils that Labour gained, by name, as the results lists of the day have them."""

PUBLISHED = {"PP53": (75, 32), "PP52": (42, -12), "PP90": (6, -1), "PP102": (2, 2)}
"""Councils of each party after the night, and the change, as published."""


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((FOLDER / name).read_text(encoding="utf-8").splitlines()))


@cache
def control_by_the_files() -> dict[str, tuple[str, str, str]]:
    """Returns name, control before and control after of each council, by its code.

    Seats of a party are added up from the rows, and those of Burnley from its wards and the seats
    not up. Whoever has more than half of all seats controls, and nobody else does.
    """
    seats: dict[str, Counter[str]] = {}
    for row in rows("council_results.csv"):
        found = seats.setdefault(row["council_gss"], Counter())
        found[row["party_id"] or row["party"]] += int(row["seats"])
    by_ward = {row["council_gss"] for row in rows("results.csv")} - seats.keys()
    for row in rows("results.csv"):
        if row["council_gss"] in by_ward and row["elected"] == "1":
            seats.setdefault(row["council_gss"], Counter())[row["party_id"]] += 1
    for row in rows("standing.csv"):
        if row["council_gss"] in by_ward:
            seats[row["council_gss"]][row["party_id"] or row["party"]] += int(row["seats_not_up"])
    found_control = {}
    for row in rows("councils.csv"):
        half = int(row["seats_total"]) / 2
        party, most = seats[row["council_gss"]].most_common(1)[0]
        independents = party == "ynmp-party:2" and row["independents_as_party"] == "0"
        control = party if most > half and not independents else "NOC"
        found_control[row["council_gss"]] = (row["council"], row["control_before"], control)
    return found_control


@cache
def tally() -> tuple[CouncilTotals, ...]:
    return fold(load_night("councils-2012")).councils


def test_all_councils_that_voted_are_there() -> None:
    """128 in England, 21 in Wales and all 32 of Scotland, each with the control before."""
    nations = Counter(each.council_gss[0] for each in tally())

    assert nations == {"E": 128, "W": 21, "S": 32}
    assert all(each.control_before for each in tally())


def test_the_tally_calls_what_the_files_add_up_to() -> None:
    """Control before and after of every council, worked out a second time without the rules."""
    counted = {each.council_gss: (each.name, each.control_before, each.control) for each in tally()}

    assert counted == control_by_the_files()


@pytest.mark.parametrize("nation", LABOUR_GAINS)
def test_labour_gains_the_councils_that_it_gained(nation: str) -> None:
    """By name: 22 in England, 8 in Wales and 2 in Scotland."""
    gains = {
        each.name
        for each in tally()
        if each.council_gss.startswith(nation)
        and each.control == LABOUR
        and each.outcome in {"gain", "gain_from_noc"}
    }

    assert gains == LABOUR_GAINS[nation]


def test_labour_ends_with_32_councils_more_and_loses_none() -> None:
    """Gains less losses, and so for the other parties that hold councils."""
    for party, (councils, change) in PUBLISHED.items():
        held = [each for each in tally() if each.control == party]
        before = [each for each in tally() if each.control_before == party]

        assert len(held) == councils
        assert len(held) - len(before) == change
    assert not [
        each for each in tally() if each.control_before == LABOUR and each.control != LABOUR
    ]


def test_every_figure_says_what_it_rests_on() -> None:
    """A council with a figure that is not published is named in the notes of the night."""
    notes = tomllib.loads((FOLDER / "night.toml").read_text(encoding="utf-8"))["notes"]
    basis = {row["basis"] for row in rows("council_results.csv")}

    assert basis == {"published", "recounted", "arithmetic", "later"}
    for name in ("arithmetic", "later"):
        councils = {r["council"] for r in rows("council_results.csv") if r["basis"] == name}
        (note,) = (
            note
            for note in notes
            if note.startswith(("basis later", "basis published"))
            and all(council in note for council in councils)
        )
        assert name in note


def test_no_change_rests_on_seats_of_a_later_day() -> None:
    """Seats that stand in for those after the poll are compared with nothing."""
    later = {
        (row["council_gss"], row["party"])
        for row in rows("council_results.csv")
        if row["basis"] == "later"
    }

    changes = [
        (each.name, party.party)
        for each in tally()
        for party in each.parties
        if (each.council_gss, party.party) in later
        and (party.change_eve_of_poll, party.change_last_election) != (None, None)
    ]
    assert changes == []


def test_seats_that_no_source_gives_are_open() -> None:
    """Such a council is a running score, and the notes say how many seats are open."""
    notes = tomllib.loads((FOLDER / "night.toml").read_text(encoding="utf-8"))["notes"]
    (note,) = (note for note in notes if note.startswith("Seats that no source gives"))
    running = {
        each.name: each.seats_total - sum(party.seats for party in each.parties)
        for each in tally()
        if not each.complete
    }

    assert running == {
        name: int(number)
        for name, number in (
            part.rsplit(" (", 1) for part in note.split(": ")[1].split(").")[0].split("), ")
        )
    }
