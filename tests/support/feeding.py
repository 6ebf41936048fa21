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

    A number is votes, with which the most are elected; True is a winner without votes yet.
    """
    found = results or {}
    ballots = []
    for ballot in places.ballots:
        identifier = places.identifiers[ballot.key, ballot.poll]
        of_ballot = found.get(identifier, {})
        given = [of_ballot.get(row.candidate) for row in ballot.rows]
        votes = [each if type(each) is int else None for each in given]
        ranked = sorted((each for each in votes if each is not None), reverse=True)
        last = ranked[ballot.seats_contested - 1] if ranked else 0
        marks = [
            bool(mark) if number is None and mark is not None else number and number >= last
            for mark, number in zip(given, votes, strict=True)
        ]
        ballots.append(_api_ballot(ballot, identifier, votes, marks))
    return ballots


def api_night(places: EventPlaces, said: Mapping[str, WardDeclared]) -> list[dict[str, Any]]:
    """Returns every ballot of a night as the API has it, with the results that were said."""
    ballots = []
    for ballot in places.ballots:
        identifier = places.identifiers[ballot.key, ballot.poll]
        result = said.get(identifier)
        people = result.candidates if result else ()
        votes = [each.votes for each in people] or [None] * len(ballot.rows)
        marks = [each.elected for each in people] or [None] * len(ballot.rows)
        ballots.append(_api_ballot(ballot, identifier, votes, marks))
    return ballots


def _api_ballot(
    ballot: Ballot, identifier: str, votes: Sequence[int | None], marks: Sequence[object]
) -> dict[str, Any]:
    people = [
        {
            "elected": mark,
            "party_list_position": None,
            "party": {"ec_id": row.party_id, "name": row.party},
            "party_name": row.party,
            "person": {"id": number, "name": row.candidate},
            "result": None if votes_cast is None else {"num_ballots": votes_cast, "elected": mark},
        }
        for number, (row, votes_cast, mark) in enumerate(
            zip(ballot.rows, votes, marks, strict=True), 1
        )
    ]
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
