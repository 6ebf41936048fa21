"""Control: who controls a council on the eve of poll, and for how long as far as is known."""

from __future__ import annotations

from readers.night_toml import Spell
from readers.party_register import PartyRegister
from readers.public_sources.records import Composition
from schemas.party import NOC, party_key
from services.prepare.context import Context
from services.prepare.councils import JoinedCouncil
from services.prepare.standing import Standing
from services.prepare.todo import said


def control_before(
    council: JoinedCouncil, standing: Standing, seats_total: int, context: Context
) -> str:
    """Returns who controls a council: a party's key or NOC; blank if that is not known.

    The latest year of its history says so, unless the councillors of the roll give another
    majority.
    """
    todos = context.todos
    latest = council.composition(context.poll.year - 1)
    control = _control(latest, context.register, council.nation) if latest else ""
    if latest and not control and latest.majority:
        todos.add(
            "party",
            f"control by {latest.majority!r} could not be matched with a party",
            str(latest.at),
            "the council; say control_before",
            council=council.shown,
            settles="control_before",
        )
    by_roll = _majority(council, standing, seats_total)
    if latest and control and by_roll and by_roll != control:
        todos.conflict(
            "control on the eve of poll differs",
            said(latest.majority, latest.at),
            said(f"{by_roll} by the seats held", council.councillors[0].at),
            "control is written as unknown",
            council=council.shown,
            settles="control_before",
        )
        return ""
    return control


def spells(council: JoinedCouncil, context: Context) -> tuple[Spell, ...]:
    """Returns the spells of control whose beginning the history shows, oldest first.

    The first in the file is left out, as it may have begun before. So is what came before a year
    that the file does not have.
    """
    years = sorted(
        {each.year: each for each in council.compositions if each.year < context.poll.year}.items()
    )
    found: list[Spell] = []
    last: tuple[int, str] | None = None
    is_shown = False
    for year, composition in years:
        control = _control(composition, context.register, council.nation)
        if not control or (last and year != last[0] + 1):
            found, is_shown = [], False
        elif last and control != last[1]:
            if is_shown:
                found[-1] = found[-1].model_copy(update={"until": year})
            party = "" if control == NOC else context.register.name(control) or control
            found.append(_spell(council, control, party, year))
            is_shown = True
        last = (year, control) if control else None
    return tuple(found)


def stated_spells(council: JoinedCouncil, history: str, context: Context) -> tuple[Spell, ...]:
    """Returns the spells in a text such as `1994 NOC; 2002 PP52`: years, and who since.

    Raises ValueError if the text is of another form.
    """
    found: list[Spell] = []
    for each in filter(None, map(str.strip, history.split(";"))):
        year, _, control = each.partition(" ")
        if not year.isdecimal() or not control.strip():
            raise ValueError(f"control_history: {each!r} is no year with a party or NOC after it")
        key = control.strip()
        if key != NOC:
            key = party_key(*context.register.party(key, "", nation=council.nation))
        party = "" if key == NOC else context.register.name(key) or key
        if found:
            found[-1] = found[-1].model_copy(update={"until": int(year)})
        found.append(_spell(council, key, party, int(year)))
    return tuple(found)


def _spell(council: JoinedCouncil, control: str, party: str, since: int) -> Spell:
    return Spell(
        council_gss=council.council_gss,
        council="" if council.council_gss else council.name,
        control=control,
        party=party,
        since=since,
    )


def _control(found: Composition, register: PartyRegister, nation: str) -> str:
    """Returns the party with the majority as the history has it; blank if it is none it knows."""
    if found.majority.casefold() in {"noc", "nom", "none"}:
        return NOC
    party = register.party("", found.majority, nation=nation)
    known = bool(found.majority) and register.is_known(*party)
    return party_key(*party) if known else ""


def _majority(council: JoinedCouncil, standing: Standing, seats_total: int) -> str:
    """Returns who has the majority by the roll; blank if there may be others than it names."""
    if not council.councillors:
        return ""
    needed = seats_total // 2 + 1
    held = {key: each.eve or 0 for key, each in standing.items()}
    key = next((key for key, seats in held.items() if seats >= needed), "")
    if key:
        return key
    missing = seats_total - sum(held.values())
    return NOC if max(held.values(), default=0) + missing < needed else ""
