from pathlib import Path

import pytest

from readers.text_file import FILE_BYTES_MAX
from tests.support.night_writer import RESULTS, Files, candidate


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",Barnet,E09000003,all-out,2,,0", "election_date: '' is blank"),
        ("2014-05-22,!,E09000003,all-out,2,,0", "council: '!' leaves no id"),
        ("2014-05-22,Barnet,E09000003,yearly,2,,0", "cycle: 'yearly' is none of all-out, thirds"),
        ("2014-05-22,Barnet,E09000003,all-out,,,0", "seats_total: '' is no size of a council"),
        ("2014-05-22,Barnet,E09000003,all-out,0,,0", "seats_total: '0' is no size of a council"),
        ("2014-05-22,Barnet,E09000003,all-out,2,,perhaps", "independents_as_party: 'perhaps' is"),
    ],
)
def test_a_faulty_cell_of_a_council_is_a_fault(files: Files, row: str, fault: str) -> None:
    """Every column that the count depends on is checked."""
    files.councils = [row]

    assert any(found.startswith(f"councils.csv:2: {fault}") for found in files.faults())


def test_a_council_is_listed_once(files: Files) -> None:
    """Two rows with the same code, or the same name on one day, are a fault."""
    files.councils += [files.councils[0], "2014-05-22,BARNET,E09000009,all-out,2,,0"]

    assert files.faults() == [
        "councils.csv:3: council: 'Barnet' is listed twice; give one row for each council",
        "councils.csv:4: council: 'BARNET' is listed twice; give one row for each council",
    ]


def test_a_file_without_councils_is_a_fault(files: Files) -> None:
    """Without councils there is nothing to count."""
    files.councils = []

    assert files.faults() == ["councils.csv:1: no council; give one row for each"]


def test_a_code_of_another_kind_only_matches_rows(files: Files) -> None:
    """An old code is not a GSS code: it matches rows of the files, and is not passed on."""
    files.councils = ["2014-05-22,Barnet,00AC,all-out,1,,0"]
    files.results = [candidate("Hale", "Ann", "PP52", 1, council_gss="00AC", ward_gss="00ACGH")]

    night = files.read()

    assert night.openings[0].council_gss == ""
    assert night.openings[0].wards[0].ward_gss == ""
    assert "council_gss: '00AC' is no GSS code" in str(night.warnings[0])


def test_a_council_without_a_code_is_found_by_name(files: Files) -> None:
    """Small newsrooms have only names."""
    files.councils = ["2014-05-22,Barnet,,all-out,1,,0"]
    files.results = [candidate("Hale", "Ann", "PP52", 1, council_gss="")]

    assert len(files.read().declarations) == 1


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (["E09000003,,,1,1,1"], "standing.csv:2: party: '' and party_id are both blank"),
        (
            ["E09000003,PP52,,1,1,1", "E09000003,PP52,,1,1,1"],
            "standing.csv:3: party: '' has two rows for this council",
        ),
        ([f"E09000003,,{'x' * 301},1,1,1"], "standing.csv:2: party: "),
    ],
)
def test_a_faulty_standing_is_a_fault(files: Files, rows: list[str], fault: str) -> None:
    """Each row names a party, and each party has one row for each council."""
    files.standing = rows

    assert files.faults()[0].startswith(fault)


def test_a_party_held_over_under_a_label_is_the_party_with_the_id(files: Files) -> None:
    """Seats under a label without an id are those of the party that has an id elsewhere."""
    files.standing = ["E09000003,,Labour Party,,,1"]
    files.results = [candidate("Hale", "Ann", "PP53", 1)]

    (party,) = files.read().openings[0].standing
    assert (party.party_id, party.seats_not_up) == ("PP53", 1)


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("status", "lost", "status: 'lost' is none of counting, recount"),
        ("declared_at", "at dawn", "declared_at: 'at dawn' is no ISO 8601 time"),
        ("revision", "last", "revision: 'last' is no whole number"),
        ("tied_vote_winner", "heads", "tied_vote_winner: 'heads' is neither 1 nor 0"),
        ("ballot_paper_id", "local.camden.hale.2014-05-22", "ballot_paper_id: 'local.camden"),
        ("ballot_paper_id", "hale", "ballot_paper_id: 'hale' cannot be used: "),
    ],
)
def test_optional_columns_are_checked_too(
    files: Files, column: str, value: str, fault: str
) -> None:
    """A column that is given has to hold valid cells."""
    files.results_header = f"{RESULTS},{column}"
    files.results = [candidate("Hale", "Ann", "PP52", 1) + f",{value}"]

    assert files.faults()[0].startswith(f"results.csv:2: {fault}")


def test_an_uncontested_ward_has_no_more_candidates_than_seats(files: Files) -> None:
    """A status that contradicts the nominations is a fault."""
    files.results_header = f"{RESULTS},status"
    files.results = [
        candidate("Hale", name, "PP52", "") + ",uncontested" for name in ("Ann", "Bob")
    ]

    assert files.faults() == [
        (
            "results.csv:2: status: 'uncontested' with 2 candidates for 1 seats cannot be;"
            " correct one of the three"
        )
    ]


@pytest.mark.parametrize(
    ("rows", "warning"),
    [
        (
            [
                candidate("Hale", "Ann", "PP52", 1),
                candidate("Hale", "Bob", "PP52", 1, election_date="2014-06-26"),
            ],
            "results.csv:2: election_date: polled again on 2014-06-26; that poll counts",
        ),
        (
            [candidate("Hale", "Ann", "PP52", ""), candidate("Hale", "", "", "")],
            "results.csv:2: candidate: blank on some rows; nominations are taken as unknown",
        ),
        (
            [candidate("Hale", "Ann", "PP52", "", elected=0)],
            "results.csv:2: elected: 0 for every candidate; the ward is taken as undeclared",
        ),
        (
            [candidate("Hale", "Ann", "PP52", 5), candidate("Hale", "Bob", "PP52", "")],
            "results.csv:2: votes: stated for some candidates alone, and nobody is marked elected",
        ),
        (
            [candidate("Hale", "Ann", "PP52", 5, electorate=4)],
            "results.csv:2: votes: 5 in all, more than 1 on each of at most 4 ballots",
        ),
    ],
)
def test_odd_wards_are_counted_with_a_warning(files: Files, rows: list[str], warning: str) -> None:
    """What may be a mistake of the newsroom is a warning."""
    files.results = rows

    assert warning in files.warnings()


def test_a_ward_without_name_and_code_is_a_fault(files: Files) -> None:
    """Nothing identifies it."""
    files.results = [candidate("", "Ann", "PP52", 1)]

    assert files.faults()[0].startswith("results.csv:2: ward: '' cannot be used: ")


def test_a_file_too_large_is_not_read(files: Files) -> None:
    """The limit keeps a wrong path from filling the memory."""
    path = files.paths()["results"]
    with path.open("r+b") as opened:
        opened.truncate(FILE_BYTES_MAX + 1)

    with pytest.raises(ValueError, match="larger than"):
        files.read_as_written()
