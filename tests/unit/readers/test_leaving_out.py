from pathlib import Path

import pytest

from readers.findings import UnusableFilesError
from readers.night import Night
from schemas.ward import WardDeclared
from tests.support.night_writer import Files, candidate


@pytest.fixture
def files(tmp_path: Path) -> Files:
    found = Files(tmp_path)
    found.councils = ["2014-05-22,Barnet,E09000003,all-out,2,,0"]
    return found


def leaving_out(files: Files) -> Night:
    events = files.paths().get("events")
    return files.read_with(leave_out_faulty_wards=True, events=events)


def declared(night: Night) -> list[str]:
    return [each.ballot_paper_id for each in night.declarations if isinstance(each, WardDeclared)]


@pytest.mark.parametrize(
    "bad",
    [
        {"votes": "many"},
        {"elected": "perhaps"},
        {"party_id": "PP52", "party": "Labour Party"},
        {"status": "asleep"},
        {"candidate": "A\u202eB"},
        {"votes": 11, "elected": 0},
    ],
)
def test_a_ward_with_a_fault_is_open_and_the_others_count(
    files: Files, bad: dict[str, object]
) -> None:
    """Its faults are warnings that name it, and anyone may still win it."""
    files.results_header += ",status"
    cells = {"party_id": "PP53", "votes": 5, "elected": 0, "candidate": "Bob"} | bad
    named = (str(cells.pop("candidate")), str(cells.pop("party_id")), cells.pop("votes"))
    status = cells.pop("status", "")
    files.results = [
        candidate("Hale", "Ann", "PP53", 10, elected=1) + f",{status}",
        candidate("Hale", *named, **cells) + f",{status}",
        candidate("Mill", "Cid", "PP53", 10, elected=1) + ",",
    ]

    with pytest.raises(UnusableFilesError, match="note: --leave-out-faulty-wards counts all other"):
        files.read()
    night = leaving_out(files)

    assert declared(night) == ["local.barnet.mill.2014-05-22"]
    assert night.left_out == ("Hale",)
    hale, _ = night.openings[0].wards
    assert (hale.seats_contested, hale.candidates) == (1, None)
    assert any("Hale is left out: " in str(each) for each in night.warnings)


def test_an_earlier_revision_of_a_ward_that_is_left_out_does_not_count(files: Files) -> None:
    """It is known to be wrong."""
    files.results_header += ",revision"
    files.results = [
        candidate("Hale", "Ann", "PP53", 10) + ",1",
        candidate("Hale", "Ann", "PP53", "many") + ",2",
    ]

    assert declared(leaving_out(files)) == []


def test_a_ward_whose_seats_nobody_knows_cannot_be_left_out(files: Files) -> None:
    """Its seats would be lost."""
    files.results = [candidate("Hale", "Ann", "PP53", 10, seats_contested="")]

    with pytest.raises(UnusableFilesError, match="seats_contested: '' does not say how many"):
        leaving_out(files)


def test_a_fault_that_is_not_of_one_ward_still_stops_all(files: Files) -> None:
    """The message then has no word of the option."""
    files.results = [
        candidate("Hale", "Ann", "PP53", "many"),
        candidate("Mill", "Bob", "PP53", 5, council="Vale", council_gss="E09000009"),
    ]

    with pytest.raises(UnusableFilesError) as refused:
        files.read()
    assert "note:" not in str(refused.value)
    with pytest.raises(UnusableFilesError, match=r"is not in councils\.csv"):
        leaving_out(files)


def test_a_message_with_a_fault_is_left_out(files: Files) -> None:
    """It is named, and the other messages count."""
    files.results = [candidate("Hale", "Ann", "PP53", "")]
    good = {"candidate": "Ann", "party": "Labour", "votes": 5}
    common = {"type": "declaration", "council_gss": "E09000003", "ward": "Hale"}
    files.events = [
        {**common, "seq": 1, "id": "a", "revision": 1, "candidates": [good]},
        {**common, "seq": 2, "id": "b", "revision": 2, "candidates": [good | {"party_id": "PP52"}]},
    ]

    night = leaving_out(files)

    assert declared(night) == ["local.barnet.hale.2014-05-22"]
    assert night.left_out == ("message b of Hale",)
