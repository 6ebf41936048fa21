"""The result of a council in which every seat that is up is decided."""

from __future__ import annotations

from election.cached import cached
from election.count import Count
from election.declaration import Declaration
from election.rules.turnout import Poll, turnout
from election.text.council import wire_line
from election.text.phrases import clipped, first_that_fits
from election.text.seats import PARTIES_SHOWN, seats_held, seats_listed, short_of_majority
from election.ward import Ward
from schemas.party import NOC


@cached
def result_text(count: Count) -> str:
    """Returns all seats with their change and its baseline, who is how many short, and turnout.

    The change is that against the eve of poll; against the last election where only that is known.
    """
    changes, baseline = count.changes_eve_of_poll, "the eve of poll"
    if not any(map(_is_known, changes.values())):
        changes, baseline = count.changes_last_election, last_election(count)
    texts = (
        f"{wire_line(count)}, full result: {seats_listed(count, shown, changes)}{_below(count)}"
        for shown in PARTIES_SHOWN
    )
    since = f"; changes since {baseline}" if any(map(_is_known, changes.values())) else ""
    voted = council_turnout(count)
    tail = f"{since}; turnout {voted}%." if voted is not None else f"{since}."
    return clipped(first_that_fits(f"{text}{tail}" for text in texts))


def _is_known(change: int | None) -> bool:
    return change is not None


def _below(count: Count) -> str:
    """Returns what follows the seats: of how many, who is how many short, and how many vacant."""
    parts = [f" of {count.seats_total}, majority {count.majority}"]
    if count.vacant:
        parts.append(f"{count.vacant} vacant")
    if count.control == NOC:
        parts.append(short_of_majority(count))
    return ", ".join(filter(None, parts))


def result_headline(count: Count) -> str:
    """Returns the short form of a result, which its retraction repeats."""
    return clipped(f"full result of {count.name}: {seats_held(count)}")


def last_election(count: Count) -> str:
    """Returns what the last election is called: notional if boundaries were redrawn."""
    notional = count.opening.opened.last_election_notional
    return "the last election (notional)" if notional else "the last election"


@cached
def council_turnout(count: Count) -> float | None:
    """Returns a complete council's turnout in percent; None while a ward's is not known."""
    if not count.complete or count.council_result is not None:
        return None
    polled = (ward for ward in count.wards.values() if ward.contribution.decided)
    return turnout(_poll(ward, ward.declared) for ward in polled if ward.declared is not None)


def _poll(ward: Ward, declared: Declaration) -> Poll:
    electorate = declared.total_electorate
    if electorate is None and ward.contest is not None:
        electorate = ward.contest.total_electorate
    return Poll(electorate, declared.num_turnout_reported, declared.turnout_percentage)
