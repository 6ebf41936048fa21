"""The table of seats of a flash or final, as aligned text and as HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from schemas.alert_seats import AlertSeats

_PARTY_CHARACTERS_MAX = 32
"""A longer name is cut in aligned text: a line has to fit a phone. HTML has it whole."""


def table_lines(seats: Sequence[AlertSeats], safe: Callable[[str], str] = str) -> list[str]:
    """Returns a table as lines of aligned text: party, seats, and the change where it is known.

    `safe` is applied to the names, which others have written.
    """
    if not seats:
        return []
    names = [_cut(each.party) for each in seats]
    width = max(map(len, names))
    digits = max(len(str(each.seats)) for each in seats)
    changes = [_change(each) for each in seats]
    beside = max(map(len, changes))
    lines = []
    for name, each, change in zip(names, seats, changes, strict=True):
        space = " " * (width - len(name))
        line = f"{safe(name)}{space}  {each.seats:>{digits}}  {change:>{beside}}"
        lines.append(line.rstrip())
    return lines


def table_html(seats: Sequence[AlertSeats], safe: Callable[[str], str] = str) -> str:
    """Returns a table as HTML with everything escaped; "" without seats."""
    if not seats:
        return ""
    shows_changes = any(each.change is not None for each in seats)
    last = "<th>Change</th>" if shows_changes else ""
    rows = [
        f"<tr><td>{escape(safe(each.party))}</td> <td>{each.seats}</td>"
        f"{f' <td>{_change(each)}</td>' if shows_changes else ''}</tr>"
        for each in seats
    ]
    return f"<table><tr><th>Party</th> <th>Seats</th> {last}</tr>{''.join(rows)}</table>"


def _change(each: AlertSeats) -> str:
    if each.change is None:
        return ""
    return f"+{each.change}" if each.change > 0 else f"−{-each.change}" if each.change else "±0"


def _cut(name: str) -> str:
    if len(name) <= _PARTY_CHARACTERS_MAX:
        return name
    return f"{name[: _PARTY_CHARACTERS_MAX - 1]}…"
