"""`councils.csv`: the councils of a night, one row for each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import get_args

from readers.council_names import council_words
from readers.csv_table import Row, read_table
from readers.findings import Findings
from readers.party_id import canonical_party_id, is_party_id
from readers.party_register import Party, PartyRegister
from schemas.council import Cycle, ElectoralSystem
from schemas.ids import council_id
from schemas.party import NOC
from schemas.spelling import compared

SEATS_MAX = 1_000
"""The most seats of a council: what the schemas allow, and far more than any UK council has."""

_GSS = re.compile(r"^[A-Z]\d{8}$")
_NOC = frozenset(
    {
        *("noc", "no overall control", "no overall majority", "no majority", "nom", "hung"),
        *("hung council", "n o c", "dim rheolaeth gyffredinol", "dim mwyafrif"),
    }
)
_CYCLES: dict[str, Cycle] = {cycle: cycle for cycle in get_args(Cycle)}

# The Press Association's words, and others for the same.
_CYCLE_WORDS: dict[str, Cycle] = {
    **dict.fromkeys(("all", "all out", "allout", "all up", "all in", "whole"), "all-out"),
    **dict.fromkeys(("whole council", "full", "all seats", "everyone"), "all-out"),
    **dict.fromkeys(("third", "thirds", "by thirds", "by third", "one third", "1 3"), "thirds"),
    **dict.fromkeys(("half", "halves", "by halves", "by half", "half up", "1 2"), "halves"),
    **dict.fromkeys(("other", "by election", "by elections"), "other"),
}

STV_NATIONS = ("S", "N")
"""First letters of the GSS codes of Scotland and Northern Ireland, which elect by STV."""

_SYSTEMS: dict[str, ElectoralSystem] = {
    **dict.fromkeys(("plurality", "fptp", "first past the post", "fpp"), "plurality"),
    **dict.fromkeys(("stv", "single transferable vote"), "stv"),
    "pleidlais sengl drosglwyddadwy": "stv",
}
"""Words for how wards elect, as compared."""


@dataclass(frozen=True, slots=True)
class ListedCouncil:
    """A row of `councils.csv`. `seats_total` is None if its cell is faulty.

    `control_before` is None if it is not known, and has the id NOC for no overall control.
    `seats_vacant` are the seats that cannot be won at this poll; None if that is not known.
    `display_name` is what readers are shown; `name` makes the id. `voting_system` is None where the
    file does not state it, and `expected_at` where nobody has said when it declares.
    """

    row: Row
    council: str
    council_gss: str
    name: str
    poll: date
    cycle: Cycle
    seats_total: int | None
    control_before: Party | None
    independents_as_party: bool
    seats_vacant: int | None = None
    display_name: str = ""
    voting_system: ElectoralSystem | None = None
    expected_at: datetime | None = None
    last_election_notional: bool = False

    @property
    def shown_name(self) -> str:
        """What readers are shown: its display name if the file has one, else its name."""
        return self.display_name or self.name

    @property
    def nation(self) -> str:
        """The first letter of its GSS code, which says the nation; blank without a code."""
        return self.valid_gss[:1]

    @property
    def by_transfers(self) -> bool:
        """Whether its wards elect by single transferable vote: stated, or as in its nation."""
        if self.voting_system is not None:
            return self.voting_system == "stv"
        return self.council_gss.startswith(STV_NATIONS)

    @property
    def valid_gss(self) -> str:
        """Its code if that is a GSS code, else blank."""
        return gss_or_blank(self.council_gss)


@dataclass(frozen=True, slots=True)
class Councils:
    """The councils of a file, found by code, or by name if a row has no code."""

    all: tuple[ListedCouncil, ...]
    _by_gss: dict[str, ListedCouncil] = field(default_factory=dict)
    _by_name: dict[str, ListedCouncil] = field(default_factory=dict)
    _by_words: dict[str, ListedCouncil | None] = field(default_factory=dict)

    def find(self, council_gss: str, name: str) -> ListedCouncil | None:
        """Returns the council with a code, or with a name if either side has no code.

        A name that differs in words such as City, Borough or Council is found if only one has it.
        """
        if council_gss in self._by_gss:
            return self._by_gss[council_gss]
        named = self._by_name.get(compared(name)) or self.with_words(council_words(name))
        return named if named and not (council_gss and named.council_gss) else None

    def with_words(self, words: str) -> ListedCouncil | None:
        """Returns the only council with the words that `council_words` gives, or None."""
        return self._by_words.get(words) if words else None

    def find_for(self, row: Row) -> ListedCouncil | None:
        """Returns the council of a row, or None after adding a fault if it is not listed."""
        code, name = row.text("council_gss"), row.text("council")
        council = self.find(code, name)
        if council is None:
            column = "council_gss" if code else "council"
            row.fault(column, f"({name}) is not in councils.csv; add the council there")
        elif name and council_words(name) not in {
            council_words(council.name),
            council_words(council.shown_name),
        }:
            what = f"is called {council.name!r} in councils.csv; its code counts"
            row.warn("council", what, once=f"name {name}")
        return council


def gss_or_blank(code: str) -> str:
    """Returns a GSS code unchanged, and anything else as blank."""
    return code if _GSS.match(code) else ""


def read_councils(file: Path, findings: Findings, register: PartyRegister) -> Councils:
    """Returns the councils of `councils.csv`, in its order.

    Faults are added to `findings`; rows without a usable id are left out.
    """
    needs = (("election_date",), ("council",), ("council_gss",), ("seats_total",))
    columns, rows = read_table(file, findings, needs=needs)
    if columns and not rows:
        findings.fault(file, 1, "no council; give one row for each")
    by_gss: dict[str, ListedCouncil] = {}
    by_name: dict[str, ListedCouncil] = {}
    by_words: dict[str, ListedCouncil | None] = {}
    ids: set[str] = set()
    listed: list[ListedCouncil] = []
    for row in rows:
        council = _council(row, register)
        if council is None:
            continue
        if council.council_gss in by_gss or council.council in ids:
            row.fault("council", "is listed twice; give one row for each council")
            continue
        ids.add(council.council)
        listed.append(council)
        by_name[compared(council.name)] = council
        for words in {council_words(council.name), council_words(council.shown_name)}:
            by_words[words] = None if words in by_words else council
        if council.council_gss:
            by_gss[council.council_gss] = council
    return Councils(tuple(listed), by_gss, by_name, by_words)


def _council(row: Row, register: PartyRegister) -> ListedCouncil | None:
    poll, name = row.day("election_date"), row.text("council")
    if poll is None:
        if not row.text("election_date"):
            row.fault("election_date", "is blank; give the day of the poll as YYYY-MM-DD")
        return None
    try:
        identifier = council_id(name, poll)
    except ValueError:
        row.fault("council", "leaves no id; give the council's name in letters")
        return None
    code = row.text("council_gss")
    if code and not gss_or_blank(code):
        row.warn("council_gss", "is no GSS code such as E09000003; it is used to match rows alone")
    seats_total = row.integer("seats_total", most=SEATS_MAX)
    if seats_total == 0 or not row.text("seats_total"):
        row.fault("seats_total", "is no size of a council; give the number of all its seats")
        seats_total = None
    return ListedCouncil(
        row=row,
        council=identifier,
        council_gss=code,
        name=name,
        poll=poll,
        cycle=_cycle(row),
        seats_total=seats_total,
        control_before=_control_before(row, register),
        independents_as_party=bool(row.flag("independents_as_party")),
        seats_vacant=row.integer("seats_vacant", most=SEATS_MAX),
        display_name=row.text("display_name"),
        voting_system=_voting_system(row),
        expected_at=row.time("expected_at"),
        last_election_notional=bool(row.flag("last_election_notional")),
    )


def _control_before(row: Row, register: PartyRegister) -> Party | None:
    """Returns control as the column gives it; blank is unknown."""
    given = row.text("control_before")
    if not given:
        return None
    if compared(given) in _NOC:
        return Party(NOC, "")
    as_id = is_party_id(canonical_party_id(given))
    nation = gss_or_blank(row.text("council_gss"))[:1]
    return register.party(given if as_id else "", "" if as_id else given, nation=nation)


def _voting_system(row: Row) -> ElectoralSystem | None:
    given = row.text("voting_system")
    found = _SYSTEMS.get(compared(given))
    if given and found is None:
        row.fault("voting_system", "is none of plurality, stv; give one of them, or leave it blank")
    return found


def _cycle(row: Row) -> Cycle:
    cycle = row.text("cycle")
    found = _CYCLE_WORDS.get(compared(cycle))
    if cycle and found is None:
        row.fault("cycle", f"is none of {', '.join(_CYCLES)}; give one of them")
    return found or "other"
