"""Telling: the line of each kind of alert, as a reporter can print it."""

from __future__ import annotations

from election.alert_state import Claim, Key
from election.count import Count
from election.rules.majority import party_of
from election.rules.margin import Line
from election.text.council import hangs_on, sentence, wire_line
from election.text.phrases import clipped, counted, nth_recount, went_by, would_have_changed
from election.text.proof import proof, ward_line
from election.ward import Ward


def text(count: Count, key: Key, claim: Claim) -> str:
    """Returns the line of a raised alert."""
    if key.kind == "control":
        return sentence(count)
    if key.kind == "incumbent_out":
        return clipped(
            f"{count.wire(count.before)} OUT {count.name}: at most"
            f" {_best(count)} of {count.seats_total}, majority {count.majority}."
        )
    return clipped(f"{_of_ward(count, count.wards[key.ballot], key, claim)}.")


def headline(count: Count, key: Key, line: str) -> str:
    """Returns what a later retraction withdraws: the head of an alert's line."""
    return wire_line(count) if key.kind == "control" else line.removesuffix(".")


def facts(count: Count, key: Key) -> tuple[str, ...]:
    """Returns the facts behind an alert's line."""
    ward = count.wards.get(key.ballot)
    if ward is None or key.kind == "decider":
        return proof(count)
    line = ward_line(count, ward)
    return (line,) if line else ()


def _best(count: Count) -> int:
    before = count.before or ""
    return count.ranges[before].best if before in count.ranges else count.anyones


def _of_ward(count: Count, ward: Ward, key: Key, claim: Claim) -> str:
    place = f"{ward.name}, {count.name}"
    seats = counted(ward.share.still_open, "seat")
    if key.kind == "recount":
        return f"{place}: {nth_recount(int(claim.figures or 1))}"
    if claim.figures == "postponed":
        return f"{place}: poll postponed, {seats} still open"
    if claim.figures == "countermanded":
        return f"{place}: poll countermanded, {seats} to be filled at a new poll"
    if key.kind == "notable_beaten":
        return _beaten(count, ward, key, claim)
    if key.kind == "knife_edge" and ward.line is not None:
        return f"{place}: {_knife_edge(count, ward, ward.line)}"
    return hangs_on(count, ward)


def _knife_edge(count: Count, ward: Ward, line: Line) -> str:
    party = count.wire(party_of(line.last_in))
    went = went_by(ward.share.filled, line.votes)
    return f"{went} to {party}{would_have_changed(ward.votes_to_flip)}"


def _beaten(count: Count, ward: Ward, key: Key, claim: Claim) -> str:
    nominees = ward.contest.nominees if ward.contest else ()
    office = next(each.office for each in nominees if each.candidate == key.candidate)
    by = "" if claim.figures is None else f" by {claim.figures:,}" if claim.figures else " by lot"
    return f"{office} {key.candidate} beaten in {ward.name}{by} ({count.name})"
