"""Difference: what is different from the night that is in the folder, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from election.text.phrases import counted
from readers.night_toml import Spell
from readers.party_register import PartyRegister
from readers.todo_file import Todo
from schemas.party import NOC
from services.prepare.tables import Cells, Tables

_COUNCIL: Final = {
    "council_gss": "code",
    "cycle": "cycle",
    "seats_total": "seats",
    "control_before": "control before",
    "independents_as_party": "independents as one party",
    "seats_vacant": "vacant seats",
    "voting_system": "voting system",
    "display_name": "name shown",
    "expected_at": "expected at",
    "last_election_notional": "last election notional",
}
_PARTY: Final = {
    "seats_eve_of_poll": "on the eve of poll",
    "seats_last_election": "at the last election",
    "seats_not_up": "not up",
}
_BALLOT: Final = {
    "seats_contested": "seats of",
    "ward_gss": "code of",
    "electorate": "electorate of",
    "expected_at": "expected time of",
    "replaces": "ballot replaced by that of",
}
_STATUSES: Final = {"countermanded": "cancelled", "uncontested": "cancelled, uncontested"}
"""What happened to a ballot, by its status."""


class Shown(NamedTuple):
    """The tables of a night that are compared."""

    councils: Sequence[Cells]
    standing: Sequence[Cells]
    results: Sequence[Cells]
    spells: Sequence[Spell]


def shown(tables: Tables) -> Shown:
    """Returns what is compared of a night."""
    return Shown(tables.councils, tables.standing, tables.results, tables.spells)


def differences(before: Shown, after: Shown, register: PartyRegister) -> tuple[str, ...]:
    """Returns what is different, one line each, by council; empty if nothing is."""
    then, now = _by_council(before), _by_council(after)
    lines: list[str] = []
    for name in sorted({*then, *now}, key=lambda each: (each.casefold(), each)):
        one, other = then.get(name), now.get(name)
        if one is None or other is None:
            lines.append(f"{name}: {_whole(other)}")
        elif one != other:
            lines += (f"{name}: {each}" for each in _of_council(one, other, register))
    return tuple(lines)


def todo_differences(before: Iterable[Todo], after: Iterable[Todo]) -> tuple[str, ...]:
    """Returns what is newly to do, and what is no longer."""
    then, now = dict.fromkeys(before), dict.fromkeys(after)
    new = [f"to do: {_line(each)}" for each in now if each not in then]
    return (*new, *(f"no longer to do: {_line(each)}" for each in then if each not in now))


def _line(each: Todo) -> str:
    return ": ".join(filter(None, (each.council, each.reason, each.what)))


class _Council(NamedTuple):
    cells: Cells
    standing: dict[tuple[str, str], Cells]
    ballots: dict[str, list[Cells]]
    spells: list[Spell]


def _by_council(night: Shown) -> dict[str, _Council]:
    found = {_name(row): _Council(_full(row), {}, {}, []) for row in night.councils}
    codes = {row.get("council_gss", ""): _name(row) for row in night.councils}
    for row in night.standing:
        name = row.get("council") or codes.get(row.get("council_gss", ""), "")
        if name in found:
            found[name].standing[_party(row)] = row
    for row in night.results:
        if _name(row) in found:
            found[_name(row)].ballots.setdefault(row.get("ballot_paper_id", ""), []).append(row)
    for spell in night.spells:
        name = codes.get(spell.council_gss, "") if spell.council_gss else spell.council
        if name in found:
            found[name].spells.append(spell)
    return found


def _name(row: Mapping[str, str]) -> str:
    return row.get("council", "")


def _full(row: Cells) -> Cells:
    return {name: row.get(name, "") for name in _COUNCIL}


def _whole(after: _Council | None) -> str:
    """Returns what became of a council that is on one of two nights only."""
    if after is None:
        return "council left out"
    seats = counted(int(after.cells["seats_total"] or 0), "seat")
    return f"council added, {seats}, {counted(len(after.ballots), 'ballot')}"


def _of_council(before: _Council, after: _Council, register: PartyRegister) -> Iterator[str]:
    for name, words in _COUNCIL.items():
        was, now = before.cells[name], after.cells[name]
        if was != now:
            if name == "control_before":
                was, now = (_control(each, register) for each in (was, now))
            yield f"{words} {was or 'unknown'} to {now or 'unknown'}"
    yield from _of_standing(before.standing, after.standing)
    if before.spells != after.spells:
        yield f"control history of {counted(len(after.spells), 'spell')}, was {len(before.spells)}"
    for identifier in sorted({*before.ballots, *after.ballots}):
        yield from _of_ballots(before.ballots.get(identifier), after.ballots.get(identifier))


def _control(key: str, register: PartyRegister) -> str:
    return "no overall control" if key == NOC else register.name(key) or key


def _of_standing(
    before: dict[tuple[str, str], Cells], after: dict[tuple[str, str], Cells]
) -> Iterator[str]:
    for key in sorted({*before, *after}):
        then, now = before.get(key, {}), after.get(key, {})
        party = (now or then).get("party", "") or key[0]
        for name, words in _PARTY.items():
            was, seats = then.get(name, ""), now.get(name, "")
            if was != seats:
                yield f"{party} {words} {was or 'unknown'} to {seats or 'unknown'}"
        if then and now and then.get("party") != now.get("party"):
            yield f"{then.get('party')} is now called {now.get('party')}"


def _ward(rows: Sequence[Cells]) -> str:
    return rows[0].get("ward", "") or rows[0].get("ballot_paper_id", "")


def _seats(rows: Sequence[Cells]) -> int:
    seats = rows[0].get("seats_contested", "")
    return int(seats) if seats.isdecimal() else 0


def _of_ballots(before: list[Cells] | None, after: list[Cells] | None) -> Iterator[str]:
    if before and after:
        yield from _of_ballot(before, after)
    elif after:
        yield f"ballot of {_ward(after)} added, {counted(_seats(after), 'seat')}"
    elif before:
        yield f"ballot of {_ward(before)} left out"


def _of_ballot(before: Sequence[Cells], after: Sequence[Cells]) -> Iterator[str]:
    ward, then, now = _ward(after), before[0], after[0]
    if _ward(before) != ward:
        yield f"{_ward(before)} is now called {ward}"
    was, status = then.get("status", ""), now.get("status", "")
    if was != status:
        words = _STATUSES.get(status, status) or f"no longer {_STATUSES.get(was, was)}"
        yield f"ballot of {ward} {words}"
    for name, words in _BALLOT.items():
        one, other = then.get(name, ""), now.get(name, "")
        if one != other:
            yield f"{words} {ward} {one or 'unknown'} to {other or 'unknown'}"
    yield from _of_candidates(before, after, ward)


def _people(rows: Sequence[Cells]) -> dict[tuple[str, ...], Cells]:
    """Returns the candidates by the source's id of the person, or else by name and party."""
    found: dict[tuple[str, ...], Cells] = {}
    for row in rows:
        if row.get("candidate") or row.get("party") or row.get("party_id"):
            person = row.get("person_id", "")
            key = (person,) if person else (row.get("candidate", ""), *_party(row))
            # Two candidates of one name and party are told apart by their place.
            while key in found:
                key = (*key, "")
            found[key] = row
    return found


def _party(row: Cells) -> tuple[str, str]:
    return row.get("party_id", ""), "" if row.get("party_id") else row.get("party", "")


def _of_candidates(before: Sequence[Cells], after: Sequence[Cells], ward: str) -> Iterator[str]:
    then, now = _people(before), _people(after)
    if bool(then) != bool(now):
        known = f"now known: {counted(len(now), 'candidate')}" if now else "no longer known"
        yield f"nominations of {ward} {known}"
        return
    gone = [row for key, row in then.items() if key not in now]
    come = [row for key, row in now.items() if key not in then]
    for word, rows in (("withdrawn", gone), ("added", come)):
        if rows:
            names = ", ".join(f"{row['candidate']} ({row['party']})" for row in rows)
            yield f"{counted(len(rows), 'candidate')} {word} in {ward}: {names}"
    for key, row in now.items():
        if key in then:
            yield from _of_candidate(then[key], row, ward)


def _of_candidate(before: Cells, after: Cells, ward: str) -> Iterator[str]:
    name = after.get("candidate", "")
    if before.get("candidate") != name:
        yield f"{before.get('candidate')} in {ward} is now called {name}"
    if (before.get("party"), _party(before)) != (after.get("party"), _party(after)):
        yield f"{name} in {ward}: {before.get('party')} to {after.get('party')}"
    if before.get("office", "") != after.get("office", ""):
        was, now = before.get("office") or "none", after.get("office") or "none"
        yield f"office of {name} in {ward} {was} to {now}"
