"""One line about one ward, as it stands."""

from __future__ import annotations

from schemas.party import party_key, wire_name
from schemas.totals import WardTotals

_STANDS = {
    "waiting": "not declared yet",
    "counting": "being counted",
    "postponed": "postponed",
    "countermanded": "countermanded: a new poll follows",
    "tied": "tied for the last seat, waiting for the lot",
    "uncontested": "elected without a poll",
}


def ward_line(ward: WardTotals, council: str) -> str:
    """Returns what a reporter says of a ward, such as `Childs Hill, Barnet: CON 2, LD 1, ...`."""
    place = f"{ward.ward}, {council}"
    if ward.status == "recount":
        nth = f" number {ward.recount}" if ward.recount else ""
        return f"{place}: recount{nth}"
    if ward.status != "declared":
        return f"{place}: {_STANDS[ward.status]}"
    corrected = f" (corrected: {ward.correction})" if ward.correction else ""
    return f"{place}: {', '.join([_seats(ward), *_closeness(ward)])}{corrected}"


def _seats(ward: WardTotals) -> str:
    labels = {
        party_key(each.party_id, each.party): each.party
        for each in ward.candidates
        if each.party_id or each.party
    }
    won = sorted(ward.seats_won.items(), key=lambda each: (-each[1], each[0]))
    shown = [f"{wire_name(key, labels.get(key, ''))} {seats}" for key, seats in won if seats]
    return ", ".join(shown) or "no seat filled"


def _closeness(ward: WardTotals) -> list[str]:
    found = []
    if ward.margin is not None:
        found.append(f"last seat by {ward.margin} {'vote' if ward.margin == 1 else 'votes'}")
    if ward.votes_to_flip is not None:
        voters = "1 voter" if ward.votes_to_flip == 1 else f"{ward.votes_to_flip} voters"
        found.append(f"{voters} would have changed it")
    return found
