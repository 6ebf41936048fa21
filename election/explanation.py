"""Explanation: the line on top of a council and the sentence that says why."""

from __future__ import annotations

from election.certainty import certain_control, control_before, ranges
from election.council import Council
from election.flip import council_votes_to_flip
from election.majority import majority
from election.margin import margin
from election.names import labels, wire
from election.outcome import outcome
from election.wording import count, headline, went_by, would_have_changed
from schemas.party import NOC


def wire_line(council: Council) -> str:
    """Returns the headline of an opened council, such as `CON HOLD Barnet`."""
    control, before = certain_control(council), control_before(council)
    names = labels(council)
    name = council.opened.name if council.opened else council.council
    label = outcome(before, control)
    line = headline(name, label, wire(control or "", names), wire(before or "", names))
    if control is None and council.tally is not None:
        wards = count(council.tally.wards, "ward")
        return f"{line}, {council.tally.decided} of {wards} declared"
    return line


def sentence(council: Council) -> str:
    """Returns the sentence that explains where an opened council stands."""
    if council.opened is None:
        return ""
    total = council.opened.seats_total
    control = certain_control(council)
    held = {party: seats.held for party, seats in ranges(council).items()}
    if control is None or control == NOC:
        facts = f"{_leaders(council, held)}, majority {majority(total)} of {total}"
    else:
        facts = f"{held[control]} of {total}, majority {majority(total)}"
    return f"{wire_line(council)}: {facts}{_settled(council)}{_flip(council)}."


def _leaders(council: Council, held: dict[str, int]) -> str:
    names = labels(council)
    ranked = sorted(held.items(), key=lambda each: (-each[1], each[0]))
    shown = [f"{wire(party, names)} {seats}" for party, seats in ranked if seats]
    return ", ".join(shown) or "no seat filled"


def _settled(council: Council) -> str:
    ward = council.wards.get(council.settled_at or "")
    if ward is None or ward.listed is None or council.opened is None:
        return ""
    text = f", settled at {ward.listed.ward}"
    if ward.declared is not None:
        votes = margin(ward.declared, council.opened.electoral_system)
        if votes is not None:
            text += f", where {went_by(ward.share.filled, votes)}"
    return text


def _flip(council: Council) -> str:
    voters = council_votes_to_flip(council)
    return "" if voters is None else f"; {would_have_changed(voters)}"
