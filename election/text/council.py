"""A council's headline, and the sentence that says where it stands and why."""

from __future__ import annotations

from election.cached import cached
from election.count import Count
from election.decider import can_settle_noc, stakes, the_decider
from election.rules.certainty import still_needed
from election.rules.outcome import outcome
from election.text.call import call
from election.text.phrases import LINE_MAX_CHARACTERS, all_of, clipped, counted, headline
from election.text.seats import declared_so_far, seats_held
from election.ward import Ward

_PARTIES_SHOWN_MAX = 6
"""The parties that a sentence has room for."""


@cached
def wire_line(count: Count) -> str:
    """Returns the headline of a council, such as `CON HOLD Barnet`."""
    before = count.wire(count.control_before)
    line = headline(count.name, count.outcome, count.wire(count.control), before)
    if count.control is None:
        line += f", {declared_so_far(count)}"
    return clipped(line)


@cached
def sentence(count: Count) -> str:
    """Returns the printable sentence that says where a council stands and why."""
    if count.control is None:
        why = f"{seats_held(count)}, majority {count.majority} of {count.seats_total}"
        ward = the_decider(count)
        text = f"{why}; {hangs_on(count, ward)}" if ward is not None else why
    else:
        text = call(count, LINE_MAX_CHARACTERS - len(f"{wire_line(count)}: ."))
    return clipped(f"{wire_line(count)}: {text}.")


def hangs_on(count: Count, ward: Ward) -> str:
    """Returns what hangs on a ward: `Barnet hangs on Childs Hill: CON hold with 2 of 3 seats`."""
    return clipped(f"{count.name} hangs on {ward.name}: {who_needs_what(count, ward)}")


def decider_line(count: Count, ward: Ward) -> str:
    """Returns who needs what in an open ward: `Childs Hill: CON hold with 2 of 3 seats`."""
    return clipped(f"{ward.name}: {who_needs_what(count, ward)}")


def who_needs_what(count: Count, ward: Ward) -> str:
    """Returns what an open ward means to each party that can still control the council."""
    seats = ward.contribution.still_open
    parts = []
    for stake in stakes(count, ward):
        party = count.wire(stake.party)
        if stake.settles is not None:
            label = outcome(count.control_before, stake.party)
            verb = {"hold": "hold", None: "win"}.get(label, "gain")
            parts.append(f"{party} {verb} with {all_of(stake.settles, seats)}")
        elif stake.needs:
            parts.append(f"{party} must win {all_of(stake.needs, seats)} to stay in it")
    if can_settle_noc(count, ward):
        # NOC is the only other result if this is the last open ward, and if no party that nobody
        # listed could take a majority there.
        only_other = count.still_open == seats and ward.contribution.open_to_any < count.majority
        parts.append("NOC otherwise" if only_other and parts else "NOC is possible")
    return ", ".join(parts) or _settles_nothing(count, ward)


def _settles_nothing(count: Count, ward: Ward) -> str:
    """Returns how far each party is from a majority, for a ward that settles it for none."""
    of = counted(count.still_open, "seat")
    fills = f"it fills {ward.contribution.still_open} of the {of} still open"
    return f"cannot settle it alone, {fills}{_still_needed(count)}"


@cached
def _still_needed(count: Count) -> str:
    """Returns what each contender still needs, the nearest first: `; CON needs 2, LAB needs 5`."""
    needs = [
        f"{count.wire(party)} needs {still_needed(seats, count.majority)}"
        for party, seats in count.ranked[:_PARTIES_SHOWN_MAX]
    ]
    return f"; {', '.join(needs)}" if needs else ""
