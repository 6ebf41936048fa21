"""The line of each kind of alert, and of its retraction, as a reporter can print it."""

from __future__ import annotations

from typing import assert_never

from election.alert_state import AlertKey, Condition
from election.count import Count
from election.flip import close_flips
from election.rules.majority import party_of
from election.rules.margin import Margin
from election.text.council import hangs_on, sentence, wire_line
from election.text.flip import flip_at, flip_lines, moving
from election.text.phrases import clipped, counted, nth_recount, went_by
from election.text.proof import PROOF_MAX_CHARACTERS, control_proof, margin_line, proof
from election.text.result import result_headline, result_text
from election.text.seats import seats_held, to_come
from election.ward import Ward
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.desk import DeskDecided
from schemas.events import Event
from schemas.flip import Flip
from schemas.ward import WardDeclared, WardStatus


def alert_text(count: Count, key: AlertKey, condition: Condition) -> str:
    """Returns the line of a raised alert."""
    match key.kind:
        case "control":
            return sentence(count)
        case "result":
            return result_text(count)
        case "incumbent_out":
            return clipped(f"{_incumbent_out(count)}.")
        case "decider" | "knife_edge" | "recount" | "postponed" | "notable_beaten":
            return clipped(f"{_of_ward(count, key, condition)}.")
    assert_never(key.kind)


def _of_ward(count: Count, key: AlertKey, condition: Condition) -> str:
    ward = count.wards[key.ballot]
    place = f"{ward.name}, {count.name}"
    match key.kind:
        case "decider":
            return hangs_on(count, ward)
        case "knife_edge":
            return f"{place}: {_knife_edge(count, ward)}"
        case "recount":
            return f"{place}: {nth_recount(int(condition.figures or 1))}"
        case "postponed":
            return f"{place}: {_postponed(ward, condition)}"
    return _beaten(count, ward, key, condition)


def alert_headline(count: Count, key: AlertKey, line: str) -> str:
    """Returns the short form of an alert's line, which its retraction repeats."""
    match key.kind:
        case "control":
            return wire_line(count)
        case "result":
            return result_headline(count)
    return line.removesuffix(".")


def alert_proof(count: Count, key: AlertKey) -> tuple[str, ...]:
    """Returns the facts behind an alert's line, one each."""
    ward = count.wards.get(key.ballot)
    if ward is None or key.kind == "decider":
        return control_proof(count) if key.kind == "control" else proof(count)
    if key.kind == "knife_edge":
        lines = [
            margin_line(count, ward.knife_edge, ward.name),
            *flip_lines(count, close_flips(ward)),
        ]
    else:
        lines = [margin_line(count, ward.margin, ward.name)]
    return tuple(clipped(line, PROOF_MAX_CHARACTERS) for line in lines if line)


def alert_flips(count: Count, key: AlertKey) -> tuple[Flip, ...]:
    """Returns the voters that an alert's line or proof speaks of, as they are published."""
    match key.kind:
        case "control":
            return flip_at(count.flip.wards) if count.flip is not None else ()
        case "knife_edge":
            return flip_at(close_flips(count.wards[key.ballot]))
    return ()


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
        case DeskDecided():
            return f"after the desk decided about {ward}"
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
    held = count.held.get(party, 0)
    of = f"of {count.seats_total}, majority {count.majority}"
    out = f"{count.wire(party)} OUT {count.name}"
    if count.complete:
        return f"{out}: {held} {of}"
    so_far = "certain before any vote:" if count.before_any_vote else f"{held} so far and"
    rest = to_come(count)
    return f"{out}: {so_far} at most {best} {of}{f', {rest}' if rest else ''}"


def _knife_edge(count: Count, ward: Ward) -> str:
    close = ward.knife_edge
    if close is None:
        return ""
    filled = ward.contribution.filled
    went = went_by(filled, close.votes, place_of(ward, close))
    text = f"{went} to {count.wire(party_of(close.last_in))}"
    for flip in close_flips(ward):
        voters = counted(flip.moves.voters, "voter")
        between = moving(flip, lambda each: count.wire(party_of(each)))
        text += f"; {voters} {between} would have changed it"
    return text


def place_of(ward: Ward, close: Margin) -> int:
    """Returns which of a ward's seats the winner of a margin has: 1 for the most votes."""
    if ward.declared is None or ward.result is None or close == ward.margin:
        return ward.contribution.filled
    each_elected = zip(ward.declared.candidates, ward.result.elected, strict=True)
    ahead = close.last_in.votes or 0
    return 1 + sum(1 for each, elected in each_elected if elected and (each.votes or 0) > ahead)


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
