"""What the Press Association says of the councils of a night."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from readers.agency_ids import AgencyIds, read_agency_ids
from readers.agency_said import AgencyReader, AgencySaid
from readers.findings import Findings
from readers.said import SaidReader
from tests.support.feeding import places_of, write_night

NAMES = {"659": "Conservative", "662": "Labour", "700": "Barnet First"}


def message(kind: str = "LocalElectionResult", **fields: Any) -> dict[str, Any]:
    """Returns a message as their JSON has it; `seats` are those of the new council by PA's id."""
    seats = fields.pop("seats", {"659": 1, "662": 1})
    revision = fields.pop("revision", 1)
    day = fields.pop("day", "20140522")
    council: dict[str, Any] = {"@name": "Barnet", "@paId": "1201"} | fields
    if seats:
        listed = [
            {"@name": NAMES[party], "@paId": party, "@seats": str(number)}
            for party, number in seats.items()
        ]
        # A single one is no array.
        council["NewCouncil"] = {"Party": listed[0] if len(listed) == 1 else listed}
    return {
        kind: {
            "@revision": str(revision),
            "@declarationTime": "20140523T023000+0100",
            "Election": {"@date": day, "@paId": "660", "Council": council},
        }
    }


def nominations(con: int, lab: int) -> dict[str, Any]:
    found = message("LocalElectionNominations", seats={})
    found["LocalElectionNominations"]["Election"]["Council"]["Party"] = [
        {"@name": "Conservative", "@paId": "659", "@candidates": str(con)},
        {"@name": "Labour", "@paId": "662", "@candidates": str(lab)},
    ]
    return found


class Agency:
    """A folder of the agency's files beside a night."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reader = SaidReader(places_of(write_night(folder / "night")), "rehearsal")

    def ids(self, *rows: str) -> tuple[AgencyIds, list[str]]:
        file = self.folder / "pa-ids.csv"
        file.write_text("\n".join(("pa_id,council,party", *rows)), encoding="utf-8")
        findings = Findings()
        found = read_agency_ids(file, self.reader.places.councils, findings)
        return found, [str(each).removeprefix(f"{self.folder}/") for each in findings.faults]

    def read(self, *messages: dict[str, Any], ids: tuple[str, ...] = ()) -> AgencySaid:
        """Returns what a file of messages says, which has to have no fault."""
        said, faults = self.read_text(json.dumps(messages, indent=1), ids=ids)
        assert faults == []
        return said

    def faults(self, *messages: dict[str, Any], ids: tuple[str, ...] = ()) -> list[str]:
        return self.read_text(json.dumps(messages, indent=1), ids=ids)[1]

    def read_text(self, text: str, *, ids: tuple[str, ...] = ()) -> tuple[AgencySaid, list[str]]:
        file = self.folder / "message"
        file.write_text(text, encoding="utf-8")
        findings = Findings()
        said = AgencyReader(self.reader, self.ids(*ids)[0]).read(file, findings)
        return said, [str(each).removeprefix(f"{self.folder}/") for each in findings.faults]


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return Agency(tmp_path)


def seats(said: AgencySaid) -> list[tuple[str, int, dict[str, int]]]:
    return [
        (each.council, each.revision, {party.party_id: party.seats for party in each.seats})
        for each in said.results
    ]


def test_a_result_is_of_the_council_and_keeps_its_revision(agency: Agency) -> None:
    """Of several of one council the highest is said."""
    said = agency.read(message(revision=3, seats={"662": 2}), message(revision=2))

    assert seats(said) == [("local.barnet.2014-05-22", 3, {"PP53": 2})]


def test_xml_is_read_as_json_is(agency: Agency) -> None:
    """It is what their JSON is made from."""
    xml = """<?xml version="1.0"?>
<LocalElectionResult revision="2" declarationTime="20140523T023000+0100">
 <Election date="20140522" paId="660"><Council name="Barnet" paId="1201">
  <NewCouncil><Party name="Labour" paId="662" seats="2"/></NewCouncil>
 </Council></Election></LocalElectionResult>"""

    said, faults = agency.read_text(xml)

    assert (said.results, faults) == (
        agency.read(message(revision=2, seats={"662": 2})).results,
        [],
    )


def test_the_table_of_ids_says_which_council_and_which_party(agency: Agency) -> None:
    """Whatever the agency calls them."""
    written = message(**{"@name": "London Borough No 12"}, seats={"662": 1, "700": 1})
    ids = ("1201,Barnet,", "662,,PP53", "700,,PP90")

    assert seats(agency.read(written, ids=ids)) == [
        ("local.barnet.2014-05-22", 1, {"PP53": 1, "PP90": 1})
    ]


@pytest.mark.parametrize(
    ("fields", "ids", "fault"),
    [
        ({"@name": "Nowhere", "@paId": "9"}, (), "'Nowhere' with the id '9' is no council of the"),
        ({}, ("1201,Camden,",), "'Barnet' has the id '1201', Camden's in pa-ids.csv; correct that"),
        ({"day": "20180503"}, (), "'Barnet' is of 20180503, and the night's poll is on 2014-05-22"),
        ({"seats": {}}, (), "NewCouncil: missing; give every party's seats on it"),
        ({"seats": {"662": 3}}, (), "seats: '3' adds up to 3, but Barnet has 2 seats"),
    ],
)
def test_what_cannot_be_matched_is_told_and_the_rest_is_read(
    agency: Agency, fields: dict[str, Any], ids: tuple[str, ...], fault: str
) -> None:
    """Another council in the same file counts."""
    other = message(**{"@name": "Camden", "@paId": "1202"}, seats={"662": 1})
    said, faults = agency.read_text(json.dumps([message(**fields), other], indent=1), ids=ids)

    assert [each.council for each in said.results] == ["local.camden.2014-05-22"]
    assert len(faults) == 1
    assert fault in faults[0]
    assert faults[0].startswith("message:")


def test_a_rush_with_seats_is_no_numbered_word_and_one_without_is_noted(agency: Agency) -> None:
    """The first result replaces any rush, whatever number that had."""
    flash = {"@winningParty": "Lab", "@gainOrHold": "gain", "@sittingParty": "C"}
    said = agency.read(
        message("LocalElectionRush", revision=4),
        message("LocalElectionRush", seats={}, **{"@name": "Camden", "@paId": "1202"}, **flash),
    )

    assert said.results == ()
    assert [(each.council, each.revision) for each in said.rushes] == [
        ("local.barnet.2014-05-22", 1)
    ]
    assert said.notes == ("rush of Camden, not counted: Lab gain C",)


def test_nominations_are_held_against_the_night(agency: Agency) -> None:
    """Another number of candidates is told, and counts nothing."""
    assert agency.read(nominations(2, 2)) == AgencySaid()
    assert agency.faults(nominations(2, 3)) == [
        (
            "message:3: candidates: 3 of Labour in Barnet, and 2 in the night; see which is right,"
            " and prepare again"
        )
    ]


def test_the_state_of_the_parties_is_noted(agency: Agency) -> None:
    """It is the agency's sum, and no result of anybody."""
    said = agency.read({"LocalElectionStateOfParties": {"@revision": "12"}})

    assert said == AgencySaid(notes=("LocalElectionStateOfParties: not counted",))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[{"LocalElectionResult": {"@rev', "is JSON that cannot be read"),
        ("<LocalElectionResult><Election>", "is XML that cannot be read"),
        ("<!DOCTYPE a><LocalElectionResult/>", "XML with a document type"),
        ("<html><body>Sorry</body></html>", "is JSON that cannot be read"),
        ("[]", "has no message of the Press Association"),
    ],
)
def test_what_is_no_message_is_told(agency: Agency, text: str, fault: str) -> None:
    """Half a file, or a page that says sorry."""
    said, faults = agency.read_text(text)

    assert said == AgencySaid()
    assert fault in faults[0]


def test_faults_of_the_table_of_ids_are_told(agency: Agency) -> None:
    """With line, field, value and remedy."""
    _, faults = agency.ids("1,Nowhere,", "2,Barnet,PP52", "3,Barnet,", "3,Camden,", "4,,PP52")

    assert faults == [
        "pa-ids.csv:2: council: 'Nowhere' is not in councils.csv; add the council there",
        "pa-ids.csv:3: pa_id: '2' needs either a council or a party; give one of the two",
        "pa-ids.csv:5: pa_id: '3' is another council's on a line above; keep one of the two",
    ]
