from pathlib import Path

import pytest

from schemas.ward import WardDeclared, WardStatus
from tests.support.night_writer import Files

HEADER = (
    "person_id,person_name,election_id,ballot_paper_id,election_date,election_current,party_name,"
    "party_id,post_label,cancelled_poll,seats_contested,votes_cast,elected,tied_vote_winner,rank,"
    "turnout_reported,spoilt_ballots,total_electorate,turnout_percentage,results_source"
)


def row(ward: str, name: str, votes: object, **cells: object) -> str:
    slug = ward.lower().replace(" ", "-")
    found: dict[str, object] = {
        "person_id": 1,
        "person_name": name,
        "election_id": "local.barnet.2014-05-22",
        "ballot_paper_id": f"local.barnet.{slug}.2014-05-22",
        "election_date": "2014-05-22",
        "party_name": "Labour Party",
        "party_id": "PP53",
        "post_label": ward,
        "cancelled_poll": "f",
        "seats_contested": 1,
        "votes_cast": votes,
    }
    found |= cells
    return ",".join(str(found.get(column, "")) for column in HEADER.split(","))


@pytest.fixture
def files(tmp_path: Path) -> Files:
    found = Files(tmp_path, results_header=HEADER)
    found.councils = ["2014-05-22,Barnet,E09000003,all-out,2,PP53,0"]
    return found


def test_the_results_export_is_read(files: Files) -> None:
    """It is recognised by its header, and councils by the organisation in the ballot's id."""
    files.results = [
        row("Hale", "Ann", 10, elected="t", spoilt_ballots=3, turnout_reported=40),
        row("Hale", "Bob", 10, elected="f", party_id="party:52", party_name="Conservative"),
        row("Hale", "Cid", 2, elected="f", party_id="joint-party:53-119", tied_vote_winner="f"),
    ]

    (hale,) = files.read().declarations

    assert isinstance(hale, WardDeclared)
    assert hale.ballot_paper_id == "local.barnet.hale.2014-05-22"
    assert (hale.num_spoilt_ballots, hale.num_turnout_reported) == (3, 40)
    assert [(each.party_id, each.votes, each.elected) for each in hale.candidates] == [
        ("PP53", 10, True),
        ("PP52", 10, False),
        ("joint-party:53-119", 2, False),
    ]


def test_a_by_election_for_a_seat_that_is_not_up_is_left_out(files: Files) -> None:
    """One warning says so of all; it changes nobody's majority on the night."""
    by_elections = (f"local.barnet.{ward}.by.2014-05-22" for ward in ("hale", "oakleigh"))
    files.results = [
        row("Hale", "Ann", 10),
        *(row("Hale", "Bob", 9, ballot_paper_id=ballot) for ballot in by_elections),
    ]

    night = files.read()

    assert [each.ballot_paper_id for each in night.openings[0].wards] == [
        "local.barnet.hale.2014-05-22"
    ]
    (warning,) = (str(each) for each in night.warnings if "by-election" in str(each))
    assert "is a by-election for a seat that is not up; left out (2 times in this file)" in warning


def test_a_night_of_by_elections_alone_is_read(files: Files) -> None:
    """Where a council has no other poll, its by-elections are what newsrooms count."""
    ballot = "local.barnet.hale.by.2014-05-22"
    files.results = [row("Hale", "Bob", 9, ballot_paper_id=ballot)]

    (ward,) = files.read().openings[0].wards

    assert (ward.ward, ward.ballot_paper_id) == ("Hale (by-election)", ballot)


@pytest.mark.parametrize(("seats", "status"), [(2, "uncontested"), (1, "countermanded")])
def test_a_cancelled_poll_is_uncontested_or_countermanded(
    files: Files, seats: int, status: str
) -> None:
    """With no more candidates than seats all are elected; otherwise a new poll follows."""
    cells = {"cancelled_poll": "t", "seats_contested": seats}
    files.results = [row("Hale", "Ann", "", **cells), row("Hale", "Bob", "", **cells)]

    (notice,) = files.read().declarations

    assert isinstance(notice, WardStatus)
    assert notice.status == status


def test_other_elections_of_the_day_are_left_out(files: Files) -> None:
    """An export of a day also has mayors and parliaments."""
    files.results = [row("Hale", "Ann", 1, ballot_paper_id="mayor.bedford.2014-05-22")]

    night = files.read()

    assert night.declarations == ()
    assert "is of no council election; left out" in str(night.warnings[-1])


def test_an_unknown_council_is_a_fault(files: Files) -> None:
    """The fault names the ballot's id, because the export has no name of the council."""
    files.results = [row("Hale", "Ann", 1, ballot_paper_id="local.camden.hale.2014-05-22")]

    (fault,) = files.faults()
    assert "local.camden.hale.2014-05-22" in fault
    assert "is not in councils.csv" in fault
