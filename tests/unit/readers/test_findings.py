from pathlib import Path

import pytest

from readers.findings import FAULTS_SHOWN_MAX, Finding, Findings
from tests.support.night_writer import RESULTS, Files, candidate


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def contest(*votes_and_flags: tuple[object, object], seats: int = 1) -> list[str]:
    return [
        candidate("Hale", f"Candidate {n}", "PP52", votes, elected=flag, seats_contested=seats)
        for n, (votes, flag) in enumerate(votes_and_flags, start=1)
    ]


def test_a_fault_says_where_what_and_what_to_do(files: Files) -> None:
    """File, line, column, value and remedy are in one line."""
    files.results = [candidate("Hale", "Ann", "PP52", -5)]

    assert files.faults() == [
        (
            "results.csv:2: votes: '-5' is no whole number from 0 to 10000000;"
            " correct it, or leave it blank"
        )
    ]


def test_all_faults_of_all_files_are_reported_at_once(files: Files) -> None:
    """The first run lists everything that has to be repaired, file by file."""
    files.councils = ["22/05/2014,Barnet,E09000003,all-out,63,,0", "2014-05-22,,,never,,,2"]
    files.standing = ["E09000009,PP52,,x,,"]
    files.results = [candidate("Hale", "Ann", "PP52", "many", election_date="never")]

    assert [fault.split(": ")[0] + " " + fault.split(": ")[1] for fault in files.faults()] == [
        "councils.csv:2 election_date",
        "councils.csv:3 council",
        "standing.csv:2 council_gss",
        "standing.csv:2 seats_eve_of_poll",
        "results.csv:2 council_gss",
    ]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (
            contest((10, 1), (9, 1)),
            (
                "results.csv:3: elected: '1' makes 2 elected for 1 seats; correct elected or"
                " seats_contested"
            ),
        ),
        (
            contest((9, 1), (10, 0)),
            (
                "results.csv:3: elected: '0' contradicts the votes: Candidate 2 has 10,"
                " Candidate 1 is elected with 9; correct one of them"
            ),
        ),
        (
            contest((10, "perhaps")),
            (
                "results.csv:2: elected: 'perhaps' is neither 1 nor 0; give one of them, or"
                " leave it"
                " blank"
            ),
        ),
        (
            contest((10, ""), seats=3),
            (
                "councils.csv:2: seats_total: '2' seats, but 3 are up and 0 held over; correct"
                " one of"
                " the three"
            ),
        ),
        (
            contest((10, ""), seats=0),
            "results.csv:2: seats_contested: '0' does not say how many seats; give a number from 1",
        ),
        (
            [candidate("Hale", "Ann", "PP52", 1, council_gss="E09000099", council="Nowhere")],
            (
                "results.csv:2: council_gss: 'E09000099' (Nowhere) is not in councils.csv; add the"
                " council there"
            ),
        ),
        (
            [candidate("Hale", "Ann", "PP52", 1, election_date="2014-05-21")],
            "results.csv:2: election_date: '2014-05-21' is before the poll of Barnet on 2014-05-22",
        ),
        (
            [candidate("Hale", "", "", 1)],
            "results.csv:2: candidate: '' and party are blank beside a result; say whose it is",
        ),
        (
            [candidate("Hale", "A" * 400, "PP52", 1)],
            "results.csv:2: candidates[0].candidate: " + repr("A" * 199) + "…: String should have"
            " at most 300 characters",
        ),
        (
            ["2014-05-22,Barnet,E09000003,Hale,,1,Smith, Ann,Labour Party,PP53,1,,,,"],
            "results.csv:2: 15 cells under 14 columns; quote cells that contain a comma",
        ),
    ],
)
def test_what_cannot_be_right_is_a_fault(files: Files, rows: list[str], fault: str) -> None:
    """Nothing is counted, and the message says what to correct."""
    files.results = rows

    assert fault[:200] in [found[:200] for found in files.faults()]


def test_one_ballot_twice_with_other_contents_is_a_fault(files: Files) -> None:
    """Two results of one ward cannot both be right, wherever the second one is in the file."""
    first = [candidate("Hale", name, "PP52", votes) for name, votes in (("Ann", 10), ("Bob", 9))]
    second = [candidate("Hale", name, "PP52", votes) for name, votes in (("Ann", 8), ("Bob", 9))]
    files.results = [*first, candidate("Mill Hill", "Cid", "PP52", 1), *second]

    assert files.faults() == [
        (
            "results.csv:5: ward: 'Hale' is given twice, first on line 2, with other contents;"
            " keep one, or give a revision"
        )
    ]


def test_one_ballot_twice_with_more_candidates_is_a_fault(files: Files) -> None:
    """A second run of rows that names most of the same candidates is the same ballot."""
    first = [candidate("Hale", name, "PP52", 9) for name in ("Ann", "Bob")]
    second = [candidate("Hale", name, "PP52", 9) for name in ("Ann", "Bob", "Cid")]
    files.results = [*first, candidate("Mill Hill", "Dot", "PP52", 1), *second]

    assert "with other contents" in files.faults()[0]


def test_one_ballot_twice_with_the_same_contents_is_counted_once(files: Files) -> None:
    """Rows that were pasted twice are a warning."""
    rows = contest((10, 1), (9, 0))
    files.results = [*rows, *rows]

    assert files.warnings() == [
        (
            "councils.csv:2: seats_total: '2' seats, of which 1 are up and 0 held over; 1 are open"
            " to anyone, unless seats_vacant says otherwise"
        ),
        (
            "results.csv:4: ward: 'Hale' is given twice, first on line 2, with the same contents;"
            " counted once"
        ),
    ]


def test_seats_that_differ_within_a_ballot_are_a_fault(files: Files) -> None:
    """Every row of a ballot repeats its seats, so they cannot differ."""
    files.results = [
        candidate("Hale", "Ann", "PP52", 1),
        candidate("Hale", "Bob", "PP52", 1, seats_contested=2),
    ]

    assert files.faults() == [
        "results.csv:3: seats_contested: '2' differs from line 2 of the same ballot"
    ]


@pytest.mark.parametrize(
    ("rows", "warning"),
    [
        (
            contest((10, 1)),
            (
                "councils.csv:2: seats_total: '2' seats, of which 1 are up and 0 held over; 1"
                " are open to anyone, unless seats_vacant says otherwise"
            ),
        ),
        (
            [candidate("Hale", "Ann", "PP52", 5, electorate=10, turnout_pct=101)],
            "results.csv:2: turnout_pct: '101' is more than the whole electorate",
        ),
        (
            [candidate("Hale", "Ann", "PP52", 61, electorate=100, turnout_pct=59)],
            "results.csv:2: votes: 61 in all, more than 1 on each of at most 60 ballots",
        ),
        (
            [candidate("Hale", "Ann", "PP52", 5), candidate("Hale", "ANN", "PP53", 6)],
            "results.csv:3: candidate: 'ANN' is also on line 2 of this ward",
        ),
        (
            [candidate("Hale", "Ann", "", 5, party="OTH")],
            "results.csv:2: party: 'OTH' lumps several parties, and is counted as one",
        ),
        (
            [candidate("Hale", "Ann", "", 5)],
            "results.csv:2: party: '' is blank; counted as an independent",
        ),
        (
            contest((10, 1), seats=0),
            (
                "results.csv:2: seats_contested: '0' does not say how many seats; taken as the 1"
                " elected"
            ),
        ),
        (
            [candidate("Hale", "Ann", "PP52", 5), candidate("Hale", "Bob", "PP53", 5)],
            (
                "results.csv:2: votes: '5' ties across the last seat; undeclared until elected is"
                " given"
            ),
        ),
        (
            [candidate("Hale", "Ann", "PP52", 5, council="Barnett")],
            "results.csv:2: council: 'Barnett' is called 'Barnet' in councils.csv; its code counts",
        ),
        (
            contest((10, 0), (9, 0)),
            "results.csv:2: elected: 0 for every candidate; the ward is taken as undeclared",
        ),
        (
            contest((10, 1), (9, 0), seats=2),
            "results.csv:2: elected: 1 of 2 seats so far; the others are open",
        ),
        (
            [candidate("Hale", "Ann", "PP53", 5)],
            (
                "councils.csv:2: control_before: 'PP52' (Conservative and Unionist Party) stands in"
                " no ward of this council"
            ),
        ),
    ],
)
def test_what_is_odd_but_possible_is_counted_with_a_warning(
    files: Files, rows: list[str], warning: str
) -> None:
    """The night is read nevertheless."""
    files.results = rows

    assert warning in files.warnings()


def test_namesakes_are_not_a_second_copy(files: Files) -> None:
    """Two candidates with the same name and party can stand in one ward, each with votes."""
    files.results = [
        candidate("Hale", "Smith", "PP52", votes, elected=1, seats_contested=2) for votes in (8, 9)
    ]

    night = files.read()

    assert len(night.openings[0].wards[0].candidates or ()) == 2
    assert len(night.warnings) == 1


def test_a_number_that_no_seat_depends_on_is_left_out(files: Files) -> None:
    """A footnote in the electorate is only a warning."""
    files.councils = ["2014-05-22,Barnet,E09000003,all-out,1,,0"]
    files.results = [candidate("Hale", "Ann", "PP52", 5, electorate="900*", turnout_pct="n/a")]

    assert files.warnings() == [
        (
            "results.csv:2: electorate: '900*' is no whole number from 0 to 10000000,"
            " and is left out"
        ),
        "results.csv:2: turnout_pct: 'n/a' is no percentage, and is left out",
    ]


def test_a_winner_by_lot_is_not_a_contradiction(files: Files) -> None:
    """If one of two with equal votes is elected, there is no warning."""
    files.councils = ["2014-05-22,Barnet,E09000003,all-out,1,,0"]
    files.results = contest((5, 0), (5, 1))

    assert files.warnings() == []


def test_a_repeated_warning_is_given_once_with_its_number(files: Files) -> None:
    """Seventy candidates without a description are one line."""
    files.results = [candidate(ward, ward, "", 5, party="OTH") for ward in ("Hale", "Oakleigh")]

    assert files.warnings() == [
        (
            "councils.csv:2: control_before: 'PP52' (Conservative and Unionist Party) stands in"
            " no ward of this council"
        ),
        (
            "results.csv:2: party: 'OTH' lumps several parties, and is counted as one"
            " (2 times in this file)"
        ),
    ]


def test_missing_columns_are_named(files: Files) -> None:
    """A missing column is a fault of the header, not of each row."""
    files.results_header = "ward,votes,votes"

    assert files.faults() == [
        (
            "results.csv:1: council_gss or council or ballot_paper_id: no such column; add it"
            " to the"
            " header"
        ),
        "results.csv:1: seats_contested: no such column; add it to the header",
        "results.csv:1: candidate or person_name: no such column; add it to the header",
        "results.csv:1: party or party_id or party_name: no such column; add it to the header",
        "results.csv:1: votes: the header has it twice; rename one of the two",
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "results.csv:1: no header; the first line has to name the columns"),
        (b"\x81\xff", "results.csv:1: neither UTF-8 nor Windows-1252; save it as UTF-8"),
        (
            RESULTS.encode() + b'\n"Ann',
            "results.csv:2: not CSV: unexpected end of data; check the quotation marks",
        ),
    ],
)
def test_a_file_that_is_not_a_table_is_one_fault(files: Files, content: bytes, fault: str) -> None:
    """A file of another kind is reported once."""
    path = files.paths()["results"]
    path.write_bytes(content)

    with pytest.raises(ValueError, match=r"results\.csv") as raised:
        files.read_as_written()

    assert str(raised.value) == f"{files.directory}/{fault}"


def test_a_missing_file_is_a_fault(files: Files) -> None:
    """A mistyped path is reported like any other fault."""
    files.paths()["standing"].unlink()

    with pytest.raises(ValueError, match="cannot be read: No such file or directory"):
        files.read_as_written()


def test_a_name_cannot_control_the_terminal(files: Files) -> None:
    """Control characters are shown as escapes, and a very long value is cut short."""
    name = "Nowhere\x1b[2J"
    files.results = [candidate("Hale", "Ann", "PP52", "9" * 999, council=name, council_gss="")]
    files.results += [candidate("Hale", "Bob", "PP52", "9" * 999)]

    unknown, long = files.faults()

    assert "'Nowhere\\x1b[2J' (Nowhere\\x1b[2J) is not in councils.csv" in unknown
    assert len(long) < 400


def test_a_file_of_rubbish_does_not_flood_the_screen() -> None:
    """After a thousand faults only the number of the others is given."""
    findings = Findings()
    for line in range(FAULTS_SHOWN_MAX + 5):
        findings.fault(Path("results.csv"), line, "votes: no number")

    assert findings.faults[-1] == Finding(
        Path("results.csv"), FAULTS_SHOWN_MAX, "and 5 more faults"
    )
    assert len(findings.faults) == FAULTS_SHOWN_MAX + 1
