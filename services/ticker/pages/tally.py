"""How a council stands in a list: its final tally, or who is how far from a majority. No I/O."""

from __future__ import annotations

from typing import assert_never

from schemas.party import NOC
from schemas.totals import CouncilTotals, PartyTotals
from services.ticker.pages.party_style import party_style
from services.ticker.pages.ranking import is_nearest_to_none
from services.ticker.pages.wording import count

NO_CONTROL = "No overall control"


def tally(totals: CouncilTotals) -> str:
    """Returns the tally of a council whose control is certain, without the council's name.

    Such as `Lab hold: 52 of 63, 20 over a majority`, or `No overall control: Con largest, 20 of
    60, 11 short; Lab before`. Of a council that still counts, the seats are `so far`.
    """
    so_far = "" if totals.complete else " so far"
    if totals.control == NOC:
        return f"{NO_CONTROL}{_largest(totals, so_far)}{_before(totals)}"
    party = _party(totals, totals.control)
    name = party_style(totals.control, totals.control_name).short
    if party is None:
        return f"{name}{_move(totals)}"
    over = party.seats - totals.majority
    seats = f"{party.seats:,} of {totals.seats_total:,}{so_far}"
    distance = "" if over < 0 else ", exactly a majority" if not over else f", {over} over"
    return f"{name}{_move(totals)}: {seats}{distance}"


def to_none(totals: CouncilTotals) -> str:
    """Returns how near no overall control is: `No overall control is 3 seats away`.

    Blank if a majority is nearer, and before any ward is declared.
    """
    if not is_nearest_to_none(totals) or not totals.wards_declared:
        return ""
    return f"{NO_CONTROL} is {count(totals.seats_to_none or 0, 'seat')} away"


def standing(party: PartyTotals) -> str:
    """Returns how a party stands in a race: `Lab 40, 3 more for a majority`."""
    name = party_style(party.party_id, party.party).short
    more = f", {party.needs:,} more for a majority" if party.needs else ""
    return f"{name} {party.seats:,}{more}"


def _largest(totals: CouncilTotals, so_far: str) -> str:
    if not totals.parties or not totals.parties[0].seats:
        return ""
    seats = totals.parties[0].seats
    largest = [party for party in totals.parties if party.seats == seats]
    names = " and ".join(party_style(each.party_id, each.party).short for each in largest)
    each = " each" if len(largest) > 1 else ""
    short = totals.majority - seats
    missing = f", {short:,} short" if totals.complete and short > 0 else ""
    return f": {names} largest, {seats:,}{each} of {totals.seats_total:,}{so_far}{missing}"


def _before(totals: CouncilTotals) -> str:
    if totals.control_before is None:
        return ""
    if totals.control_before == NOC:
        return "; none before either"
    party = _party(totals, totals.control_before)
    name = party_style(totals.control_before, party.party if party else "").short
    return f"; {name} before"


def _move(totals: CouncilTotals) -> str:
    """Returns what became of control, after a party's name; blank if that is not known."""
    match totals.outcome:
        case "hold":
            return " hold"
        case "gain_from_noc":
            return " gain from no overall control"
        case "gain":
            party = _party(totals, totals.control_before)
            before = party_style(totals.control_before, party.party if party else "").short
            return f" gain from {before}"
        case "loss_to_noc" | "noc_hold" | "undetermined" | None:
            return ""
        case _:
            assert_never(totals.outcome)


def _party(totals: CouncilTotals, key: str | None) -> PartyTotals | None:
    return next((party for party in totals.parties if party.party_id == key), None)
