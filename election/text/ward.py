"""One line about one ward, as it stands."""

from __future__ import annotations

from typing import assert_never

from election.rules.majority import party_of
from election.ward import Ward
from schemas.party import party_key, wire_name
from schemas.totals import WardStage, WardTotals


def ward_text(ward: Ward, council: str) -> str:
    """Returns what a reporter says of a ward, such as `Childs Hill, Barnet: CON 2, LD 1, ...`.

    `council` is the council's name.
    """
    return f"{ward.name}, {council}: {_stands(ward, ward.stage)}"


def _stands(ward: Ward, stage: WardStage) -> str:  # noqa: PLR0911 - a return for each stage
    match stage:
        case "declared":
            return _declared(ward)
        case "recount":
            nth = f" number {ward.status.recount}" if ward.status and ward.status.recount else ""
            return f"recount{nth}"
        case "waiting":
            return "not declared yet"
        case "counting":
            return "being counted"
        case "postponed":
            return "postponed"
        case "countermanded":
            return "countermanded: a new poll follows"
        case "tied":
            return "tied for the last seat, waiting for the lot"
        case "uncontested":
            return "elected without a poll"
    assert_never(stage)


def _declared(ward: Ward) -> str:
    """Returns who won a declared ward's seats, how close that was, and whether it is corrected."""
    won_by = ward.result.seats_won if ward.result else {}
    won = sorted([(-seats, party) for party, seats in won_by.items() if seats])
    text = ", ".join([f"{_wire(ward, party)} {-seats}" for seats, party in won]) or "no seat filled"
    if ward.line is not None:
        votes = ward.line.votes
        text += f", last seat by {votes} {'vote' if votes == 1 else 'votes'}"
        voters = ward.votes_to_flip
        if voters is not None:
            text += f", {voters} {'voter' if voters == 1 else 'voters'} would have changed it"
    correction = ward.declared.correction if ward.declared else None
    return f"{text} (corrected: {correction})" if correction else text


def _wire(ward: Ward, party: str) -> str:
    """Returns a party as the wires print it, or as its candidates in this ward call it."""
    name = wire_name(party, "")
    if name != party or ward.declared is None:
        return name
    labels = (each.party for each in ward.declared.candidates if party_of(each) == party)
    return next(filter(None, labels), party)


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
