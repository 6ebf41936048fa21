"""How a ward's story is written on a page: gains, shares and points."""

from __future__ import annotations

from schemas.ward_totals import WardTotals
from services.ticker.pages.wording import MINUS


def percentage(value: float | None) -> str:
    """Returns a share such as `41.2%`; a dash for None."""
    return "–" if value is None else f"{value}%"


def points(value: float | None) -> str:
    """Returns a change in points with its sign: `+4.1`, `−0.3`, `0`; a dash for None."""
    if value is None:
        return "–"
    return f"+{value}" if value > 0 else f"{MINUS}{-value}" if value < 0 else "0"


def gained(ward: WardTotals) -> str:
    """Returns who gained seats of a ward, such as `LAB gain 2`; blank if nobody did."""
    parties = ward.story.parties if ward.story is not None else ()
    return ", ".join(
        f"{each.party} gain {each.seats_change}"
        for each in parties
        if each.seats_change is not None and each.seats_change > 0
    )


def held(ward: WardTotals) -> str:
    """Returns who held all seats of a ward that were up, such as `LAB hold`; blank if unknown.

    Blank as well if seats changed hands, which `gained` says.
    """
    parties = ward.story.parties if ward.story is not None else ()
    if any(each.seats_change for each in parties):
        return ""
    holding = [each.party for each in parties if each.seats_before and each.seats_change == 0]
    return f"{', '.join(holding)} hold" if holding else ""
