"""Prints what waits for the desk, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from schemas.printable import printable
from services.audit.printing import print_line
from services.audit.ward_states import State
from services.review.decision import shown_id
from services.review.waiting import CONTENT_SHOWN, Waiting

_STATES: Final[Mapping[State, str]] = {
    "none": "to declare",
    "partial": "counts, with seats open",
    "held": "being checked, nothing counts",
    "counted": "counts",
    "conflict": "disputed, what stands counts",
    "parked": "parked, does not count yet",
}
"""A state as it is told."""

_DECIDED: Final[Mapping[str, str]] = {
    "": "some refused",
    "accept": "one accepted",
    "clear": "nothing stands",
    "figure": "its own figure",
}
"""What the desk has decided, as it is told."""

_COLUMN_MAX: Final = 40
"""Characters of a cell, so that several sources have room in a line; its end is cut off."""


def print_waiting(waiting: Waiting) -> None:
    """Prints a ballot with its state, what stands, and a line for each source."""
    decided = ""
    if waiting.decisions:
        decided = f"; the desk's decision {waiting.decisions}: {_DECIDED[waiting.ruling]}"
    print_line(f"{waiting.ballot_paper_id}  {waiting.name}: {_STATES[waiting.state]}{decided}")
    if waiting.stands:
        print_line(f"    stands: {waiting.stands}")
    for word in waiting.words:
        why = f"; {word.why}" if word.why and word.became == "held" else ""
        shown = shown_id(waiting.decisions, word.content[:CONTENT_SHOWN])
        print_line(f"    {shown}  {word.source} ({word.trust}) {word.became}: {word.figures}{why}")


def print_comparison(table: Sequence[Sequence[str]]) -> None:
    """Prints a table in columns of equal width; its first row is the head."""
    cells = [[printable(cell)[:_COLUMN_MAX] for cell in row] for row in table]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print_line("  ".join(padded).rstrip())
