"""A call for the public: who controls a council, as soon as that is certain."""

from __future__ import annotations

from collections.abc import Iterator

from election.count import Count
from election.decider import can_settle_noc, stakes
from election.rules.majority import may_control
from election.rules.outcome import outcome
from election.text.paragraph import fitting, place, sentences
from election.text.phrases import counted, listed, spelled
from election.text.public_party import who
from election.text.public_seats import seats_in_words, still_to_come
from election.text.public_voters import voters_in_words
from election.ward import Ward
from schemas.party import INDEPENDENT, NOC

_NOBODY_CAN, _NOBODY_HAS = "No party can win a majority", "No party has a majority"

_PARTIES_SHOWN = (3, 2, 0)
"""The parties that a call without a majority names; all are in the table."""


def call_paragraph(count: Count) -> str:
    """Returns who controls a council, on what that rests, and how few voters could change it.

    What is certain before any vote says so, and whether seats not up or nominations make it so.
    """
    return fitting(_calls(count))


def _calls(count: Count) -> Iterator[str]:
    lead = _lead(count)
    if count.before_any_vote:
        yield sentences(*_from_the_opening(count))
        yield sentences(lead)
        return
    settled, voters = _settled(count), voters_in_words(count)
    for standing in _standings(count):
        yield sentences(lead, standing, voters, "" if voters else settled)
        yield sentences(lead, standing, settled)
        yield sentences(lead, standing)
    yield sentences(lead)


def _lead(count: Count) -> str:
    """Returns who has control, as the first sentence of a call."""
    name, party, before = place(count.name), who(count, count.control), count.control_before
    no_majority = f"no party {'has won' if count.complete else 'can win'} a majority in {name}"
    match count.outcome:
        case "hold":
            return f"{party} have kept control of {name}"
        case "gain":
            return f"{party} have won control of {name} from {who(count, before)}"
        case "gain_from_noc":
            return f"{party} have won control of {name}, where no party had a majority before"
        case "loss_to_noc":
            return f"{who(count, before)} have lost control of {name}"
        case "noc_hold":
            return f"{no_majority}, where none had one before"
    return no_majority if count.control == NOC else f"{party} have won a majority in {name}"


def _standings(count: Count) -> Iterator[str]:
    """Yields how the seats stand and what is still to come, fullest first."""
    rest = still_to_come(count)
    so_far = f"with {rest}, " if rest else ""
    if count.control != NOC:
        yield f"{so_far}{_majority_of(count)}"
        return
    if count.outcome == "loss_to_noc":
        yield from _without_former(count)
        return
    takes = f"{count.majority} of its {count.seats_total} seats make a majority"
    independents = _independents(count)
    for shown in _PARTIES_SHOWN if count.filled or count.tally.not_up else (0,):
        seats = f"{so_far}{seats_in_words(count, shown)}; " if shown else ""
        yield f"{seats}{takes}{f'. {independents}' if independents else ''}"


def _majority_of(count: Count) -> str:
    """Returns the seats of a party that has a majority, or is sure of one."""
    seats = count.ranges[count.control or ""]
    of = f"{seats.held} of its" if seats.held < count.seats_total else "all its"
    have = f"they have {of} {count.seats_total} seats"
    if seats.held < count.majority:
        more = seats.least - seats.held
        have += f" and are sure of {spelled(more)} more, because too few others are standing"
    return f"{have}; {count.majority} make a majority"


def _without_former(count: Count) -> Iterator[str]:
    """Yields why the party in control before has lost it, and that nobody else has won it."""
    former = count.control_before or ""
    rest = still_to_come(count)
    held = count.held.get(former, 0)
    independents = _independents(count)
    if former == INDEPENDENT and independents:
        yield f"{_NOBODY_HAS if count.complete else _NOBODY_CAN}. {independents}"
        return
    if count.complete:
        of = f"they have {held or 'none'} of its {count.seats_total} seats"
        takes = f"{of}; {count.majority} make a majority"
        yield ". ".join(filter(None, (takes, _NOBODY_HAS, independents)))
        return
    reach = f"they can no longer reach the {count.majority} of {count.seats_total} seats"
    have = f"they have {held or 'none'}{f', with {rest}' if rest else ''}"
    yield ". ".join(
        filter(None, (f"{reach} that a majority takes: {have}", _NOBODY_CAN, independents))
    )


def _independents(count: Count) -> str:
    """Returns that independents are no party where they have, or can get, as many seats."""
    marked = count.opening.opened.independents_as_party
    seats = count.ranges.get(INDEPENDENT)
    if may_control(INDEPENDENT, independents_as_party=marked) or seats is None:
        return ""
    if seats.held >= count.majority:
        return "Independents have enough seats, but are not one party"
    if seats.best >= count.majority:
        return "Independents may win enough seats, but are not one party"
    return ""


def _from_the_opening(count: Count) -> tuple[str, ...]:
    """Returns what is certain before any vote, and why."""
    control, name, before = count.control or NOC, place(count.name), count.control_before
    party = who(count, control)
    none_yet = "no vote has been declared yet"
    if control == NOC:
        lose = f", so {who(count, before)} lose control" if count.outcome == "loss_to_noc" else ""
        given = ", those not up for election included" if count.tally.not_up else ""
        reach = f"{count.majority} of its {count.seats_total} seats{given}"
        return (
            f"whatever the votes, no party can win a majority in {name}{lose}",
            f"even if all its candidates are elected, no party reaches {reach}",
            _independents(count),
            none_yet,
        )
    verb = "will keep control of" if count.outcome == "hold" else "will control"
    seats = count.ranges[control]
    up = "up for election"
    theirs = f"of its {count.seats_total} seats, {seats.not_up} are theirs and not {up}"
    few = f"too few others are standing to keep them below {seats.least} seats"
    if seats.not_up >= count.majority:
        why = theirs
    elif seats.not_up:
        why = f"{theirs}, and {few}"
    else:
        why = few
    return (
        f"whatever the votes, {party} {verb} {name}",
        f"{why}; {count.majority} make a majority",
        none_yet,
    )


def _settled(count: Count) -> str:
    ward = count.wards.get(count.settled_at or "")
    if ward is None:
        return ""
    what = f"the result in {ward.name}" if ward.result is not None else f"news from {ward.name}"
    return f"{what} made it certain"


def out_paragraph(count: Count) -> str:
    """Returns that the party in control before has lost it, and whether it is known who follows."""
    former, name = count.control_before or "", place(count.name)
    party = who(count, former)
    best = count.ranges[former].best if former in count.ranges else count.open_to_any
    held, of = count.held.get(former, 0), f"{count.majority} of {count.seats_total} seats"
    if count.before_any_vote:
        lead = f"whatever the votes, {party} will lose control of {name}"
        why = f"they can end with {best or 'none'} of its {count.seats_total} seats at most"
        return fitting((sentences(lead, f"{why}, and {count.majority} make a majority"),))
    lead = f"{party} have lost control of {name}"
    if count.complete:
        why = f"they have {held or 'none'}, and {of} make a majority"
    else:
        rest = still_to_come(count)
        at_most = f"they have {held or 'none'}{f' with {rest}' if rest else ''}"
        why = (
            f"they can no longer reach the {of} that a majority takes: {at_most}, and can end with"
            f" {best or 'none'} at most"
        )
    follows = _follows(count)
    return fitting((sentences(lead, why, follows), sentences(lead, follows), sentences(lead)))


def _follows(count: Count) -> str:
    if count.control is None:
        return "it is not yet certain who will take over"
    if count.control == NOC:
        return "no party has a majority" if count.complete else "no party can win a majority"
    return f"{who(count, count.control)} have a majority instead"


def decider_paragraph(count: Count, ward: Ward) -> str:
    """Returns what each party that can still control a council needs in the ward it hangs on."""
    seats, name = ward.contribution.still_open, place(count.name)
    put_off = ", where the election is postponed" if ward.postponed else ""
    lead = f"control of {name} now depends on one ward, {ward.name}{put_off}"
    parts = []
    for stake in stakes(count, ward):
        party = who(count, stake.party)
        if stake.settles is not None:
            held = outcome(count.control_before, stake.party) == "hold"
            verb = "keep control" if held else "win control"
            parts.append(f"{party} {verb} if they take {_of_its(stake.settles, seats)}")
        elif stake.needs:
            parts.append(f"{party} need {_of_its(stake.needs, seats)} to stay in the running")
    none = ""
    if can_settle_noc(count, ward):
        only_other = count.still_open == seats and ward.contribution.open_to_any < count.majority
        none = "the result can also leave no party with a majority"
        if only_other and parts:
            none = "otherwise no party has a majority"
    stake_text = [listed(parts[:shown]) for shown in range(len(parts), 0, -1)] or [""]
    return fitting(
        (
            *(sentences(lead, "; ".join(filter(None, (each, none)))) for each in stake_text),
            sentences(lead),
        )
    )


def _of_its(number: int, seats: int) -> str:
    """Returns how many of a ward's seats: `its only seat`, `two of its three seats`."""
    if number < seats:
        return f"{spelled(number)} of its {counted(seats, 'seat') if seats > 9 else f'{spelled(seats)} seats'}"  # noqa: E501, PLR2004
    return {1: "its seat", 2: "both its seats"}.get(seats, f"all {spelled(seats)} of its seats")
