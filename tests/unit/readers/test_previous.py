"""`previous.csv`: how the seats of a night's wards were last fought."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from readers.night import read_places
from schemas.council import OpenedWard
from schemas.party import INDEPENDENT
from schemas.previous import Previous, PreviousParty, PreviousPoll
from tests.support.night_writer import Files, candidate

COUNCIL = "E09000003"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A night of two wards: Hale of two seats, and Mill of one, with codes."""
    made = Files(tmp_path, councils=["2014-05-22,Barnet,E09000003,all-out,3,PP52,0"])
    for name, party in (("Ann", "PP52"), ("Bob", "PP53"), ("Cy", "PP53")):
        made.results.append(
            candidate("Hale", name, party, 10, ward_gss="E05000001", seats_contested=2)
        )
    made.results += [
        candidate("Mill & Vale", "Dee", "PP52", 10, ward_gss="E05000002"),
        candidate("Mill & Vale", "Ed", "", 9, ward_gss="E05000002", party="Vale First"),
    ]
    return made


def row(**cells: object) -> str:
    """Returns a row of `previous.csv` of Hale, as changed by the given cells."""
    given: dict[str, object] = {
        "council_gss": COUNCIL,
        "ward_gss": "E05000001",
        "ward": "Hale",
        "last_fought": "2010-05-06",
        "boundaries": "same",
        "party_id": "PP52",
        "party": "",
        "votes": 900,
        "seats": 1,
        "turnout_pct": "",
    }
    return ",".join(str(each) for each in (given | cells).values())


def ward(files: Files, name: str = "Hale") -> OpenedWard:
    (opening,) = files.read().openings
    (found,) = [each for each in opening.wards if each.ward == name]
    return found


def previous(files: Files, name: str = "Hale") -> Previous:
    found = ward(files, name).previous
    assert found is not None
    return found


def faults(files: Files) -> list[str]:
    return [each for each in files.faults() if each.startswith("previous.csv")]


def test_each_ward_opens_with_how_its_seats_were_last_fought(files: Files) -> None:
    """A row for each party, under the register's id; the turnout on any of them."""
    files.previous = [row(), row(party_id="party:53", votes=800, turnout_pct="61.5")]

    assert previous(files) == Previous(
        same_boundaries=True,
        polls=(
            PreviousPoll(
                last_fought=date(2010, 5, 6),
                turnout_percentage=61.5,
                parties=(
                    PreviousParty(party_id="PP52", votes=900, seats=1),
                    PreviousParty(party_id="PP53", votes=800, seats=1),
                ),
            ),
        ),
    )
    assert ward(files, "Mill & Vale").previous is None


def test_seats_that_were_fought_on_several_days_have_rows_for_each(files: Files) -> None:
    """The ordinary election, and a by-election since; the earliest comes first."""
    by_election = row(last_fought="2012-11-01", party_id="PP53", votes=500)
    files.previous = [by_election, row(), row(party_id="PP53", votes=800, seats=0)]

    days = [(poll.last_fought, len(poll.parties)) for poll in previous(files).polls]
    assert days == [(date(2010, 5, 6), 2), (date(2012, 11, 1), 1)]


def test_a_ward_whose_boundaries_have_changed_needs_one_row(files: Files) -> None:
    """With the day only."""
    files.previous = [row(boundaries="changed", party_id="", votes="", seats="")]

    assert previous(files) == Previous(
        same_boundaries=False, polls=(PreviousPoll(last_fought=date(2010, 5, 6)),)
    )


@pytest.mark.parametrize(
    "cells",
    [
        {"ward_gss": "", "ward": "mill and vale ward"},
        {"ward_gss": "E05000002", "ward": ""},
        {"ward_gss": "E05000002", "ward": "Mill & Vale"},
    ],
)
def test_a_ward_is_found_by_code_or_name_as_everywhere(files: Files, cells: dict[str, str]) -> None:
    """Within its council."""
    files.previous = [row(**cells)]

    assert previous(files, "Mill & Vale").polls[0].parties[0].seats == 1


def test_a_local_party_is_the_one_that_stands_now(files: Files) -> None:
    """Under the spelling of the council; an independent is one under any label."""
    place = {"ward_gss": "E05000002", "ward": "", "party_id": "", "seats": 0}
    files.previous = [row(party="VALE FIRST", **place), row(party="Ind", **place)]

    local, independent = previous(files, "Mill & Vale").polls[0].parties
    assert (local.party_id, local.party) == ("", "Vale First")
    assert independent.party_id == INDEPENDENT


def test_blank_votes_and_seats_are_unknown(files: Files) -> None:
    """Which is not the same as 0."""
    files.previous = [row(votes="", seats=""), row(party_id="PP53", votes=0, seats=0)]

    unknown, none = previous(files).polls[0].parties
    assert (unknown.votes, unknown.seats) == (None, None)
    assert (none.votes, none.seats) == (0, 0)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"council_gss": "E09000004"}, "council_gss: 'E09000004' () is not in councils.csv"),
        ({"last_fought": ""}, "last_fought: '' is blank; give the day of the earlier poll"),
        ({"last_fought": "6 May 2010"}, "last_fought: '6 May 2010' is no date"),
        ({"last_fought": "2014-05-22"}, "last_fought: '2014-05-22' is not before the poll"),
        ({"boundaries": ""}, "boundaries: '' is neither same nor changed"),
        ({"boundaries": "changed"}, "party_id: 'PP52' stands beside changed boundaries"),
        ({"party_id": ""}, "party: '' and party_id are both blank beside votes or seats"),
        ({"votes": "many"}, "votes: 'many' is no whole number"),
        ({"seats": 3}, "seats: '3' and those of the ward's other rows are 3, but 2 are up"),
        ({"turnout_pct": 120}, "turnout_pct: '120' is more than all electors"),
        ({"party_id": "PP52", "party": "Labour Party"}, "party_id: PP52"),
    ],
)
def test_a_bad_row_is_a_fault_with_its_line_and_a_remedy(
    files: Files, cells: dict[str, object], fault: str
) -> None:
    """It names the column and the value."""
    files.previous = [row(party_id="PP53", ward_gss="E05000002", ward=""), row(**cells)]

    (found,) = faults(files)
    assert found.startswith("previous.csv:3: ")
    assert fault.split(":", maxsplit=1)[0] in found
    assert fault.partition(": ")[2] in found
    assert "; " in found or "add the council" in found or "write it as" in found


def test_a_ward_that_is_not_polled_is_left_out_with_a_warning(files: Files) -> None:
    """One for all of a council's rows, as the file may have wards that are up another year."""
    files.previous = [row(), row(ward_gss="", ward="Haile"), row(ward_gss="E05000009", ward="")]

    assert previous(files).polls[0].parties[0].seats == 1
    (warning,) = [each for each in files.warnings() if each.startswith("previous.csv")]
    assert warning == (
        "previous.csv:3: ward: 'Haile' is no ward of Barnet in results.csv, and is left out"
        " (2 times in this file)"
    )


def test_the_rows_of_a_ward_may_not_contradict_each_other(files: Files) -> None:
    """Nor may there be two of one party on one day."""
    files.previous = [
        row(turnout_pct=60),
        row(party_id="PP53", boundaries="same", turnout_pct=61),
        row(seats=0),
        row(ward_gss="E05000002", ward="", seats=0),
        row(ward_gss="E05000002", ward="", boundaries="changed", party_id="", votes="", seats=""),
    ]

    (turnout, twice, boundaries) = faults(files)
    assert turnout == (
        "previous.csv:3: turnout_pct: '61' differs from another row of the same ward and day;"
        " correct one of the two"
    )
    assert twice == (
        "previous.csv:4: party_id: 'PP52' has another row for this ward and day on line 2; add the"
        " two up"
    )
    assert boundaries == (
        "previous.csv:6: boundaries: 'changed' differs from line 5 of the same ward; correct one of"
        " the two"
    )


def test_a_local_party_that_won_a_seat_and_stands_nowhere_is_a_warning(files: Files) -> None:
    """It may have another label now, and a gain from it would then be none."""
    files.previous = [row(), row(party_id="", party="Hale Together")]

    (warning,) = [each for each in files.warnings() if each.startswith("previous.csv")]
    assert warning == (
        "previous.csv:3: party: 'Hale Together' won a seat and stands nowhere; if it has another"
        " label, give it in parties.csv"
    )


def test_a_file_without_its_columns_is_a_fault(files: Files) -> None:
    """Each that is missing is named."""
    files.paths()
    (files.directory / "previous.csv").write_text("council_gss,ward\nE09000003,Hale\n")

    assert faults(files) == [
        "previous.csv:1: last_fought: no such column; add it to the header",
        "previous.csv:1: boundaries: no such column; add it to the header",
    ]


def test_a_night_is_read_without_the_file(files: Files) -> None:
    """It is optional, and what reads the wards only does without it."""
    assert ward(files).previous is None
    files.previous = ["rubbish"]
    paths = files.paths()
    assert read_places(paths["councils"], paths["standing"], paths["results"]).councils.all
