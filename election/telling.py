"""Telling: the line of each kind of alert, as a reporter can print it."""

from __future__ import annotations

from election.claim import Claim, Key
from election.count import Count
from election.explanation import hangs_on, sentence, wire_line
from election.majority import counted_under
from election.proof import proof, ward_line
from election.ward import Ward
from election.wording import clipped, counted, ordinal, went_by, would_have_changed


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
    return wire_line(count) if key.kind == "control" else line.rstrip(".")


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
    if key.kind == "decider":
        return hangs_on(count, ward)
    if key.kind == "recount":
        number = int(claim.figures)
        return f"{place}: {ordinal(number)} recount" if number > 1 else f"{place}: recount"
    if key.kind == "postponed":
        seats = counted(ward.share.still_open, "seat")
        if claim.figures == "countermanded":
            return f"{place}: poll countermanded, {seats} to be filled at a new poll"
        return f"{place}: poll postponed, {seats} still open"
    if key.kind == "notable_beaten":
        return _beaten(count, ward, key, claim)
    return f"{place}: {went_by(ward.share.filled, int(claim.figures))}{_to_flip(count, ward)}"


def _to_flip(count: Count, ward: Ward) -> str:
    if ward.line is None:
        return ""
    last = ward.line.last_in
    party = count.wire(counted_under(last.party_id, last.party))
    return f" to {party}{would_have_changed(ward.votes_to_flip)}"


def _beaten(count: Count, ward: Ward, key: Key, claim: Claim) -> str:
    nominees = ward.contest.nominees if ward.contest else ()
    office = next(each.office for each in nominees if each.candidate == key.candidate)
    by = {"": "", 0: " by lot"}.get(claim.figures, f" by {claim.figures:,}")
    return f"{office} {key.candidate} beaten in {ward.name}{by} ({count.name})"
