from datetime import UTC, datetime
from pathlib import Path

import pytest

from readers.night import Night
from schemas.ward import WardDeclared, WardStatus
from tests.support.night_writer import RESULTS, Files, candidate


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def declared(night: Night) -> list[WardDeclared]:
    return [event for event in night.declarations if isinstance(event, WardDeclared)]


def test_a_row_per_candidate_becomes_one_declaration_per_ward(files: Files) -> None:
    """The rows of a ward are its result, and the council opens with the ward's nominations."""
    files.results = [
        candidate("Hale", "Ann", "PP52", 10, elected=1),
        candidate("Hale", "Bob", "PP53", 9, elected=0),
    ]

    night = files.read()

    (hale,) = declared(night)
    assert hale.ballot_paper_id == "local.barnet.hale.2014-05-22"
    assert [(each.candidate, each.votes, each.elected) for each in hale.candidates] == [
        ("Ann", 10, True),
        ("Bob", 9, False),
    ]
    assert hale.seq is None
    (barnet,) = night.openings
    assert [each.candidate for each in barnet.wards[0].candidates or ()] == ["Ann", "Bob"]
    assert barnet.control_before == "PP52"


def test_standing_opens_the_council_with_both_baselines(files: Files) -> None:
    """A blank number stays unknown, and the rows of Labour are added up."""
    files.councils = ["2014-05-22,Barnet,E09000003,thirds,9,NOC,1"]
    files.standing = [
        "E09000003,PP52,Conservative and Unionist Party,3,2,",
        "E09000003,PP53,Labour Party,1,2,3",
        "E09000003,joint-party:53-119,Labour and Co-operative Party,1,0,1",
        "E09000003,,Ashfield Independents,,,0",
    ]

    (barnet,) = files.read().openings

    assert barnet.control_before == "NOC"
    assert barnet.independents_as_party
    assert [
        (each.party_id, each.seats_eve_of_poll, each.seats_last_election, each.seats_not_up)
        for each in barnet.standing
    ] == [("PP52", 3, 2, None), ("PP53", 2, 2, 4), ("Ashfield Independents", None, None, 0)]


def test_code_and_name_together_identify_a_ward(files: Files) -> None:
    """Wards that share a name have different ids, whatever the order of the file."""
    rows = [
        candidate("Hale", "Ann", "PP52", 1, ward_gss="E05000001"),
        candidate("Hale", "Bob", "PP52", 1, ward_gss="E05000002"),
        candidate("Hale!", "Cid", "PP52", 1),
        candidate("", "Dot", "PP52", 1, ward_gss="E05000003"),
    ]
    files.councils = ["2014-05-22,Barnet,E09000003,all-out,4,,0"]
    files.results = rows
    forwards = {each.candidates[0].candidate: each for each in declared(files.read())}
    files.results = rows[::-1]
    backwards = {each.candidates[0].candidate: each for each in declared(files.read())}

    assert {name: each.ballot_paper_id for name, each in forwards.items()} == {
        "Ann": "local.barnet.hale-e05000001.2014-05-22",
        "Bob": "local.barnet.hale-e05000002.2014-05-22",
        "Cid": "local.barnet.hale.2014-05-22",
        "Dot": "local.barnet.e05000003.2014-05-22",
    }
    assert {name: each.ballot_paper_id for name, each in backwards.items()} == {
        name: each.ballot_paper_id for name, each in forwards.items()
    }


def test_two_wards_without_codes_never_share_an_id(files: Files) -> None:
    """If names give the same id and there is no code to add, a number is added."""
    files.results = [
        candidate("Hale/Mill", "Ann", "PP52", 1),
        candidate("Halemill", "Bob", "PP52", 1),
    ]

    ids = [each.ballot_paper_id for each in declared(files.read())]

    assert ids == ["local.barnet.halemill.2014-05-22", "local.barnet.halemill-2.2014-05-22"]


def test_a_ward_with_neither_votes_nor_flags_is_undeclared(files: Files) -> None:
    """Its rows are its nominations; a blank row means that they are not known."""
    files.results = [
        candidate("Hale", "Ann", "PP52", ""),
        candidate("Mill Hill", "", "", ""),
    ]

    night = files.read()

    assert night.declarations == ()
    assert [each.candidates is None for each in night.openings[0].wards] == [False, True]


def test_an_uncontested_ward_is_declared_without_votes(files: Files) -> None:
    """Flags without votes are a result; the votes stay blank."""
    files.results = [candidate("Hale", "Ann", "PP52", "", elected=1)]

    (hale,) = declared(files.read())

    assert (hale.candidates[0].votes, hale.candidates[0].elected) == (None, True)


def test_a_later_date_is_a_poll_held_later(files: Files) -> None:
    """Its ballot id has its own day, and it declares after everything else."""
    files.results = [
        candidate("Colindale", "Ann", "PP53", 5, election_date="2014-06-26"),
        candidate("Hale", "Bob", "PP52", 5),
    ]

    night = files.read()

    assert [each.ballot_paper_id for each in declared(night)] == [
        "local.barnet.hale.2014-05-22",
        "local.barnet.colindale.2014-06-26",
    ]
    assert night.later == night.declarations[1:]


def test_a_ward_polled_again_is_listed_only_with_its_later_ballot(files: Files) -> None:
    """The later poll replaces the first one, so that the seats count once."""
    files.results = [
        candidate("Colindale", "Ann", "PP53", ""),
        candidate("Colindale", "Bob", "PP53", 5, election_date="2014-06-26"),
    ]

    (colindale,) = files.read().openings[0].wards

    assert colindale.ballot_paper_id == "local.barnet.colindale.2014-06-26"
    assert colindale.replaces == "local.barnet.colindale.2014-05-22"


def test_wards_declare_in_order_of_declared_at(files: Files) -> None:
    """Those without a time come afterwards in the order of the file; no offset means UK time."""
    files.results_header = f"{RESULTS},declared_at"
    files.councils = ["2014-05-22,Barnet,E09000003,all-out,3,,0"]
    files.results = [
        candidate("Oakleigh", "Ann", "PP52", 1) + ",",
        candidate("Hale", "Bob", "PP52", 1) + ",2014-05-23T02:00:00",
        candidate("Mill Hill", "Cid", "PP52", 1) + ",2014-05-23T00:30:00Z",
    ]

    found = declared(files.read())

    assert [each.candidates[0].candidate for each in found] == ["Cid", "Bob", "Ann"]
    assert found[1].declared_at == datetime(2014, 5, 23, 1, tzinfo=UTC)


def test_revisions_of_a_ballot_are_declared_one_by_one(files: Files) -> None:
    """A revision above 1 is a correction of the transcription."""
    files.results_header = f"{RESULTS},revision"
    files.results = [
        candidate("Hale", "Ann", "PP52", 10) + ",",
        candidate("Hale", "Ann", "PP52", 11) + ",2",
    ]

    found = declared(files.read())

    assert [(each.revision, each.correction) for each in found] == [(1, None), (2, "transcription")]


def test_a_status_is_known_before_the_first_result(files: Files) -> None:
    """The status column gives an event; spoilt papers and winners by lot are read too."""
    files.results_header = f"{RESULTS},status,spoilt,tied_vote_winner"
    files.results = [
        candidate("Hale", "Ann", "PP52", 10) + ",,3,1",
        candidate("Hale", "Bob", "PP53", 10) + ",,3,0",
        candidate("Mill Hill", "Cid", "PP52", "") + ",postponed,,",
    ]

    first, hale = files.read().declarations

    assert isinstance(first, WardStatus)
    assert (first.ballot_paper_id, first.status) == (
        "local.barnet.mill-hill.2014-05-22",
        "postponed",
    )
    assert isinstance(hale, WardDeclared)
    assert hale.num_spoilt_ballots == 3
    assert [each.tied_vote_winner for each in hale.candidates] == [True, False]


@pytest.mark.parametrize(("code", "system"), [("S12000049", "stv"), ("N09000002", "stv")])
def test_scotland_and_northern_ireland_elect_by_transfers(
    files: Files, code: str, system: str
) -> None:
    """The flags decide there; first preferences may contradict them."""
    files.councils = [f"2012-05-03,Glasgow City,{code},all-out,1,,0"]
    place = {"election_date": "2012-05-03", "council": "Glasgow City", "council_gss": code}
    files.results = [
        candidate("Linn", "Ann", "PP53", 10, elected=0, **place),
        candidate("Linn", "Bob", "PP102", 9, elected=1, **place),
    ]

    (glasgow,) = files.read().openings

    assert glasgow.electoral_system == system
    assert files.warnings() == []


@pytest.mark.parametrize(("cell", "vacant"), [("", None), ("0", 0), ("1", 1)])
def test_seats_are_vacant_only_if_the_councils_file_says_so(
    files: Files, cell: str, vacant: int | None
) -> None:
    """A blank cell means that nobody knows."""
    files.councils_header += ",seats_vacant"
    files.councils = [f"2014-05-22,Barnet,E09000003,all-out,3,PP52,0,{cell}"]

    assert files.read().openings[0].seats_vacant == vacant


def test_a_council_without_seats_vacant_does_not_say_how_many_are(files: Files) -> None:
    """The column may be missing."""
    assert files.read().openings[0].seats_vacant is None


def test_more_vacant_seats_than_are_left_are_a_fault(files: Files) -> None:
    """Seats up, held over and vacant cannot be more than all."""
    files.councils_header += ",seats_vacant"
    files.councils = ["2014-05-22,Barnet,E09000003,all-out,3,PP52,0,3"]
    files.results = [candidate("Hale", "Ann", "PP52", 5), candidate("Mill Hill", "Bob", "PP52", 5)]

    assert [fault for fault in files.faults() if "seats_vacant" in fault] == [
        (
            "councils.csv:2: seats_vacant: '3' vacant, but of 3 seats 2 are up and 0 held over;"
            " correct one of the four"
        )
    ]


def test_a_council_without_wards_is_opened(files: Files) -> None:
    """Its result may come without wards."""
    assert files.read().openings[0].wards == ()


@pytest.mark.parametrize(
    ("encoding", "line_end"), [("utf-8-sig", "\n"), ("utf-8", "\r\n"), ("cp1252", "\r\n")]
)
def test_real_exports_are_read(files: Files, encoding: str, line_end: str) -> None:
    """Byte order marks, Windows line ends and encoding, quoted commas and blank lines are read."""
    files.results = [candidate("Hale", "Zoë, Ann", "PP52", "1,234", council="BARNET"), ",,,"]
    path = files.paths()["results"]
    text = path.read_text(encoding="utf-8").replace("\n", line_end)

    path.write_bytes(text.encode(encoding))
    (hale,) = declared(files.read_as_written())

    assert (hale.candidates[0].candidate, hale.candidates[0].votes) == ("Zoë, Ann", 1234)
