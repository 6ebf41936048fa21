"""What is said of a council in the shapes in which councils, agencies and volunteers publish it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from xml.etree import ElementTree as ET
from zlib import crc32

from readers.ballot import Ballot
from schemas.council_result import CouncilDeclared
from schemas.events import encode_event
from schemas.ward import Candidate, WardDeclared

Published = tuple[Ballot, str, WardDeclared | None]
"""A ballot of a council, its id, and what is said of it; None if nothing is yet."""

ELECTORAL_COMMISSION = "http://search.electoralcommission.org.uk/English/Registrations/"
STATISTICS = "http://statistics.data.gov.uk/id/statistical-geography/"


def modern_gov(council: str, published: Iterable[Published]) -> str:
    """Returns ModernGov's `GetElectionResults` of a council: every ward, with votes once known."""
    root = ET.Element("election")
    ET.SubElement(root, "title").text = f"{council} Council elections"
    people = ET.SubElement(root, "candidates")
    areas = ET.SubElement(root, "electionareas")
    for number, (ballot, _, said) in enumerate(published, 1):
        area = ET.SubElement(areas, "electionarea")
        _texts(area, electionareaid=number, title=ballot.ward, numseats=ballot.seats_contested)
        for each in _people(ballot, said):
            person = ET.SubElement(people, "candidate")
            _texts(person, electionareaid=number, areatitle=ballot.ward)
            _texts(person, candidatename=each.candidate, numvotes=each.votes or 0)
            _texts(person, politicalpartytitle=each.party, iselected=bool(each.elected))
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _texts(element: ET.Element, **texts: object) -> None:
    for name, text in texts.items():
        ET.SubElement(element, name).text = str(text)


def results_csv(_: str, published: Iterable[Published]) -> str:
    """Returns the declared wards as `results.csv` has them."""
    return _table(
        {
            "council": ballot.council.name,
            "council_gss": ballot.council.council_gss,
            "ward": ballot.ward,
            "ward_gss": ballot.ward_gss,
            "election_date": ballot.poll.isoformat(),
            "seats_contested": ballot.seats_contested,
            "candidate": each.candidate,
            "party": each.party,
            "party_id": each.party_id,
            "votes": each.votes,
            "elected": "" if each.elected is None else int(each.elected),
        }
        for ballot, _, said in published
        if said is not None
        for each in said.candidates
    )


def democracy_club_csv(_: str, published: Iterable[Published]) -> str:
    """Returns the declared wards as Democracy Club's data download has them."""
    return _table(
        {
            "person_id": number,
            "person_name": each.candidate,
            "election_id": f"local.{ballot.poll}",
            "ballot_paper_id": identifier,
            "election_date": ballot.poll.isoformat(),
            "party_name": each.party,
            "party_id": each.party_id,
            "post_label": ballot.ward,
            "cancelled_poll": "f",
            "seats_contested": ballot.seats_contested,
            "votes_cast": each.votes,
            "elected": {None: "", True: "t", False: "f"}[each.elected],
            "tied_vote_winner": "t" if each.tied_vote_winner else "f",
        }
        for ballot, identifier, said in published
        if said is not None
        for number, each in enumerate(said.candidates, 1)
    )


def lga_csv(council: str, published: Iterable[Published]) -> str:
    """Returns the declared wards in the schema of the Local Government Association."""
    return _table(
        {
            "ElectionDate": ballot.poll.isoformat(),
            "TypeofElection": "DistrictAndBorough",
            "OrganisationLabel": f"{council} Council",
            "OrganisationURI": f"{STATISTICS}{ballot.council.council_gss}",
            "ElectoralAreaURI": f"{STATISTICS}{ballot.ward_gss}" if ballot.ward_gss else "",
            "ElectoralAreaLabel": ballot.ward,
            "NumberOfSeats": ballot.seats_contested,
            "CandidateLabel": each.candidate,
            "PoliticalPartyURI": f"{ELECTORAL_COMMISSION}{each.party_id}" if each.party_id else "",
            "PoliticalPartyLabel": each.party,
            "VotesWon": each.votes,
            "Elected": {None: "", True: "ELECTED", False: "NOT ELECTED"}[each.elected],
        }
        for ballot, _, said in published
        if said is not None
        for each in said.candidates
    )


def events_jsonl(_: str, published: Iterable[Published]) -> str:
    """Returns the declared wards as events, a line each."""
    return "\n".join(encode_event(said).decode() for _, _, said in published if said is not None)


FILES: tuple[tuple[str, Callable[[str, Sequence[Published]], str]], ...] = (
    ("results.csv", results_csv),
    ("democracy-club.csv", democracy_club_csv),
    ("lga.csv", lga_csv),
    ("modern-gov.xml", modern_gov),
    ("events.jsonl", events_jsonl),
)
"""How a file of a council may be called, and what is in it."""


def agency(said: CouncilDeclared, name: str, day: str, *, as_xml: bool, rush: bool = False) -> str:
    """Returns the Press Association's message about a council."""
    kind = "LocalElectionRush" if rush else "LocalElectionResult"
    listed = [
        {"@name": each.party or each.party_id, "@paId": pa_id(each.party_id), "@seats": each.seats}
        for each in said.seats
    ]
    head = {"revision": str(said.revision), "declarationTime": f"{day}T233000+0100"}
    if not as_xml:
        parties = [{key: str(value) for key, value in each.items()} for each in listed]
        council = {
            "@name": name,
            "@paId": pa_id(name),
            "NewCouncil": {"Party": parties[0] if len(parties) == 1 else parties},
        }
        of_head = {f"@{key}": value for key, value in head.items()}
        return json.dumps({kind: {**of_head, "Election": {"@date": day, "Council": council}}})
    root = ET.Element(kind, head)
    election = ET.SubElement(root, "Election", {"date": day})
    new = ET.SubElement(
        ET.SubElement(election, "Council", {"name": name, "paId": pa_id(name)}), "NewCouncil"
    )
    for party in listed:
        ET.SubElement(new, "Party", {key[1:]: str(value) for key, value in party.items()})
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def pa_id(of: str) -> str:
    """Returns an id as the agency has one of its own, of a council or a party."""
    return str(crc32(of.encode()))


def _people(ballot: Ballot, said: WardDeclared | None) -> Sequence[Candidate]:
    if said is not None:
        return said.candidates
    return [
        Candidate(candidate=row.candidate, party=row.party, party_id=row.party_id)
        for row in ballot.rows
    ]


def _table(rows: Iterable[dict[str, object]]) -> str:
    written = io.StringIO()
    all_rows = [*rows]
    table = csv.DictWriter(written, [*all_rows[0]] if all_rows else ["council"])
    table.writeheader()
    table.writerows(all_rows)
    return written.getvalue()
