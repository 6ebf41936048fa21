"""Explanation: the line on top of a council, the sentence that says why."""

from __future__ import annotations

from collections.abc import Sequence

from election.cached import kept_with
from election.count import Count
from election.decider import Stake, can_settle_noc, stakes, the_decider
from election.rules.certainty import still_needed
from election.rules.outcome import outcome
from election.text.phrases import (
    all_of,
    clipped,
    counted,
    headline,
    went_by,
    would_have_changed,
)
from election.ward import Ward
from schemas.party import NOC

_PARTIES_SHOWN_MAX = 6
"""The parties a sentence can carry; the rest are added up."""


@kept_with
def wire_line(count: Count) -> str:
    """Returns the headline of a council, such as `CON HOLD Barnet`."""
    line = headline(count.name, count.outcome, count.wire(count.control), count.wire(count.before))
    if count.control is None:
        line += f", {count.tally.decided} of {counted(count.tally.wards, 'ward')} declared"
    return clipped(line)


@kept_with
def sentence(count: Count) -> str:
    """Returns the sentence that says where a council stands and why, as it can be printed."""
    if count.control is None:
        why = f"{seats_held(count)}, majority {count.majority} of {count.seats_total}"
        ward = the_decider(count)
        text = f"{why}; {hangs_on(count, ward)}" if ward is not None else why
    elif count.control == NOC:
        why = f"{seats_held(count)}, majority {count.majority} of {count.seats_total}"
        text = f"{why}{_settled_at(count)}"
    else:
        text = f"{_majority_of(count, count.control)}{_settled_at(count)}"
        text += would_have_changed(count.votes_to_flip)
    return clipped(f"{wire_line(count)}: {text}.")


@kept_with
def seats_held(count: Count) -> str:
    """Returns what each party holds, most first: `CON 30, LAB 27`."""
    ranked = [(party, seats) for party, seats in count.held.items() if seats]
    shown = [f"{count.wire(party)} {seats}" for party, seats in ranked[:_PARTIES_SHOWN_MAX]]
    rest = sum(seats for _, seats in ranked[_PARTIES_SHOWN_MAX:])
    if rest:
        shown.append(f"others {rest}")
    return ", ".join(shown) or "no seat filled"


def _majority_of(count: Count, party: str) -> str:
    seats = count.ranges[party]
    of = f"of {count.seats_total}, majority {count.majority}"
    if seats.held >= count.majority:
        return f"{seats.held} {of}"
    return f"{seats.held} and at least {seats.least - seats.held} more {of}"


def _settled_at(count: Count) -> str:
    ward = count.wards.get(count.settled_at or "")
    if ward is None:
        return ""
    if ward.line is None:
        return f", settled at {ward.name}"
    return f", settled at {ward.name}, where {went_by(ward.share.filled, ward.line.votes)}"


def hangs_on(count: Count, ward: Ward) -> str:
    """Returns what hangs on a ward: `Barnet hangs on Childs Hill: CON hold with 2 of 3 seats`."""
    return clipped(f"{count.name} hangs on {ward.name}: {who_needs_what(count, ward)}")


def who_needs_what(count: Count, ward: Ward) -> str:
    """Returns what an open ward means to each party that can still control the council."""
    seats = ward.share.still_open
    said = []
    at_stake = stakes(count, ward)
    for stake in at_stake:
        party = count.wire(stake.party)
        if stake.settles is not None:
            verb = {"hold": "hold", None: "win"}.get(outcome(count.before, stake.party), "gain")
            said.append(f"{party} {verb} with {all_of(stake.settles, seats)}")
        elif stake.needs:
            said.append(f"{party} must win {all_of(stake.needs, seats)} to stay in it")
    if can_settle_noc(count, ward):
        # Only the last open ward leaves nothing else, and only where no party that nobody has
        # listed could take a majority there.
        rest = count.still_open == seats and ward.share.anyones < count.majority
        said.append("NOC otherwise" if rest and said else "NOC is possible")
    return ", ".join(said) or _settles_nothing(count, ward, at_stake)


def _settles_nothing(count: Count, ward: Ward, at_stake: Sequence[Stake]) -> str:
    """Returns how far each party is from a majority, for a ward that settles it for none."""
    of = counted(count.still_open, "seat")
    lacking = [
        f"{count.wire(each.party)} needs {still_needed(count.ranges[each.party], count.majority)}"
        for each in at_stake[:_PARTIES_SHOWN_MAX]
    ]
    needed = f"; {', '.join(lacking)}" if lacking else ""
    fills = f"it fills {ward.share.still_open} of the {of} still open"
    return f"cannot settle it alone, {fills}{needed}"
