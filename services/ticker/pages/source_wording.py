"""Source wording: what a result's sources make of it, in words for pages."""

from __future__ import annotations

from typing import Final

from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals

_SPELLED: Final = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight"}


def confirmed_by(result: WardTotals | CouncilTotals) -> str:
    """Returns `confirmed by two sources`; blank for one, and where another contradicts them."""
    if result.sources <= 1 or result.disputed:
        return ""
    spelled = _SPELLED.get(result.sources, f"{result.sources}")
    return f"confirmed by {spelled} sources"


def whole_state(totals: CouncilTotals) -> str:
    """Returns what is known of a council's result as a whole; blank if its wards count.

    `as a whole`, and what its sources make of it; or `as a whole, being checked` if a result
    waits and none counts.
    """
    if not totals.as_a_whole:
        return "as a whole, being checked" if totals.being_checked else ""
    doubt = ", disputed" if totals.disputed else ""
    confirmed = confirmed_by(totals)
    return f"as a whole{doubt}{f', {confirmed}' if confirmed else ''}"
