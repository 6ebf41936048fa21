"""Sources of an invented night: its records, written in the shapes of the public sources."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

POLL: Final = date(2027, 5, 6)
PARTIES: Final = (
    ("Conservative and Unionist Party", "PP52", "con"),
    ("Labour Party", "PP53", "lab"),
    ("Liberal Democrats", "PP90", "ld"),
    ("Green Party", "PP63", "green"),
    ("Reform UK", "PP7931", "ref"),
)
Row = dict[str, Any]


class LeftOut(NamedTuple):
    """What was left out on purpose: of which council, and as what it is to be listed."""

    council: str
    reason: str


class Person(NamedTuple):
    """A candidate, with Democracy Club's number of the person."""

    number: int
    name: str
    party: str
    party_id: str


@dataclass
class Ward:
    """A ward of an invented council, with its candidates."""

    name: str
    gss: str
    seats: int
    ballot: str
    candidates: list[Person] = field(default_factory=list)


@dataclass
class Council:
    """An invented council, and who holds its seats: ward, party, party id, next election.

    `last` is what each of PARTIES won at its last election, by its column in the history.
    """

    name: str
    slug: str
    code: str
    gss: str
    system: str
    wards: list[Ward]
    roll: list[tuple[str, str, str, str]]
    total: int
    last: dict[str, int]
    control: str


@dataclass
class InventedNight:
    """The councils of a night, and what its sources leave out on purpose.

    Ballots in `cancelled` are called off, each with a reason, and councils in `gone`, by slug, are
    not polled at all.
    """

    councils: list[Council]
    left_out: list[LeftOut]
    locked: dict[str, bool] = field(default_factory=dict)
    cancelled: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def write(self, sources: Path) -> None:
        """Writes the files of the public sources into a folder."""
        sources.mkdir(parents=True, exist_ok=True)
        polled = [council for council in self.councils if council.slug not in self.gone]
        elections = [each for council in polled for each in self._elections(council)]
        page = {"count": len(elections), "next": None, "previous": None, "results": elections}
        (sources / "ee-elections.json").write_text(json.dumps(page, indent=1), encoding="utf-8")
        _write(sources / "dc-candidates.csv", self._candidates())
        _write(sources / "ocd-councillors.csv", self._roll())
        _write(sources / "ocd-history.csv", self._history())
        _write(sources / "mysociety-register.csv", self._register())
        times = (
            f"{each.name} {number % 12:02}:30"
            for number, each in enumerate(self.councils)
            if each in polled
        )
        title = "Local authorities (all times are for Friday May 7 except where stated)"
        (sources / "pa-declaration-times.txt").write_text("\n".join((title, *times)) + "\n")

    def _elections(self, council: Council) -> list[Row]:
        common = {
            "poll_open_date": POLL.isoformat(),
            "organisation": {
                "official_identifier": council.code,
                "official_name": f"{council.name} Council",
                "common_name": council.name,
                "slug": council.slug,
            },
            "voting_system": {"slug": council.system},
            "deleted": False,
            "replaces": None,
            "replaced_by": None,
        }
        group = {
            **common,
            "election_id": f"local.{council.slug}.{POLL}",
            "group_type": "organisation",
            "children": [each.ballot for each in council.wards],
            "cancelled": False,
        }
        return [group, *(self._ballot(each, common) for each in council.wards)]

    def _ballot(self, ward: Ward, common: Row) -> Row:
        return {
            **common,
            "election_id": ward.ballot,
            "group_type": None,
            "division": {"name": ward.name, "official_identifier": f"gss:{ward.gss}"},
            "seats_contested": ward.seats,
            "cancelled": ward.ballot in self.cancelled,
            "cancellation_reason": self.cancelled.get(ward.ballot),
        }

    def _candidates(self) -> list[Row]:
        return [
            {
                "person_id": person.number,
                "person_name": person.name,
                "election_id": f"local.{council.slug}.{POLL}",
                "ballot_paper_id": ward.ballot,
                "election_date": POLL.isoformat(),
                "party_name": person.party,
                "party_id": person.party_id,
                "post_label": ward.name,
                "cancelled_poll": "t" if ward.ballot in self.cancelled else "f",
                "seats_contested": ward.seats,
                "gss": ward.gss,
                "candidates_locked": "t" if self.locked.get(ward.ballot, True) else "f",
                "organisation_name": f"{council.name} Council",
            }
            for council in self.councils
            for ward in council.wards
            for person in ward.candidates
        ]

    def _roll(self) -> list[Row]:
        return [
            {
                "Council": council.name,
                "Ward Name": ward,
                "Councillor Name": f"Cllr {council.name} {number}",
                "Next Election": day,
                "Party Name": party,
                "Electoral Commission Party Code": party_id,
            }
            for council in self.councils
            for number, (ward, party, party_id, day) in enumerate(council.roll)
        ]

    def _history(self) -> list[Row]:
        found = []
        for number, council in enumerate(self.councils):
            if not council.roll:
                continue
            for year in range(2022, POLL.year):
                common = {"id": len(found), "council id": 1000 + number, "authority": council.name}
                years = {"year": year, "total": council.total}
                control = {"other": 0, "majority": council.control}
                found.append({**common, **years, **council.last, **control})
        return found

    def _register(self) -> list[Row]:
        return [
            {
                "local-authority-code": council.code,
                "official-name": f"{council.name} Council",
                "nice-name": council.name,
                "gss-code": council.gss,
                "end-date": "",
                "replaced-by": "",
                "alt-names": "",
                "open-council-data-id": 1000 + number,
            }
            for number, council in enumerate(self.councils)
            if council.roll
        ]


def _write(file: Path, rows: list[Row]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
