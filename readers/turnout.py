"""Turnout, as a percentage or as a fraction."""

from __future__ import annotations

from readers.csv_table import Row

TURNOUT_PERCENTAGE_MAX = 1_000.0
"""A turnout above this is a typing error and is left out, with a warning."""


def read_turnout(row: Row) -> float | None:
    """Returns the turnout of a row in percent, or None if it is blank or none.

    No ward has a turnout below 1%, so that such a figure is a fraction: 0.401 is 40.1%.
    """
    cell = _cell(row)
    if not cell:
        return None
    try:
        turnout = float(cell)
    except ValueError:
        turnout = -1.0
    if not 0 <= turnout <= TURNOUT_PERCENTAGE_MAX:
        row.warn("turnout_pct", "is no percentage, and is left out")
        return None
    if not _is_fraction(row, turnout):
        return turnout
    percentage = round(turnout * 100, 6)
    row.warn("turnout_pct", f"is a fraction; read as {percentage:g}%", once="fraction")
    return percentage


def turnout_at_most(row: Row, turnout: float) -> float:
    """Returns the highest turnout in percent that a rounded one can stand for."""
    cell = _cell(row)
    decimals = len(cell.partition(".")[2])
    if _is_fraction(row, float(cell)):
        decimals -= 2
    # Half a unit of the last decimal.
    return turnout + 0.5 * 10.0**-decimals


def _cell(row: Row) -> str:
    return row.text("turnout_pct").removesuffix("%").strip().replace(",", ".")


def _is_fraction(row: Row, turnout: float) -> bool:
    return 0 < turnout < 1 and not row.text("turnout_pct").endswith("%")
