"""A night of two councils in files, and what Democracy Club's API says of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readers.ballot import Ballot
from readers.events import EventPlaces
from readers.findings import Findings
from readers.night import read_places
from readers.said import Said, SaidReader
from readers.said_files import read_said
from schemas.ward import WardDeclared
from tests.support.night_writer import Files, candidate

DAY = "2014-05-22"
HALE, VALE = f"local.barnet.hale.{DAY}", f"local.barnet.vale.{DAY}"
MILL = f"local.camden.mill.{DAY}"

COUNCILS = [f"{DAY},Barnet,E09000003,all-out,2,PP52,0", f"{DAY},Camden,E09000007,all-out,1,PP53,0"]
CAMDEN = {"council": "Camden", "council_gss": "E09000007"}
NOMINATIONS = [
    candidate("Hale", "Ann Able", "PP53", "", ward_gss="E05000001"),
    candidate("Hale", "Bob Bee", "PP52", "", ward_gss="E05000001"),
    candidate("Vale", "Cid Cee", "PP53", "", ward_gss="E05000002"),
    candidate("Vale", "Dot Dee", "PP52", "", ward_gss="E05000002"),
    candidate("Mill", "Eve Eel", "PP53", "", **CAMDEN),
    candidate("Mill", "Fay Fin", "PP52", "", **CAMDEN),
]


def write_night(folder: Path) -> Path:
    """Writes the files of the night: three wards of one seat, each with two candidates."""
    folder.mkdir(exist_ok=True)
    Files(folder, councils=COUNCILS, results=NOMINATIONS).paths()
    return folder


def places_of(folder: Path) -> EventPlaces:
    councils, standing, results = (
        folder / f"{name}.csv" for name in ("councils", "standing", "results")
    )
    return read_places(councils, standing, results)


@dataclass
class Reading:
    """A reader beside the night, and what it cannot read."""

    reader: SaidReader
    folder: Path

    def read(self, content: str, name: str = "in.csv") -> tuple[Said, list[str]]:
        """Returns what a file says, and its faults without its folder."""
        file = self.folder / name
        file.write_text(content, encoding="utf-8")
        findings = Findings()
        said = read_said(file, self.reader, findings)
        return said, [str(each).removeprefix(f"{self.folder}/") for each in findings.faults]


def figures(event: object) -> dict[str, tuple[int | None, bool | None]]:
    """Returns the votes and the mark of each candidate of a result."""
    assert isinstance(event, WardDeclared)
    return {each.candidate: (each.votes, each.elected) for each in event.candidates}


def api_ballots(
    places: EventPlaces, results: Mapping[str, Mapping[str, object]] | None = None
) -> list[dict[str, Any]]:
    """Returns every ballot of a night as the API has it, with votes or marks by candidate.

    A number is votes, True a winner, and None nothing yet.
    """
    found = results or {}
    return [
        api_ballot(ballot, identifier, found.get(identifier, {}))
        for ballot in places.ballots
        for identifier in (places.identifiers[ballot.key, ballot.poll],)
    ]


def api_ballot(ballot: Ballot, identifier: str, result: Mapping[str, object]) -> dict[str, Any]:
    votes = sorted((each for each in result.values() if type(each) is int), reverse=True)
    last = votes[ballot.seats_contested - 1] if len(votes) >= ballot.seats_contested else None
    people = []
    for number, row in enumerate(ballot.rows):
        said = result.get(row.candidate)
        is_elected = (said >= last) if type(said) is int and last is not None else said
        has_votes = type(said) is int
        people.append(
            {
                "elected": is_elected if said is not None else None,
                "party_list_position": None,
                "party": {"ec_id": row.party_id or "ynmp-party:2", "name": row.party},
                "party_name": row.party,
                "person": {"id": number + 1, "name": row.candidate},
                "result": {"num_ballots": said, "elected": is_elected} if has_votes else None,
            }
        )
    return {
        "url": f"https://candidates.democracyclub.org.uk/api/next/ballots/{identifier}/",
        "election": {"election_date": ballot.poll.isoformat(), "current": True},
        "post": {"id": f"gss:{ballot.ward_gss}", "label": ballot.ward, "slug": "-"},
        "winner_count": ballot.seats_contested,
        "ballot_paper_id": identifier,
        "cancelled": False,
        "candidates_locked": True,
        "candidacies": people,
        "replaces": None,
        "replaced_by": None,
    }


def api_page(
    ballots: Sequence[dict[str, Any]], next_address: str | None = None, count: int | None = None
) -> bytes:
    """Returns one page of the API."""
    return json.dumps(
        {
            "count": len(ballots) if count is None else count,
            "next": next_address,
            "previous": None,
            "results": ballots,
        }
    ).encode()
