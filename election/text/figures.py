"""Figures: a result as somebody said it, in one line, so that two can be read side by side."""

from __future__ import annotations

from election.declaration import Declaration
from schemas.council_result import CouncilDeclared
from schemas.party import wire_name
from schemas.ward import Candidate, Status


def figures_line(said: Declaration) -> str:
    """Returns a result in one line, such as `Ann Able 480, Bob Best 500 elected`."""
    return ", ".join(map(_one, said.candidates))


def no_poll_line(status: Status) -> str:
    """Returns why there is no poll in one line, of a status that moves seats."""
    if status == "uncontested":
        return "no poll: uncontested, whoever stands is elected"
    return "no poll: countermanded, a new one follows"


def seats_line(said: CouncilDeclared) -> str:
    """Returns a council's result as a whole in one line, most seats first: `CON 32, LAB 31`."""
    ranked = sorted(said.seats, key=lambda each: -each.seats)
    seats = [
        f"{wire_name(each.party_id, each.party)} {each.seats}" for each in ranked if each.seats
    ]
    return ", ".join(seats) or "no seat filled"


def seats_wait_line(said: CouncilDeclared, why: str) -> str:
    """Returns why a council's result as a whole waits, with its seats."""
    return f"seats: {seats_line(said)}: {why}"


def _one(each: Candidate) -> str:
    name = each.candidate or each.party or each.party_id
    votes = "" if each.votes is None else f" {each.votes:,}"
    return f"{name}{votes}{' elected' if each.elected else ''}"
