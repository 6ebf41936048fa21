from pathlib import Path

import pytest

from schemas.ward import WardDeclared
from tests.support.night_writer import Files, candidate

SCOTTISH = "2014-05-22,Glasgow,S12000046,all-out,2,,0"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    found = Files(tmp_path)
    found.councils = ["2014-05-22,Barnet,E09000003,all-out,1,PP52,0"]
    return found


def parties(files: Files) -> list[tuple[str, str]]:
    """Returns id and label of everybody who was declared."""
    return [
        (each.party_id, each.party)
        for event in files.read().declarations
        if isinstance(event, WardDeclared)
        for each in event.candidates
    ]


def test_a_label_is_the_party_that_has_an_id_under_it_in_the_council(files: Files) -> None:
    """Two parties are registered as Ashfield Independents; the council's is the one it means."""
    files.standing = ["E09000003,PP450,Ashfield Independents,1,1,"]
    files.results = [candidate("Hale", "Ann", "", 5, party="ASHFIELD INDEPENDENTS")]

    assert parties(files) == [("PP450", "Ashfield Independents")]


def test_spellings_of_a_local_party_are_one_under_the_first(files: Files) -> None:
    """Case, accents, apostrophes and dashes do not make two parties; standing comes first."""
    files.standing = ["E09000003,,Residents' Association,1,1,"]
    files.results = [
        candidate("Hale", "Ann", "", 5, party="RESIDENTS’ ASSOCIATION"),
        candidate("Hale", "Bob", "", 4, party="Vale–First"),
        candidate("Hale", "Cid", "", 3, party="Vale First"),
    ]

    assert parties(files) == [
        ("", "Residents' Association"),
        ("", "Vale-First"),
        ("", "Vale-First"),
    ]


def test_control_before_is_the_local_party_in_any_spelling(files: Files) -> None:
    """A council is not gained from itself for an apostrophe."""
    files.councils = ["2014-05-22,Barnet,E09000003,all-out,1,residents association,0"]
    files.standing = ["E09000003,,Residents' Association,1,1,"]
    files.results = [candidate("Hale", "Ann", "", 5, party="Residents’ Association")]

    assert files.read().openings[0].control_before == "Residents' Association"
    assert files.warnings() == []


@pytest.mark.parametrize("written", ["noc", "No overall control", "N.O.C.", "Hung"])
def test_no_overall_control_is_known_in_words(files: Files, written: str) -> None:
    """It is no party."""
    files.councils = [f"2014-05-22,Barnet,E09000003,all-out,1,{written},0"]
    files.results = [candidate("Hale", "Ann", "PP52", 5)]

    assert files.read().openings[0].control_before == "NOC"


def test_an_id_that_contradicts_its_label_is_a_fault(files: Files) -> None:
    """The fault names both parties, and counts nothing."""
    files.results = [candidate("Hale", "Ann", "PP52", 5, party="Labour Party")]

    assert files.faults() == [
        (
            "results.csv:2: party_id: 'PP52' is Conservative and Unionist Party, but 'Labour Party'"
            " is Labour Party (PP53); correct one of the two"
        )
    ]


def test_one_label_with_two_unregistered_ids_is_a_fault_where_seats_are_held(files: Files) -> None:
    """It would be gained from itself."""
    files.standing = ["E09000003,PP99001,Vale First,1,1,"]
    files.results = [candidate("Hale", "Ann", "PP99002", 5, party="Vale First")]

    assert files.faults() == [
        (
            "results.csv:2: party_id: 'PP99002' is of 'Vale First', which has the id PP99001 on"
            " line 2 of standing.csv; give the party one id"
        )
    ]


def test_one_label_with_two_registered_ids_is_one_party(files: Files) -> None:
    """Parties of one name are registered in Great Britain and in Northern Ireland."""
    files.standing = ["E09000003,PP450,Ashfield Independents,1,1,"]
    files.results = [candidate("Hale", "Ann", "PP3902", 5, party="Ashfield Independents")]

    assert parties(files) == [("PP450", "Ashfield Independents")]
    assert any("counted as one party" in each for each in files.warnings())


def test_one_id_under_two_unlike_labels_is_a_warning(files: Files) -> None:
    """One of the rows may have slipped."""
    files.results = [
        candidate("Hale", "Ann", "PP99001", 5, party="Vale First"),
        candidate("Hale", "Bob", "PP99001", 4, party="Say No To Everything"),
    ]

    assert any("'Say No To Everything' has the id PP99001" in each for each in files.warnings())


@pytest.mark.parametrize("label", ["Exampleshire Tories", "Consevative", "Team Conservatives"])
def test_the_party_in_control_that_stands_nowhere_is_a_fault_if_a_label_could_be_it(
    files: Files, label: str
) -> None:
    """It would be out for want of a matching name."""
    files.results = [
        candidate("Hale", "Ann", "", 5, party=label),
        candidate("Hale", "Bob", "PP53", 4),
    ]

    assert files.faults() == [
        (
            "councils.csv:2: control_before: 'PP52' (Conservative and Unionist Party) stands in no"
            f" ward of this council, but '{label}' (results.csv, line 2) could be it; give that"
            " row the party_id 'PP52', or say in parties.csv whose label it is"
        )
    ]


def test_a_party_that_defends_seats_and_keeps_others_is_a_fault_likewise(files: Files) -> None:
    """Seats that it keeps would not be added to those that it wins."""
    files.councils = ["2014-05-22,Barnet,E09000003,thirds,3,NOC,0"]
    files.standing = ["E09000003,,Vale Independents,3,3,2"]
    files.results = [candidate("Hale", "Ann", "", 5, party="Vale Indepedents")]

    (fault,) = files.faults()
    assert fault.startswith("standing.csv:2: party: 'Vale Independents' (Vale Independents) stands")


def test_a_party_that_does_not_stand_is_a_warning(files: Files) -> None:
    """A party may really have nobody."""
    files.standing = ["E09000003,PP90,Liberal Democrats,1,1,0"]
    files.results = [candidate("Hale", "Ann", "PP52", 5)]

    assert files.warnings() == [
        (
            "standing.csv:2: party: 'Liberal Democrats' (Liberal Democrats) stands in no ward of"
            " this council"
        )
    ]


def test_a_local_party_that_wins_is_a_warning_unless_it_held_seats(files: Files) -> None:
    """A new label may be a known party under another name."""
    files.councils = ["2014-05-22,Barnet,E09000003,all-out,2,NOC,0"]
    files.standing = ["E09000003,,Vale First,1,1,0"]
    files.results = [
        candidate("Hale", "Ann", "", 5, party="Vale First"),
        candidate("Mill", "Bob", "", 5, party="Hill Folk"),
    ]

    assert files.warnings() == [
        (
            "results.csv:3: party: 'Hill Folk' is in no register, wins a seat, and is counted as a"
            " party of its own"
        )
    ]


def test_rows_of_one_party_under_two_names_are_added_up_with_a_warning(files: Files) -> None:
    """Con and Conservative are one line of the standing."""
    files.standing = ["E09000003,,Con,1,1,0", "E09000003,,Conservative,2,2,0"]
    files.results = [candidate("Hale", "Ann", "PP52", 5)]

    (standing,) = files.read().openings[0].standing
    assert (standing.party_id, standing.seats_eve_of_poll) == ("PP52", 3)
    assert any("is the same party as on line 2" in each for each in files.warnings())


def test_the_newsrooms_file_beside_the_others_is_read(files: Files) -> None:
    """It says whose a label is, which ends the fault."""
    files.results = [candidate("Hale", "Ann", "", 5, party="Exampleshire Tories")]
    own = files.directory / "parties.csv"

    own.write_text("party_id,party,alias\nPP52,,Exampleshire Tories\n", encoding="utf-8")
    assert parties(files) == [("PP52", "Conservative and Unionist Party")]

    own.write_text("party_id,party,alias\n,,Exampleshire Tories\n", encoding="utf-8")
    assert parties(files) == [("", "Exampleshire Tories")]
    assert [each for each in files.warnings() if "resembles" in each] == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Tories,,Vale Tories", "parties.csv:2: party_id: 'Tories' is no id of a party; give one"),
        ("PP52,,???", "parties.csv:2: alias: '???' names nobody; give the label in letters"),
        ("PP52,,A\nPP53,,a", "parties.csv:3: alias: 'a' is another party's on line 2; keep one"),
    ],
)
def test_a_faulty_line_of_the_newsrooms_file_is_a_fault(
    files: Files, line: str, fault: str
) -> None:
    """Its file and line are named."""
    files.results = [candidate("Hale", "Ann", "PP52", 5)]
    (files.directory / "parties.csv").write_text(f"party_id,party,alias\n{line}\n")

    assert files.faults()[0].startswith(fault)


def test_an_event_names_its_parties_as_the_files_do(files: Files) -> None:
    """Old ids, descriptions and other apostrophes are the parties of the council."""
    files.standing = ["E09000003,,Residents' Association,1,1,"]
    files.results = [candidate("Hale", "Ann", "PP52", "")]
    people = [
        {"candidate": "Ann", "party": "Local Conservatives", "votes": 3},
        {"candidate": "Bob", "party": "", "party_id": "party:53", "votes": 2},
        {"candidate": "Cid", "party": "Residents’ Association", "votes": 1},
        {"candidate": "Dot", "party": "", "votes": 0},
    ]
    event = {"seq": 1, "id": "a", "type": "declaration", "council_gss": "E09000003"}
    files.events = [event | {"ward": "Hale", "revision": 1, "candidates": people}]

    assert parties(files) == [
        ("PP52", "Conservative and Unionist Party"),
        ("PP53", "Labour Party"),
        ("", "Residents' Association"),
        ("ynmp-party:2", "Independent"),
    ]
