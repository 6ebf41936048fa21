"""How a council stands, in plain English for readers who are no journalists. No I/O."""

from __future__ import annotations

from schemas.party import NOC
from schemas.totals import CouncilTotals
from services.ticker.pages.party_style import party_style


def plain_headline(totals: CouncilTotals) -> str:
    """Returns a council's headline without the abbreviation NOC: `No overall control in Bolton`.

    Others are as reporters have them, such as `LAB HOLD Barnsley`.
    """
    if totals.control != NOC:
        return totals.headline
    if totals.control_before == NOC:
        return f"Still no overall control in {totals.name}"
    if totals.control_before is None:
        return f"No overall control in {totals.name}"
    return f"{_name(totals, totals.control_before)} lose {totals.name}: no overall control"


def before(totals: CouncilTotals) -> str:
    """Returns who was in control before: `Lab in control before`; blank if that is not known."""
    if totals.control_before is None:
        return ""
    if totals.control_before == NOC:
        return "no overall control before"
    return f"{_name(totals, totals.control_before)} in control before"


def would_have(totals: CouncilTotals) -> str:
    """Returns what the voters who cost the party in control its majority would have done.

    They would have changed control only if the wards to come could not give the majority back.
    What follows says how many voters.
    """
    party = next(each for each in totals.parties if each.party_id == totals.control)
    lost = party.seats - totals.majority + 1
    is_changed = party.best - lost < totals.majority
    return "Control would have changed with" if is_changed else "Control would still be open with"


def _name(totals: CouncilTotals, key: str) -> str:
    name = next((each.party for each in totals.parties if each.party_id == key), "")
    return party_style(key, name).short
