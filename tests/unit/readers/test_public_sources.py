"""Public sources before a poll: what each file says, and what is odd in it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from readers.findings import Findings
from readers.public_sources.reading import read_sources
from readers.public_sources.records import Sources
from tests.support.prepared import POLL, SAMPLES

XML = """<?xml version="1.0"?>
<Nominations>
 <LocalElectionNominations revision="2">
  <Election date="20270506" paId="660">
   <Council name="Exampleborough" paId="1201" type="Non-Met" proportion="third">
    <Party name="Conservative" abbreviation="C" seatsHeld="16" candidates="11"/>
    <Party name="Labour" abbreviation="Lab" seatsHeld="8" candidates="11"/>
   </Council>
  </Election>
 </LocalElectionNominations>
</Nominations>
"""


def read(*files: Path, findings: Findings | None = None) -> Sources:
    return read_sources(files, POLL, findings or Findings())


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def warnings_of(file: Path) -> list[str]:
    findings = Findings()
    read(file, findings=findings)
    assert findings.faults == ()
    return [each.message for each in findings.warnings]


def test_every_election_lists_councils_and_their_ballots() -> None:
    """With code, name and voting system; the ballots are those that the council lists."""
    polled = read(SAMPLES / "ee-elections.json").polled

    assert [each.code for each in polled] == ["EXB", "NWS", "INV", "SEN", "OTD"]
    assert [each.system for each in polled] == ["FPTP", "FPTP", "STV", "FPTP", "FPTP"]
    assert len(polled[0].ballots) == 11
    assert polled[4].ballots == ("local.otherdale.millfield.by.2027-05-06",)
    assert (polled[0].at.file.name, polled[0].at.line) == ("ee-elections.json", 7)


def test_every_election_lists_a_ballot_with_its_seats(tmp_path: Path) -> None:
    """Cancelled, with the reason and the ballot that replaces it; deleted ones are left out."""
    ballot = {
        "election_id": "local.exampleborough.dale.2027-05-06",
        "poll_open_date": "2027-05-06",
        "group_type": None,
        "division": {"name": "Dale", "official_identifier": "gss:E05999003"},
        "seats_contested": 2,
        "cancelled": True,
        "cancellation_reason": "CANDIDATE_DEATH",
        "replaced_by": "local.exampleborough.dale.2027-06-10",
    }
    deleted = {**ballot, "election_id": "local.exampleborough.ivy.2027-05-06", "deleted": True}
    mayor = {**ballot, "election_id": "mayor.exampleborough.2027-05-06"}
    page = {"count": 9, "next": "https://example/2", "results": [ballot, deleted, mayor]}

    sources = read(written(tmp_path, "page.json", json.dumps(page)))

    (found,) = sources.elections
    assert (found.ward, found.ward_gss, found.seats) == ("Dale", "E05999003", 2)
    assert (found.cancelled, found.cancellation) == (True, "death")
    assert found.replaced_by == "local.exampleborough.dale.2027-06-10"
    assert [(page.of, here) for page, here in sources.missing()] == [(9, 3)]


def test_pages_of_one_answer_may_be_in_several_files(tmp_path: Path) -> None:
    """Nothing is missing once all of its items are there."""
    page = json.loads((SAMPLES / "dc-ballots.json").read_text(encoding="utf-8"))
    page |= {"count": 2, "next": "https://example/2"}
    one = written(tmp_path, "one.json", json.dumps(page))
    two = written(tmp_path, "two.json", json.dumps(page | {"next": None, "previous": "x"}))

    assert [here for _, here in read(one).missing()] == [1]
    assert read(one, two).missing() == ()
    assert warnings_of(one) == []


def test_democracy_clubs_answer_and_export_say_who_stands() -> None:
    """Candidates with the number of the person, seats, and whether they are locked."""
    (answer,) = read(SAMPLES / "dc-ballots.json").nominations
    export = {
        each.ballot_paper_id: each for each in read(SAMPLES / "dc-candidates.csv").nominations
    }

    abbey = export[answer.ballot_paper_id]
    assert (answer.seats, answer.locked, answer.ward_gss) == (1, True, "E05999000")
    assert [(each.person, each.party_id) for each in answer.candidates or ()] == [("90002", "PP53")]
    assert len(abbey.candidates or ()) == 5
    assert export["local.sir-enghraifft.cwm.2027-05-06"].cancelled
    assert "mayor.exampleborough.2027-05-06" not in export


def test_the_roll_says_who_is_up_and_when(tmp_path: Path) -> None:
    """Dates are read either way; what is no date is unknown, with a warning."""
    file = written(
        tmp_path,
        "roll.csv",
        "Council,Ward Name,Councillor Name,Next Election,Party Name\n"
        "Exampleborough,Abbey,A,06/05/2027,Labour Party\n"
        "Exampleborough,Abbey,B,2028-05-04,Labour Party\n"
        "Exampleborough,Abbey,C,soon,Labour Party\n"
        "Exampleborough,Abbey,D,,Labour Party\n",
    )

    found = [each.next_election for each in read(file).councillors]

    assert found == [date(2027, 5, 6), date(2028, 5, 4), None, None]
    assert warnings_of(file) == ["next_election: 'soon' is no date, and is left out"]


def test_the_history_has_the_seats_of_each_year() -> None:
    """Under the labels of its columns, with the majority."""
    first, *_ = read(SAMPLES / "ocd-history.csv").compositions

    assert (first.council_id, first.council, first.year, first.total) == (
        "901",
        "Exampleborough",
        2026,
        30,
    )
    assert dict(first.seats)["con"] == 17
    assert first.majority == "CON"


def test_the_register_has_codes_names_and_successors(tmp_path: Path) -> None:
    """What is no GSS code is left out, with a warning."""
    file = written(
        tmp_path,
        "register.csv",
        "local-authority-code,official-name,nice-name,gss-code,end-date,replaced-by,alt-names\n"
        'OLD,Old District Council,Old,00AB,2027-04-01,NEW,"Olde, Auld"\n',
    )

    (found,) = read(file).register

    assert (found.code, found.council_gss, found.replaced_by) == ("OLD", "", "NEW")
    assert found.names == ("Old", "Old District Council", "Olde", "Auld")
    assert found.ended == date(2027, 4, 1)
    assert warnings_of(file) == [
        "gss_code: '00AB' is no GSS code such as E09000003, and is left out"
    ]


def test_the_agencys_nominations_are_the_same_in_both_forms(tmp_path: Path) -> None:
    """XML has as attributes what JSON marks with an at sign."""
    (as_json,) = read(SAMPLES / "pa-local-nominations.json").agency
    (as_xml,) = read(written(tmp_path, "nominations.xml", XML)).agency

    assert (as_xml.revision, as_json.revision) == (2, 1)
    assert (as_xml.council, as_xml.proportion) == (as_json.council, as_json.proportion)
    assert as_xml.parties == as_json.parties


def test_a_document_type_is_a_fault(tmp_path: Path) -> None:
    """What it defines could be expanded without end."""
    findings = Findings()
    text = XML.replace("<Nominations>", '<!DOCTYPE a [<!ENTITY b "c">]><Nominations>')

    read(written(tmp_path, "nominations.xml", text), findings=findings)

    assert "document type" in findings.faults[0].message


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Exampleborough 02:30", "2027-05-07T02:30:00+01:00"),
        ("St. Helens & District, 2.30", "2027-05-07T02:30:00+01:00"),
        ("Exampleborough 14:00 Saturday", "2027-05-08T14:00:00+01:00"),
        ("Exampleborough 14:00 (Sat May 8)", "2027-05-08T14:00:00+01:00"),
        ("Exampleborough Thursday 23:45", "2027-05-06T23:45:00+01:00"),
    ],
)
def test_a_time_is_on_the_day_that_the_list_says(tmp_path: Path, line: str, expected: str) -> None:
    """The list's own day, except where the line states another."""
    text = f"Local authorities (all times are for Friday May 7 except where stated)\n{line}\n"

    (found,) = read(written(tmp_path, "times.txt", text)).times

    assert found.expected_at.isoformat() == expected
    assert found.council in {"Exampleborough", "St. Helens & District"}


def test_a_line_without_a_time_is_a_warning(tmp_path: Path) -> None:
    """Nothing is guessed for its council."""
    text = "Times are for Friday\nExampleborough to be confirmed\n"

    assert warnings_of(written(tmp_path, "times.txt", text)) == [
        "'Exampleborough to be confirmed' is no council with a time; left out"
    ]
