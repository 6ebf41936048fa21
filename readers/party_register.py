"""The register of parties: who is one party, whatever the id or name it is written under.

Made of the Electoral Commission's and Democracy Club's facts in `readers/data/`, and of the names
that a newsroom adds.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final, NamedTuple

from readers.party_id import canonical_party_id, is_party_id
from readers.party_likeness import alike, misspelt
from schemas.party import (
    CONSERVATIVE,
    INDEPENDENT,
    LABOUR,
    LABOUR_AND_COOPERATIVE,
    LIBERAL_DEMOCRATS,
)
from schemas.spelling import compared, tidied

_CACHE_ENTRIES: Final = 8_192
"""Some 400 parties stand on a UK night under a few spellings each; the limit keeps rubbish out."""

# Parties of one name, each with the first letter of the GSS codes of the nation it stands in.
_OF_NATION: Final = {("S", "PP63"): "PP130", ("N", "PP63"): "PP305"}
_SAME_NAMES: Final = (
    frozenset({"PP63", "PP130", "PP305"}),
    frozenset({"PP51", "PP52"}),
)
# Labour, the Co-operative Party, and candidates of both: their labels are used for each other.
_LABOUR: Final = frozenset({LABOUR, LABOUR_AND_COOPERATIVE, "PP119"})

# The parties that hold the most seats in Britain. Others have too many words in common.
_LARGEST: Final = (
    *(CONSERVATIVE, LABOUR, LIBERAL_DEMOCRATS, "PP63", "PP7931", "PP102", "PP77", "PP85"),
)

# What descriptions on ballot papers put around a party's name.
_BEFORE: Final = re.compile(r"^(?:(?:the|your|local|official|plaid) )+(?=\S)")
_AFTER: Final = re.compile(
    r"(?: (?:local )?(?:party|parties|candidate|candidates|councillor|councillors|team))+"
    r"(?: for \S.*)?$"
)
_WELSH_CANDIDATE: Final = re.compile(r"^(?:ymgeisydd(?: ar ran)? )(?=\S)")
_IN_BRACKETS: Final = re.compile(r"^(.*\S)\s*[(\[]([^()\[\]]*)[)\]]$")
_BETWEEN_NAMES: Final = re.compile(r"\s*[/|]\s*|\s+[-–—]\s+|\s*[–—:]\s+")

# Too short to say which party it is: the Liberal Party's, or the Liberal Democrats'.
_SAYS_TOO_LITTLE: Final = frozenset(
    {"", "party", "liberal", "liberals", "socialist", "democrat", "democratic", "residents"}
)


class Party(NamedTuple):
    """A party as the log has it: its id, blank for a local party, and the name to be shown."""

    party_id: str
    party: str


class OtherPartyError(ValueError):
    """An id and a label that name two different parties."""


@dataclass(frozen=True, slots=True)
class Alias:
    """What a newsroom says of one label: whose it is, and the party's name if it has another."""

    label: str
    party_id: str
    party: str


class PartyRegister:
    """Finds a party by its id, or by its label if it has none. Immutable; results are cached."""

    def __init__(self, aliases: Iterable[Alias] = ()) -> None:
        shipped = _shipped()
        self._names = dict(shipped.names)
        self._labels: dict[str, str] = dict(shipped.labels)
        self._of_newsroom: dict[str, Party] = {}
        for alias in aliases:
            self._add(alias)
        self.national = shipped.national
        self._cached = lru_cache(maxsize=_CACHE_ENTRIES)(self._find)

    def _add(self, alias: Alias) -> None:
        if alias.party_id and alias.party:
            self._names[alias.party_id] = alias.party
        shown = self.name(alias.party_id) if alias.party_id else alias.party
        self._of_newsroom[compared(alias.label)] = Party(alias.party_id, shown)
        if not alias.party_id:
            self._of_newsroom.setdefault(compared(alias.party), Party("", alias.party))

    def party(self, party_id: str, label: str, *, nation: str = "") -> Party:
        """Returns the party with an id, or with a label if there is no id.

        `nation` is the first letter of the council's GSS code, if known: in Scotland, Green is
        another party than in England. A label that is nobody's is a local party of its own.
        Raises OtherPartyError if id and label are those of two national parties.
        """
        return self._cached(party_id, label, nation)

    def name(self, party_id: str) -> str:
        """Returns the name of a party: the newsroom's if it has given one, else the register's."""
        return self._names.get(party_id, "")

    def names(self, party_id: str) -> tuple[str, ...]:
        """Returns every name of a party that the register or the newsroom has, shown name first."""
        given = (label for label, each in self._of_newsroom.items() if each.party_id == party_id)
        shown = self.name(party_id)
        return (*([shown] if shown else []), *_shipped().names_of.get(party_id, ()), *given)

    def resembled(self, label: str) -> str:
        """Returns the id of a large party that a label looks like; blank if there is none."""
        if misspelt(label, self.names(INDEPENDENT)):
            return INDEPENDENT
        return next((each for each in _LARGEST if alike(label, self.names(each))), "")

    def is_known(self, party_id: str, label: str) -> bool:
        """Returns whether the register or the newsroom has the party, or a newsroom its label."""
        return party_id in self._names or compared(label) in self._of_newsroom

    def same_name(self, one: str, other: str) -> bool:
        """Returns whether two ids are of parties registered under one name."""
        return any({one, other} <= ids for ids in (*_SAME_NAMES, *_shipped().shared))

    def _find(self, party_id: str, label: str, nation: str) -> Party:
        canonical = canonical_party_id(party_id)
        if canonical and not is_party_id(canonical):
            # The cell holds a name, or the id of another list of parties.
            by_name = self._by_label(canonical, nation)
            by_label = self._by_label(label, nation) if label else None
            found = by_label or by_name
            if by_label and by_name and by_label.party_id != by_name.party_id:
                raise _two(canonical, by_name, label, by_label)
            return found or Party(canonical, tidied(label))
        if not canonical:
            return self._by_label(label, nation) or Party("", tidied(label))
        by_label = self._by_label(label, nation) if label else None
        if by_label and self._differ(canonical, label, by_label.party_id):
            raise _two(canonical, Party(canonical, self.name(canonical)), label, by_label)
        return Party(canonical, label or self.name(canonical))

    def _differ(self, party_id: str, label: str, other: str) -> bool:
        """Returns whether an id and the id of its label are certainly two parties."""
        if party_id == other or self.same_name(party_id, other) or {party_id, other} <= _LABOUR:
            return False
        if compared(label) in self._of_newsroom:
            return True
        return {party_id, other} <= self.national - {INDEPENDENT}

    def _by_label(self, label: str, nation: str) -> Party | None:
        plain = compared(label)
        if plain in self._of_newsroom:
            return self._of_newsroom[plain]
        party_id = INDEPENDENT if _is_blank(label) else self._resolved(label)
        if not party_id:
            return None
        party_id = _OF_NATION.get((nation, party_id), party_id)
        # A local party keeps the label that its own council knows.
        return Party(party_id, self.name(party_id) if party_id in self.national else tidied(label))

    def _resolved(self, label: str) -> str:
        """Returns the id of a label: as a whole, without what is in brackets, or part by part."""
        plain = compared(label)
        if plain in self._labels:
            return self._labels[plain]
        if stemmed := self._named(label):
            return stemmed
        brackets = _IN_BRACKETS.match(label)
        if brackets:
            outer, inner = self._resolved(brackets[1]), self._resolved(brackets[2])
            if outer and inner in {"", outer}:
                return outer
        return self._of_parts(label)

    def _of_parts(self, label: str) -> str:
        """Returns the party of `Welsh Labour / Llafur Cymru`, or of `Reform UK - Better`."""
        parts = [part for part in _BETWEEN_NAMES.split(label) if compared(part)]
        found = {self._named(part) for part in parts}
        if len(parts) > 1 and len(found - {""}) == 1:
            first = self._named(parts[0])
            if "" not in found or (first in self.national and first != INDEPENDENT):
                return found.difference({""}).pop()
        return ""

    def _named(self, label: str) -> str:
        plain = compared(label)
        return self._labels.get(plain) or self._labels.get(_stem(plain), "")


def _two(party_id: str, party: Party, label: str, other: Party) -> OtherPartyError:
    return OtherPartyError(
        f"party_id: {party_id!r} is {party.party}, but {label!r} is {other.party}"
        f" ({other.party_id}); correct one of the two"
    )


def _is_blank(label: str) -> bool:
    """Returns whether a label says nothing: blank, or a dash where a name should be."""
    return not tidied(label).strip(" .-_*")


@lru_cache(maxsize=_CACHE_ENTRIES)
def _stem(plain: str) -> str:
    """Returns a compared label without `the`, `local`, `party`, `candidate` and the like."""
    stem = _AFTER.sub("", _BEFORE.sub("", _WELSH_CANDIDATE.sub("", plain)))
    return "" if stem in _SAYS_TOO_LITTLE else stem


class _Shipped(NamedTuple):
    names: Mapping[str, str]
    labels: Mapping[str, str]
    names_of: Mapping[str, tuple[str, ...]]
    national: frozenset[str]
    shared: tuple[frozenset[str], ...]


@lru_cache(maxsize=1)
def _shipped() -> _Shipped:
    """Returns the register as the package has it. A name of several parties is nobody's."""
    registered = _read("parties.csv")
    given = _read("party_names.csv")
    by_name: dict[str, dict[str, None]] = {}
    for row in registered:
        for name in (row["party"], row["former_name"]):
            if name:
                by_name.setdefault(compared(name), {})[row["party_id"]] = None
    labels = dict(map(_one, by_name.items()))
    stems: dict[str, set[str]] = {}
    for name, party_id in labels.items():
        stems.setdefault(_stem(name), set()).add(party_id)
    found = {stem: min(ids) for stem, ids in stems.items() if stem and len(ids) == 1}
    found |= {stem: row["party_id"] for row in given if (stem := _stem(compared(row["name"])))}
    labels |= {compared(row["name"]): row["party_id"] for row in given}
    names_of: dict[str, tuple[str, ...]] = {}
    for name, ids in by_name.items():
        for party_id in ids:
            names_of[party_id] = (*names_of.get(party_id, ()), name)
    for row in given:
        names_of[row["party_id"]] = (*names_of.get(row["party_id"], ()), row["name"])
    return _Shipped(
        names_of=names_of,
        names={row["party_id"]: row["party"] for row in registered},
        labels=found | labels,
        national=frozenset(row["party_id"] for row in given),
        shared=tuple(frozenset(ids) for ids in by_name.values() if len(ids) > 1),
    )


def _one(item: tuple[str, dict[str, None]]) -> tuple[str, str]:
    """Returns a name with its one party, or with a blank if it is the name of several.

    A party that moved from the register of minor parties (`PPm`) kept its number.
    """
    name, ids = item
    numbers = {each.replace("PPm", "PP") for each in ids}
    return name, min(ids, key=lambda each: each.startswith("PPm")) if len(numbers) == 1 else ""


def _read(name: str) -> list[dict[str, str]]:
    text = resources.files("readers").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
