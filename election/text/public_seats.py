"""Seats by party in a sentence for the public, and what is still to come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from election.count import Count
from election.text.paragraph import number_of
from election.text.phrases import listed, spelled
from election.text.public_party import is_others, who


class Compared(NamedTuple):
    """Each party's change of seats, and what it is a change from, as a sentence says it."""

    changes: Mapping[str, int | None]
    than: str


_NOTHING = Compared({}, "")


def compared(count: Count) -> Compared:
    """Returns a complete council's changes against the eve of poll.

    Against the last election where only that is known. Empty where neither is.
    """
    if any(change is not None for change in count.changes_eve_of_poll.values()):
        return Compared(count.changes_eve_of_poll, "before the election")
    if any(change is not None for change in count.changes_last_election.values()):
        notional = count.opening.opened.last_election_notional
        redrawn = "the last election would have given on the new boundaries"
        return Compared(
            count.changes_last_election, redrawn if notional else "at the last election"
        )
    return _NOTHING


def seats_in_words(
    count: Count, shown_max: int, against: Compared = _NOTHING, *, they: str | None = None
) -> str:
    """Returns what each party has: `Labour have 40 seats, the Greens 13 and others 2`.

    With changes: `Labour have 40 seats (5 fewer than before the election), the Greens 13 (2 more)`.
    If the sentence before has named the largest party, it is `they`, who have so many of all. The
    parties beyond `shown_max`, and those that no source names, are added up as others.
    """
    changes, than = against
    ranked = [each for each in count.held.items() if each[1] or changes.get(each[0])]
    named = [each for each in ranked if not is_others(each[0], count.names.get(each[0], ""))]
    rest = [each for each in ranked if each not in named] + named[shown_max:]
    parts: list[str] = []
    for party, seats in named[:shown_max]:
        change = _change(changes.get(party), than)
        than = "" if change else than
        if parts:
            parts.append(f"{who(count, party)} {seats or 'none'}{change}")
        elif party == they:
            of = f"{seats} of the" if seats < count.seats_total else "all"
            parts.append(f"they have {of} {count.seats_total} seats{change}")
        else:
            have = f"have {seats} seat{'' if seats == 1 else 's'}"
            parts.append(f"{who(count, party)} {have}{change}")
    others = sum(seats for _, seats in rest)
    if others:
        known = [each for party, _ in rest if (each := changes.get(party)) is not None]
        change = _change(sum(known) if len(known) == len(rest) else None, than)
        parts.append(f"others {'' if parts else 'have '}{others}{change}")
    if len(parts) == 2:  # noqa: PLR2004 - of two, the second would seem to share the first's seats
        return ", and ".join(parts)
    return listed(parts) or "no seat is filled"


def _change(change: int | None, than: str) -> str:
    """Returns a change in brackets; the first one of a sentence says since when."""
    if change is None:
        return ""
    if not change:
        return f" (as many as {than})" if than else " (no change)"
    more = f"{abs(change)} {'more' if change > 0 else 'fewer'}"
    return f" ({more} than {than})" if than else f" ({more})"


def still_to_come(count: Count) -> str:
    """Returns what is still to be declared: `five wards still to declare`; "" if nothing is."""
    if count.complete:
        return ""
    undeclared = count.tally.wards - count.tally.decided
    if count.unaccounted or not undeclared:
        return (
            f"{number_of(count.still_open, 'seat')} still to be filled" if count.still_open else ""
        )
    put_off = sum(
        ward.postponed and not ward.contribution.decided
        for ward in count.wards.values()
        if ward.counts
    )
    if put_off >= undeclared:
        return f"the election in {number_of(undeclared, 'ward')} put off"
    text = f"{number_of(undeclared - put_off, 'ward')} still to declare"
    return f"{text} and {spelled(put_off)} put off" if put_off else text
