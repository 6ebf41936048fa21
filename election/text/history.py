"""Control history: which parties controlled a council in earlier years."""

from __future__ import annotations

from collections.abc import Sequence

from election.rules.majority import counted_under
from election.text.phrases import listed
from schemas.council import ControlSpell
from schemas.party import CONSERVATIVE, INDEPENDENT, LABOUR, LIBERAL_DEMOCRATS, NOC

GREEN = "PP63"

_EXCEPTIONS_MAX = 2
"""A council that others controlled more often than this is not called one party's council."""

_ADJECTIVE = {
    CONSERVATIVE: "Conservative",
    LABOUR: "Labour",
    LIBERAL_DEMOCRATS: "Liberal Democrat",
    GREEN: "Green",
    INDEPENDENT: "Independent",
}

_POSSESSIVE = {
    CONSERVATIVE: "the Conservatives'",
    LABOUR: "Labour's",
    LIBERAL_DEMOCRATS: "the Liberal Democrats'",
    GREEN: "the Greens'",
    INDEPENDENT: "the Independents'",
}


def control_history(spells: Sequence[ControlSpell], control: str | None, label: str) -> str:
    """Returns the control so far, and how a new majority compares with it.

    For example `Conservative since 1964 except NOC 1994–2002: Labour's first majority here`.
    `spells` are in order of time; the last is the control before this poll. `label` is the
    controlling party's name. Returns "" without any spell.
    """
    if not spells:
        return ""
    new = _new_majority(spells, control, label)
    return f"{_so_far(spells)}: {new}" if new else _so_far(spells)


def _so_far(spells: Sequence[ControlSpell]) -> str:
    in_control = [counted_under(spell.control) for spell in spells]
    first = in_control.index(in_control[-1])
    others = [spell for spell in spells[first:] if counted_under(spell.control) != in_control[-1]]
    if len(others) > _EXCEPTIONS_MAX:
        first, others = len(spells) - 1, []
    text = f"{_adjective(spells[-1])} since {spells[first].since}"
    return f"{text} except {listed([_years(spell) for spell in others])}" if others else text


def _new_majority(spells: Sequence[ControlSpell], control: str | None, label: str) -> str:
    if control is None or control in {NOC, counted_under(spells[-1].control)}:
        return ""
    name = label or control
    whose = _POSSESSIVE.get(control, f"{name}'" if name.endswith("s") else f"{name}'s")
    earlier = [spell for spell in spells if counted_under(spell.control) == control]
    if not earlier:
        return f"{whose} first majority here"
    return f"{whose} first majority since {earlier[-1].until or earlier[-1].since}"


def _adjective(spell: ControlSpell) -> str:
    key = counted_under(spell.control)
    return _ADJECTIVE.get(key, spell.party or key)


def _years(spell: ControlSpell) -> str:
    if spell.until in {None, spell.since}:
        return f"{_adjective(spell)} {spell.since}"
    return f"{_adjective(spell)} {spell.since}–{spell.until}"
