"""Decisive: what hangs on a result, so that a word alone does not count by it."""

from __future__ import annotations

from election.count import Count
from election.ward import Ward
from schemas.ward import Candidate


def would_decide(before: Count, after: Count | None) -> str:
    """Returns what a result would decide, or take back; blank if nothing.

    `before` and `after` are the council's count without the result and with it.
    """
    if after is None:
        return ""
    if after.control != before.control:
        return f"it would decide who controls {before.name}"
    if after.incumbent_out != before.incumbent_out:
        return f"it would decide whether the incumbent is out of {before.name}"
    return ""


def would_be_close(ward: Ward) -> str:
    """Returns how close a ward with a result would be, if that is a knife edge; else blank.

    Its margin is not known under STV, nor if somebody's votes are not stated, and a tie before the
    lot is no result yet.
    """
    close = ward.knife_edge
    if close is None:
        return ""
    between = f"{_name(close.last_in)} and {_name(close.first_out)}"
    return f"votes: {close.votes} between {between}, a knife edge"


def _name(person: Candidate) -> str:
    return person.candidate or person.party or person.party_id
