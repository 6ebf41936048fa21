"""Withdrawals for the public: what an earlier alert said, and why it no longer stands."""

from __future__ import annotations

from typing import assert_never

from election.alert_state import AlertKey, Condition
from election.count import Count
from election.text.paragraph import fitting, place, sentences
from election.text.phrases import ordinal
from election.text.public_party import person_name, who
from election.text.public_seats import seats_in_words, still_to_come
from election.ward import Ward
from schemas.ids import from_slug
from schemas.party import NOC

_PARTIES_SHOWN = 3
"""The parties whose seats follow a withdrawal; a council's page has all."""

_OF_COUNCIL = frozenset({"control", "result", "incumbent_out", "decider"})


def withdrawal_paragraph(count: Count, key: AlertKey, condition: Condition, why: str) -> str:
    """Returns what is withdrawn, why, and how a council stands now.

    `condition` is the one on which the withdrawn alert rested. `why` names the event that made it
    untrue, such as `after the result of Childs Hill was corrected`.
    """
    withdrawn = f"an earlier report is withdrawn: {_said(count, key, condition)}"
    lead = f"{withdrawn}. It no longer stands, {why}"
    if key.kind not in _OF_COUNCIL:
        return fitting((sentences(lead), sentences(withdrawn)))
    return fitting((sentences(lead, _now(count)), sentences(lead), sentences(withdrawn)))


def _said(count: Count, key: AlertKey, condition: Condition) -> str:
    """Returns what an alert had told, in a tense that fits a forecast and a result alike."""
    name = place(count.name)
    match key.kind:
        case "control" if condition.control == NOC:
            return f"that no party can have a majority in {name}"
        case "control":
            return f"that {who(count, condition.control)} have control of {name}"
        case "result":
            return f"the full result in {name}"
        case "incumbent_out":
            return f"that {who(count, condition.control_before)} have lost control of {name}"
        case "decider" | "knife_edge" | "recount" | "postponed" | "notable_beaten":
            ward = count.wards.get(key.ballot)
            return _said_of_ward(key, condition, _ward_name(ward, key.ballot), count.name)
    assert_never(key.kind)


def _said_of_ward(key: AlertKey, condition: Condition, ward: str, council: str) -> str:
    where = f"{ward}, {council}"
    if key.kind == "decider":
        return f"that control of {place(council)} depends on one ward, {ward}"
    if key.kind == "knife_edge":
        return f"how close the result was in {where}"
    if key.kind == "recount":
        nth = int(condition.figures or 1)
        return f"{'a' if nth == 1 else f'a {ordinal(nth)}'} recount in {where}"
    if key.kind == "postponed":
        done = "called off" if condition.figures == "countermanded" else "postponed"
        return f"that the election in {where}, was {done}"
    return f"that {person_name(key.candidate)} was not elected in {where}"


def _ward_name(ward: Ward | None, ballot: str) -> str:
    return ward.name if ward is not None else from_slug(ballot.split(".")[2])


def _now(count: Count) -> str:
    """Returns how a council stands after the withdrawal, of which new alerts may tell more."""
    rest = still_to_come(count)
    if not (count.filled or count.tally.not_up):
        return ""
    stands = seats_in_words(count, _PARTIES_SHOWN)
    takes = f"{count.majority} of its {count.seats_total} seats make a majority"
    return f"now{f', with {rest},' if rest else ''} {stands}; {takes}"
