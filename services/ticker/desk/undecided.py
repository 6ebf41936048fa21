"""Undecided: the ballots with something held, disputed or parked, for the desk. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, assert_never

from pydantic import ValidationError

from schemas.events import decode_event
from schemas.ids import from_slug
from schemas.reject import Reject
from schemas.source import DEFAULT_SOURCE
from schemas.ward import WardDeclared
from schemas.ward_totals import WardTotals
from services.ticker.desk.said import figures

BALLOTS_MAX: Final = 200
"""Ballots kept: more than a desk can decide in a night. `livecount review list` has all."""

Reason = Literal["held", "conflict", "parked"]


@dataclass(frozen=True, slots=True)
class Word:
    """What a source last said of a ballot, and why it does not count."""

    source: str
    reason: Reason
    figures: str
    why: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class UndecidedBallot:
    """A ballot about which the desk can decide: what stands, and what does not count of it.

    `stands` are the figures of what stands, blank if nothing does.
    """

    ballot_paper_id: str
    council: str
    name: str
    stands: str
    words: tuple[Word, ...]


class Undecided:
    """The newest words that do not count, by ballot and source, beside their wards' rows.

    A ballot is shown once its row has been looked up, and until nothing of it waits any more.
    """

    def __init__(self, limit: int = BALLOTS_MAX) -> None:
        self._limit = limit
        self._words: dict[tuple[str, str], dict[str, Word]] = {}
        self._rows: dict[str, WardTotals | None] = {}

    def add_reject(self, reject: Reject, at: datetime) -> None:
        """Adds a reject that was published at that time, if it is a result that does not count."""
        if reject.reason not in {"held", "conflict", "parked"}:
            return
        try:
            event = decode_event(reject.value or b"")
        except ValidationError:
            return
        if not isinstance(event, WardDeclared):
            return
        key = event.council, event.ballot_paper_id
        words = self._words.pop(key, {})
        source = event.source_id or DEFAULT_SOURCE
        why = tuple(reject.detail.splitlines())
        words[source] = Word(source, reject.reason, figures(event.candidates), why, at)
        self._words[key] = words
        if len(self._words) > self._limit:
            del self._words[next(iter(self._words))]

    @property
    def wanted(self) -> list[tuple[str, str]]:
        """The council and the ballot of each row that has to be looked up."""
        return list(self._words)

    def settle(self, rows: Mapping[str, WardTotals | None]) -> bool:
        """Takes the rows of ballots, None for one that has none; returns whether any is new."""
        if rows == self._rows:
            return False
        self._rows = dict(rows)
        return True

    def ballots(self) -> list[UndecidedBallot]:
        """Returns the ballots about which the desk can decide, the newest word first."""
        found = []
        for (council, ballot), said in reversed(self._words.items()):
            if ballot not in self._rows:
                continue
            row = self._rows[ballot]
            words = tuple(word for word in said.values() if _waits(word, row))
            stands = figures(row.candidates) if row is not None and row.revision else ""
            name = _name(row, ballot, council)
            if words:
                found.append(UndecidedBallot(ballot, council, name, stands, words))
        return found


def _waits(word: Word, row: WardTotals | None) -> bool:
    """Returns whether a word still does not count, by its ward's row.

    A ballot that no opening lists has none: what was said of it is parked.
    """
    match word.reason:
        case "held":
            return row is None or row.being_checked
        case "conflict":
            return row is not None and row.disputed
        case "parked":
            return row is None
        case _:
            assert_never(word.reason)


def _name(row: WardTotals | None, ballot: str, council: str) -> str:
    ward = row.ward if row is not None else from_slug(ballot.split(".")[2])
    return f"{ward}, {from_slug(council.split('.')[1])}"
