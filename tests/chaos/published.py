"""Published: which figures stand in what anybody can read, and when each was first seen there."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from tests.chaos.words import FIGURE_MIN

_NUMBER = re.compile(r"(?<![\w.,#])(?:\d{1,3}(?:,\d{3})+|\d{5,7})(?!\w|[.,]\d)")
"""A number from 10,000 on, with commas or without; no part of an id, a time or a colour."""


_LOG_LINE = re.compile(r'<p class="note log">.*?</p>', re.DOTALL)
"""How many messages the log has, more than 10,000 in a rough night, is no figure."""


class Sighting(NamedTuple):
    """A figure, of which council or election, where it was seen, and when first, by `time.time`.

    A figure is a number from 10,000 on, or a candidate's votes in the row of a ward: `<ballot>
    <candidate> <votes>`, because a slip may have right numbers against wrong names.
    """

    about: str
    figure: str
    where: str
    at_s: float


class Sightings:
    """The first sighting of each figure by where and of what it was seen.

    A later one says nothing more: a figure that may be published once may be published again.
    """

    def __init__(self) -> None:
        self._first_s: dict[tuple[str, str, str], float] = {}

    def note(self, where: str, at_s: float, figures: Iterable[tuple[str, str]]) -> None:
        """Notes figures, each with its council or election."""
        for about, figure in figures:
            place = about, figure, where
            self._first_s[place] = min(at_s, self._first_s.get(place, at_s))

    def all(self) -> list[Sighting]:
        return [Sighting(*place, at_s) for place, at_s in self._first_s.items()]


def row(ballot: str, candidate: str, votes: int) -> str:
    """Returns the figure of a candidate's votes in the row of a ward."""
    return f"{ballot} {candidate} {votes}"


def in_text(text: str, about: str) -> Iterator[tuple[str, str]]:
    """Yields the figures in a text."""
    for found in _NUMBER.findall(_LOG_LINE.sub("", text)):
        number = int(found.replace(",", ""))
        if number >= FIGURE_MIN:
            yield about, str(number)


def in_json(value: Any, about: str) -> Iterator[tuple[str, str]]:
    """Yields the figures in parsed JSON; a part that names its council is about that."""
    match value:
        case dict():
            council = value.get("council")
            about = council if isinstance(council, str) else about
            for each in value.get("candidates") or ():
                if "ballot_paper_id" in value and each.get("votes") is not None:
                    yield about, row(value["ballot_paper_id"], each["candidate"], each["votes"])
            for each in value.values():
                yield from in_json(each, about)
        case list():
            for each in value:
                yield from in_json(each, about)
        case str():
            yield from in_text(value, about)
        case int() if value >= FIGURE_MIN and not isinstance(value, bool):
            yield about, str(value)


def in_body(body: str, media_type: str, about: str) -> Iterator[tuple[str, str]]:
    """Yields the figures in the body of an answer: JSON, CSV, or a page."""
    match media_type:
        case "application/json":
            yield from in_json(json.loads(body), about)
        case "text/csv":
            for cells in csv.reader(io.StringIO(body, newline="")):
                yield from in_text(" ".join(cells), about)
        case _:
            yield from in_text(body, about)
