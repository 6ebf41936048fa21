"""Writes an invented night of many councils in the shapes of the public sources.

`python -m scripts.invented_night FOLDER` makes FOLDER/sources, from which `livecount prepare` makes
a night. The same seed gives the same files.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Annotated, Any, Final

import typer

from scripts.invented_sources import PARTIES, POLL, Council, InventedNight, LeftOut, Person, Ward

COUNCILS: Final = 160
TERMS: Final = {
    "all-out": ("2027-05-06",),
    "halves": ("2027-05-06", "2029-05-03"),
    "thirds": ("2027-05-06", "2028-05-04", "2030-05-02"),
}
"""The days on which the councillors of a ward are up next, by cycle."""

_WARDS_MIN, _WARDS_MAX = 8, 20
_VOWELS, _CONSONANTS = "aeiou", "bdfglmnprstv"


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
    return Council(name, slug, code, gss, system, wards, roll, len(roll), last, control)


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
