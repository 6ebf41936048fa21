"""Makes the `previous.csv` of a night from the results of earlier polls.

`python -m scripts.previous NIGHT EARLIER...` writes NIGHT/previous.csv. NIGHT is a folder of
`nights/`; EARLIER are files under the columns of `results.csv`, each of one earlier day, with
everybody who was elected marked. What is left out, and why, is counted on standard output.

A ward is the same if it has the same code, in a council of the same code or name, unless a name
says that it is another one. If some wards of a council have no code, its codes say nothing: then
its wards are the same if all of them have the same names and seats, and else it was redrawn. It was
also redrawn if no code is the same. Of a council that elects all seats at once and was redrawn,
each ward is marked as changed; all else that has no match is left out.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import typer

from readers.councils import gss_or_blank
from readers.findings import Findings
from readers.parties_file import beside, read_register
from readers.party_register import PartyRegister
from readers.previous import NAME
from readers.ward_names import ward_words
from schemas.party import party_key
from schemas.spelling import compared

COLUMNS: Final = (
    *("council_gss", "ward_gss", "ward", "last_fought", "boundaries", "party_id", "party"),
    *("votes", "seats", "turnout_pct"),
)

WHOLE_COUNCIL: Final = 0.8
"""The fraction of a council's seats that an earlier poll has filled at least if all were up."""

Cells = dict[str, str]


@dataclass(slots=True)
class Ward:
    """A ward of one poll: its rows, one for each candidate."""

    rows: list[Cells] = field(default_factory=list)

    @property
    def code(self) -> str:
        """Its GSS code, or blank."""
        return gss_or_blank(self.rows[0]["ward_gss"])

    @property
    def words(self) -> str:
        """Its name as names are compared."""
        return ward_words(self.rows[0]["ward"])

    @property
    def seats(self) -> int:
        """The seats that were filled, or are up."""
        return sum(row["elected"] == "1" for row in self.rows) or int(
            self.rows[0]["seats_contested"]
        )


Council = list[Ward]


def by_council(rows: Iterable[Cells]) -> dict[tuple[str, str], Council]:
    """Returns the wards of each council, which is known by its code and its name."""
    found: dict[tuple[str, str], dict[tuple[str, str], Ward]] = {}
    for row in rows:
        wards = found.setdefault((row["council_gss"], row["council"]), {})
        wards.setdefault((row["ward_gss"], row["ward"]), Ward()).rows.append(row)
    return {council: [*wards.values()] for council, wards in found.items()}


def matched(now: Council, then: Council) -> dict[int, Ward] | None:
    """Returns the earlier ward of each ward by its place; None if the council was redrawn."""
    if any(not ward.code for ward in (*now, *then)):
        names = {ward.words: ward for ward in then}
        same = Counter((each.words, each.seats) for each in now) == Counter(
            (each.words, each.seats) for each in then
        )
        return {place: names[ward.words] for place, ward in enumerate(now)} if same else None
    if not {ward.code for ward in now} & {ward.code for ward in then}:
        return None
    names_now, names_then = ({ward.words for ward in wards} for wards in (now, then))
    found = {}
    for place, ward in enumerate(now):
        of_code = [each for each in then if each.code == ward.code]
        named = [each for each in of_code if each.words == ward.words]
        # Codes that were given to the wrong wards show by the names of others.
        alone = [each for each in of_code if each.words not in names_now]
        if len(named) == 1:
            found[place] = named[0]
        elif len(of_code) == len(alone) == 1 and ward.words not in names_then:
            found[place] = alone[0]
    return found


@dataclass(frozen=True, slots=True)
class Parties:
    """The parties of a council: how they are known, and which of them stand now."""

    register: PartyRegister
    stand: set[tuple[str, str]]

    def is_certain(self, party: tuple[str, str]) -> bool:
        """Returns whether a party is national, or stands now under the same id or label."""
        party_id, label = party
        return party_id in self.register.national or (party_id, compared(label)) in self.stand


def party_of(row: Cells, register: PartyRegister) -> tuple[str, str]:
    """Returns what a candidate's seat is counted under: an id, or a label without one."""
    party_id, party = register.party(row["party_id"], row["party"], nation="E")
    return (party_key(party_id, party), "") if party_id else ("", party)


def earlier_rows(now: Ward, then: Ward, parties: Parties) -> list[Cells]:
    """Returns a row for each party that stood in a ward before.

    Where fewer seats are up now than were filled then, whose they were is known only if one party
    won them all. Nor is it known of a local party under whose label nobody stands now: sources
    have several labels for one.
    """
    several = then.seats > 1
    votes: dict[tuple[str, str], int | None] = {}
    seats: Counter[tuple[str, str]] = Counter()
    for row in then.rows:
        party = party_of(row, parties.register)
        own, before = int(row["votes"]) if row["votes"] else None, votes.get(party, 0)
        known = own is not None and before is not None
        votes[party] = (max(own, before) if several else own + before) if known else None
        seats[party] += row["elected"] == "1"
    place = _place(now, then.rows[0]["election_date"], "same")
    turnout = then.rows[0]["turnout_pct"]
    rows = []
    for party, of_party in votes.items():
        won = _of_those_up(seats[party], now.seats, then.seats)
        row = dict(zip(("party_id", "party"), party, strict=True))
        row["votes"] = "" if of_party is None else str(of_party)
        row["seats"] = won if not seats[party] or parties.is_certain(party) else ""
        rows.append({**place, **row, "turnout_pct": turnout})
    return rows


def _of_those_up(won: int, up: int, filled: int) -> str:
    """Returns how many of the seats that are up a party won; blank if that is not known."""
    if up == filled or not won:
        return str(won)
    return str(up) if won == filled else ""


def _place(ward: Ward, day: str, boundaries: str) -> Cells:
    return {
        "council_gss": ward.rows[0]["council_gss"],
        "ward_gss": ward.code,
        "ward": "" if ward.code else ward.rows[0]["ward"],
        "last_fought": day,
        "boundaries": boundaries,
    }


def previous_of(  # noqa: PLR0913 - what a council is known by
    now: Council,
    then: Council,
    register: PartyRegister,
    *,
    all_out: bool,
    seats_total: int,
    left_out: Counter[str],
) -> list[Cells]:
    """Returns the rows of a council, and counts what is left out of it."""
    days = Counter(ward.rows[0]["election_date"] for ward in then)
    pairs = matched(now, then)
    if pairs is None:
        was_whole = sum(ward.seats for ward in then) >= WHOLE_COUNCIL * seats_total
        if all_out and was_whole:
            (day, _), *_ = days.most_common(1)
            return [_place(ward, day, "changed") for ward in now]
        left_out["redrawn, and not all seats were up"] += len(now)
        return []
    codes = Counter(ward.code for ward in now)
    of_now = (party_of(row, register) for ward in now for row in ward.rows)
    parties = Parties(register, {(party_id, compared(label)) for party_id, label in of_now})
    rows: list[Cells] = []
    for place, ward in enumerate(now):
        earlier = pairs.get(place)
        if earlier is None:
            left_out["no ward with its code, or one of another name"] += 1
        elif codes[ward.code] > 1:
            left_out["shares its code"] += 1
        elif earlier.seats < ward.seats:
            left_out["more seats up than were filled"] += 1
        else:
            rows += earlier_rows(ward, earlier, parties)
    return rows


def earlier_of(
    council: tuple[str, str], wards: int, polls: Iterable[Mapping[tuple[str, str], Council]]
) -> Council | None:
    """Returns a council's wards at the poll that had most of them; None if that was few.

    A poll of fewer than half of its wards were by-elections.
    """
    of_council = [
        each for poll in polls for known, each in poll.items() if set(known) & set(council)
    ]
    found = max(of_council, key=len, default=[])
    return found if 2 * len(found) >= wards else None


def _read(file: Path) -> list[Cells]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return [*csv.DictReader(text)]


def main(
    night: Annotated[Path, typer.Argument(help="The folder of the night.")],
    earlier: Annotated[list[Path], typer.Argument(help="Results of earlier polls.")],
) -> None:
    """Writes the `previous.csv` of a night."""
    councils = {row["council_gss"]: row for row in _read(night / "councils.csv")}
    findings = Findings()
    register = read_register(beside(night / "councils.csv"), findings)
    findings.raise_if_unusable()
    polls = [by_council(_read(file)) for file in earlier]
    left_out: Counter[str] = Counter()
    rows: list[Cells] = []
    for council, wards in by_council(_read(night / "results.csv")).items():
        then = earlier_of(council, len(wards), polls)
        if then is None:
            left_out["no earlier poll of its council"] += len(wards)
            continue
        listed = councils[council[0]]
        all_out, total = listed["cycle"] == "all-out", int(listed["seats_total"])
        rows += previous_of(
            wards, then, register, all_out=all_out, seats_total=total, left_out=left_out
        )
    with (night / NAME).open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for kind in ("same", "changed"):
        places = {
            (row["council_gss"], row["ward_gss"], row["ward"])
            for row in rows
            if row["boundaries"] == kind
        }
        typer.echo(f"{len(places)} wards with {kind} boundaries")
    for why, number in left_out.items():
        typer.echo(f"{number} wards left out: {why}")


if __name__ == "__main__":
    typer.run(main)
