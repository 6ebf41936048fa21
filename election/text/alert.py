"""The line of each kind of alert, and of its retraction, as a reporter can print it."""

from __future__ import annotations

from typing import assert_never

from election.alert_state import AlertKey, Condition
from election.count import Count
from election.rules.majority import party_of
from election.text.council import hangs_on, seats_held, sentence, wire_line
from election.text.phrases import clipped, counted, nth_recount, went_by, would_have_changed
from election.text.proof import PROOF_MAX_CHARACTERS, margin_line, proof
from election.ward import Ward
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.events import Event
from schemas.ward import WardDeclared, WardStatus


def alert_text(count: Count, key: AlertKey, condition: Condition) -> str:
    """Returns the line of a raised alert."""
    if key.kind == "control":
        return sentence(count)
    if key.kind == "incumbent_out":
        return clipped(f"{_incumbent_out(count)}.")
    ward = count.wards[key.ballot]
    place = f"{ward.name}, {count.name}"
    match key.kind:
        case "decider":
            line = hangs_on(count, ward)
        case "knife_edge":
            line = f"{place}: {_knife_edge(count, ward, condition)}"
        case "recount":
            line = f"{place}: {nth_recount(int(condition.figures or 1))}"
        case "postponed":
            line = f"{place}: {_postponed(ward, condition)}"
        case "notable_beaten":
            line = _beaten(count, ward, key, condition)
        case _:
            assert_never(key.kind)
    return clipped(f"{line}.")


def alert_headline(count: Count, key: AlertKey, line: str) -> str:
    """Returns the short form of an alert's line, which its retraction repeats."""
    return wire_line(count) if key.kind == "control" else line.removesuffix(".")


def alert_proof(count: Count, key: AlertKey) -> tuple[str, ...]:
    """Returns the facts behind an alert's line, one each."""
    ward = count.wards.get(key.ballot)
    if ward is None or key.kind == "decider":
        return proof(count)
    line = margin_line(count, ward)
    return (clipped(line, PROOF_MAX_CHARACTERS),) if line else ()


def retraction_text(count: Count, headline: str, why: str) -> str:
    """Returns the line that withdraws an alert, with its headline, the reason and the seats now.

    `why` is what `reason` returns for the event that made the alert untrue.
    """
    now = f"now {seats_held(count)}, majority {count.majority} of {count.seats_total}"
    return clipped(f"WITHDRAWN: {headline}, {why}; {now}.")


def reason(event: Event, ward: str) -> str:
    """Returns how a retraction explains an event, such as `after Childs Hill declared`.

    `ward` is the name of the event's ward.
    """
    match event:
        case CouncilOpened():
            return f"after the facts of {event.name} were corrected"
        case CouncilDeclared():
            return "after the result of the whole council was declared"
        case WardStatus():
            return f"after {ward} was reported {event.status}"
        case WardDeclared():
            return _after_declaration(event, ward)
    assert_never(event)


def _after_declaration(event: WardDeclared, ward: str) -> str:
    match event.correction:
        case None:
            return f"after {ward} declared"
        case "court":
            return f"after an election court changed the result of {ward}"
        case "transcription":
            return f"after the result of {ward} was corrected"
    assert_never(event.correction)


def _incumbent_out(count: Count) -> str:
    party = count.control_before or ""
    best = count.ranges[party].best if party in count.ranges else count.open_to_any
    out = f"{count.wire(party)} OUT {count.name}"
    return f"{out}: at most {best} of {count.seats_total}, majority {count.majority}"


def _knife_edge(count: Count, ward: Ward, condition: Condition) -> str:
    party = count.wire(party_of(ward.margin.last_in)) if ward.margin else ""
    went = went_by(ward.contribution.filled, int(condition.figures or 0))
    return f"{went} to {party}{would_have_changed(ward.votes_to_flip)}"


def _postponed(ward: Ward, condition: Condition) -> str:
    seats = counted(ward.contribution.still_open, "seat")
    if condition.figures == "countermanded":
        return f"poll countermanded, {seats} to be filled at a new poll"
    return f"poll postponed, {seats} still open"


def _beaten(count: Count, ward: Ward, key: AlertKey, condition: Condition) -> str:
    nominees = ward.contest.nominees if ward.contest else ()
    office = next(each.office for each in nominees if each.candidate == key.candidate)
    behind = condition.figures
    by = "" if behind is None else f" by {behind:,}" if behind else " by lot"
    return f"{office} {key.candidate} beaten in {ward.name}{by} ({count.name})"
