"""Facts: what a sentence can say, each with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

BasisKind = Literal["council", "ward", "alert", "night"]
"""What a fact rests on: totals of a council, of a ward or of the night, or an alert."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a fact is taken from.

    `revision` is the version of a council's or a night's totals, the revision of a ward's result,
    or that of what caused an alert. `link` is the path of its page. A number is the sum of the
    numbers at the JSON pointers (RFC 6901) `plus` into these totals, less those at `minus`.
    """

    kind: BasisKind
    id: str
    revision: int
    link: str
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """A number, and what it rests on."""

    value: float
    basis: Basis


@dataclass(frozen=True, slots=True)
class Name:
    """A name as its source writes it, and what it rests on."""

    text: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Party:
    """A party by its key, with the label that is used where a language has no words for it."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A time."""

    time: datetime
    basis: Basis


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that holds, and has no words of its own."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some values, which conditions compare with; it has no words of its own."""

    value: str


@dataclass(frozen=True, slots=True)
class Several:
    """Several things of a kind, each with facts of its own; never empty."""

    each: tuple[Mapping[str, Fact], ...]


Fact = Number | Name | Party | Moment | Flag | Choice | Several

Facts = Mapping[str, Fact]
"""Facts by name. What is not known, or does not hold, is not among them."""


def known(**facts: Fact | bool | None) -> dict[str, Fact]:
    """Returns the facts that are known: without None and False, and with a flag for True."""
    found: dict[str, Fact] = {}
    for name, fact in facts.items():
        if fact is True:
            found[name] = Flag()
        elif fact is not None and fact is not False:
            found[name] = fact
    return found


def several(each: list[dict[str, Fact]]) -> Several | None:
    """Returns several things; None if there are none."""
    return Several(tuple(each)) if each else None
