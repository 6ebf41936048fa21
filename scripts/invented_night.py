"""Writes an invented night of many councils in the shapes of the public sources.

`python -m scripts.invented_night FOLDER` makes FOLDER/sources, from which `livecount prepare` makes
a night. The same seed gives the same files.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Annotated, Any, Final, NamedTuple

import typer

POLL: Final = date(2027, 5, 6)
COUNCILS: Final = 160
PARTIES: Final = (
    ("Conservative and Unionist Party", "PP52", "con"),
    ("Labour Party", "PP53", "lab"),
    ("Liberal Democrats", "PP90", "ld"),
    ("Green Party", "PP63", "green"),
    ("Reform UK", "PP7931", "ref"),
)
TERMS: Final = {
    "all-out": ("2027-05-06",),
    "halves": ("2027-05-06", "2029-05-03"),
    "thirds": ("2027-05-06", "2028-05-04", "2030-05-02"),
}
"""The days on which the councillors of a ward are up next, by cycle."""

_WARDS_MIN, _WARDS_MAX = 8, 20
_VOWELS, _CONSONANTS = "aeiou", "bdfglmnprstv"

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
    cycle: str
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


def invented_night(councils: int = COUNCILS, *, seed: int = 1) -> InventedNight:
    """Returns a night with something left out of each tenth council, in turn by kind."""
    chance = Random(seed)  # noqa: S311 - the same seed gives the same night
    names = _names(chance)
    night = InventedNight([_council(number, names, chance) for number in range(councils)], [])
    for place, council in enumerate(night.councils[::10]):
        _LEAVING[place % len(_LEAVING)](night, council)
    return night


def _names(chance: Random) -> Any:
    """Yields invented names, none twice and none in another."""
    used: set[str] = set()
    while True:
        pairs = (chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(4))
        name = "".join(pairs)
        if name not in used:
            used.add(name)
            yield name.title()


def _council(number: int, names: Any, chance: Random) -> Council:
    cycle = ("all-out", "thirds", "halves", "all-out")[number % 4]
    nation = "S" if number % 16 == 3 else "E"  # noqa: PLR2004 - one council in sixteen
    name, code = f"{next(names)}shire", f"X{number:03}"
    slug = name.casefold()
    wards, roll = [], []
    terms = TERMS[cycle]
    parties = [_in_nation(each, nation) for each in PARTIES]
    for place in range(chance.randint(_WARDS_MIN, _WARDS_MAX)):
        seats = 3 if cycle == "all-out" else 1
        ward_name = str(next(names))
        ballot = f"local.{slug}.{ward_name.casefold()}.{POLL}"
        ward = Ward(ward_name, f"{nation}05{number:03}{place:03}", seats, ballot)
        for party, party_id, _ in parties:
            for seat in range(seats):
                person = int(f"{number + 1}{place:02}{party_id[2:]}{seat}")
                name_of_person = f"{next(names)} {next(names)}"
                ward.candidates.append(Person(person, name_of_person, party, party_id))
        wards.append(ward)
        for day in terms * 3 if cycle == "all-out" else terms:
            party, party_id, _ = chance.choice(parties)
            roll.append((ward_name, party, party_id, day))
    last = {label: sum(each[2] == party_id for each in roll) for _, party_id, label in parties}
    most = max(last, key=lambda label: last[label])
    control = most.upper() if last[most] * 2 > len(roll) else "NOC"
    gss = f"{nation}{'12' if nation == 'S' else '07'}9{number:05}"
    system = "STV" if nation == "S" else "FPTP"
    return Council(name, slug, code, gss, cycle, system, wards, roll, len(roll), last, control)


def _in_nation(party: tuple[str, str, str], nation: str) -> tuple[str, str, str]:
    """Returns a party as it stands in a nation: Scotland has Greens of its own."""
    if nation == "S" and party[1] == "PP63":
        return ("Scottish Green Party", "PP130", "green")
    return party


def _no_candidates(night: InventedNight, council: Council) -> None:
    council.wards[0].candidates = []
    night.left_out.append(LeftOut(council.name, "no candidates"))


def _no_code(night: InventedNight, council: Council) -> None:
    council.gss = ""
    night.left_out.append(LeftOut(council.name, "no code"))


def _lumped(night: InventedNight, council: Council) -> None:
    ward, _, _, day = council.roll[0]
    council.roll[0] = (ward, "Independent / Other", "", day)
    night.left_out.append(LeftOut(council.name, "lumped"))


def _unmatched(night: InventedNight, council: Council) -> None:
    ward, _, _, day = council.roll[0]
    council.roll[0] = (ward, f"{council.name} Together", "", day)
    night.left_out.append(LeftOut(council.name, "party"))


def _vacant(night: InventedNight, council: Council) -> None:
    council.total += 1
    night.left_out.append(LeftOut(council.name, "seats not accounted for"))


def _not_locked(night: InventedNight, council: Council) -> None:
    night.locked[council.wards[-1].ballot] = False
    night.left_out.append(LeftOut(council.name, "not locked"))


def _new(night: InventedNight, council: Council) -> None:
    council.roll = []
    reasons = ("new council", "no baseline", "no code")
    night.left_out += (LeftOut(council.name, reason) for reason in reasons)


def _by_transfers(night: InventedNight, council: Council) -> None:
    council.system = "STV"
    night.left_out.append(LeftOut(council.name, "stv outside Scotland"))


_LEAVING: Final = (
    *(_no_candidates, _no_code, _lumped, _unmatched),
    *(_vacant, _not_locked, _new, _by_transfers),
)


def _write(file: Path, rows: list[Row]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def main(
    folder: Path,
    councils: Annotated[int, typer.Option(help="How many councils.")] = COUNCILS,
    seed: Annotated[int, typer.Option(help="Another seed gives another night.")] = 1,
) -> None:
    """Writes an invented night, and prints what is left out of it on purpose."""
    night = invented_night(councils, seed=seed)
    night.write(folder / "sources")
    for each in night.left_out:
        typer.echo(f"{each.council}: {each.reason}")


if __name__ == "__main__":
    typer.run(main)
