"""A ward's line: where its count stands, or who won it and how close it was."""

from __future__ import annotations

from typing import assert_never

from election.flip import WardFlip, ward_flips
from election.rules.majority import party_of
from election.text.flip import moving
from election.text.phrases import confirmed, counted
from election.text.story import changed_hands
from election.ward import Ward
from schemas.party import wire_name
from schemas.ward_totals import WardStage


def ward_line(ward: Ward, council: str) -> str:
    """Returns the line about a ward, such as `Childs Hill, Barnet: CON 2, LD 1, ...`.

    `council` is the council's name.
    """
    doubt = _sources(ward)
    return f"{ward.name}, {council}: {_stands(ward, ward.stage)}{f'; {doubt}' if doubt else ''}"


def _sources(ward: Ward) -> str:
    """Returns whether more than one source says what stands, or another something else."""
    if ward.evidence is None or ward.declared is None:
        return ""
    if ward.evidence.disputed:
        return "disputed by another source"
    return confirmed(len(ward.evidence.agreeing))


def _stands(ward: Ward, stage: WardStage) -> str:  # noqa: PLR0911 - a return for each stage
    match stage:
        case "declared" | "partial":
            return _declared(ward)
        case "recount":
            nth = f" number {ward.status.recount}" if ward.status and ward.status.recount else ""
            return f"recount{nth}"
        case "waiting":
            return "being checked" if ward.being_checked else "not declared yet"
        case "counting":
            return "being checked" if ward.being_checked else "being counted"
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
    if ward.result is not None and ward.result.still_open:
        text += f", {counted(ward.result.still_open, 'seat')} to come"
    if ward.margin is not None:
        votes = ward.margin.votes
        text += f", last seat by {votes} {'vote' if votes == 1 else 'votes'}"
        if ward.margin.is_within_a_party:
            text += f" between two of {_wire(ward, party_of(ward.margin.last_in))}"
        else:
            text += "".join([_would_have_changed(ward, flip) for flip in ward_flips(ward)])
    changed = changed_hands(ward)
    text += f"; {changed}" if changed else ""
    correction = ward.declared.correction if ward.declared else None
    return f"{text} (corrected: {correction})" if correction else text


def _would_have_changed(ward: Ward, flip: WardFlip) -> str:
    voters = counted(flip.moves.voters, "voter")
    between = moving(flip, lambda each: _wire(ward, party_of(each)))
    return f", {voters} {between} would have changed it"


def _wire(ward: Ward, party: str) -> str:
    """Returns a party as the wires print it, or as its candidates in this ward call it."""
    name = wire_name(party, "")
    if name != party or ward.declared is None:
        return name
    labels = (each.party for each in ward.declared.candidates if party_of(each) == party)
    return next(filter(None, labels), party)
