"""Call: who controls a council, in plain words and not as the wires print it. No I/O."""

from __future__ import annotations

from typing import assert_never

from schemas.party import NOC
from schemas.totals import CouncilTotals
from services.ticker.pages.party_style import party_style


def call(totals: CouncilTotals) -> str:
    """Returns who controls a council in plain words: `Labour Party gain from no overall control`.

    Before that is certain it is how far the count is.
    """
    if totals.control is None:
        told = totals.headline.removeprefix(f"{totals.name}: ")
        return told[:1].upper() + told[1:]
    told = _called(totals)
    return f"{told}, certain before any vote" if totals.before_any_vote else told


def _called(totals: CouncilTotals) -> str:  # noqa: PLR0911 -- one return for each outcome
    held_before = name_before(totals)
    match totals.outcome:
        case "hold":
            return f"{totals.control_name} hold"
        case "gain":
            return f"{totals.control_name} gain from {held_before}"
        case "gain_from_noc":
            return f"{totals.control_name} gain from no overall control"
        case "loss_to_noc":
            return f"No overall control: {held_before} lose their majority"
        case "noc_hold":
            return "Still no overall control"
        case "undetermined" | None:
            if totals.control == NOC:
                return "No overall control"
            return f"{totals.control_name} in control"
        case _:
            assert_never(totals.outcome)


def name_before(totals: CouncilTotals) -> str:
    """Returns the name of the party that had control before; blank where that is not known."""
    names = {party.party_id: party.party for party in totals.parties}
    before = totals.control_before or ""
    return names.get(before) or party_style(before).short or before
