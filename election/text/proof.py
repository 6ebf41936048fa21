"""Proof: the facts behind a line, so that a reader can check it."""

from __future__ import annotations

from collections.abc import Mapping

from election.cached import cached
from election.count import Count
from election.rules.majority import party_of
from election.text.council import seats_held
from election.text.history import control_history
from election.text.phrases import clipped, counted, signed
from election.ward import Ward
from schemas.ward import Candidate

PROOF_MAX_CHARACTERS = 1_000
"""The longest line of proof that the schemas allow."""


@cached
def proof(count: Count) -> tuple[str, ...]:
    """Returns the facts behind a council's sentence, one a line. Every change has its baseline."""
    opened = count.opening.opened
    last = "the last election" + (" (notional)" if opened.last_election_notional else "")
    lines = [
        f"{seats_held(count)} of {count.seats_total}; majority {count.majority}",
        _declared_so_far(count),
        _changes(count, count.changes_eve_of_poll, "the eve of poll"),
        _changes(count, count.changes_last_election, last),
        margin_line(count, count.wards[count.settled_at]) if count.settled_at else "",
        control_history(
            opened.control_history, count.control, count.names.get(count.control or "", "")
        ),
    ]
    return tuple(clipped(line, PROOF_MAX_CHARACTERS) for line in lines if line)


def _declared_so_far(count: Count) -> str:
    if count.council_result is not None:
        return "declared as a whole"
    tally = count.tally
    text = f"{tally.decided} of {counted(tally.wards, 'ward')} declared"
    if tally.still_open:
        text += f", {counted(tally.still_open, 'seat')} open"
    return text


def _changes(count: Count, changes: Mapping[str, int | None], baseline: str) -> str:
    ranked = sorted([(-change, party) for party, change in changes.items() if change])
    shown = [f"{count.wire(party)} {signed(-change)}" for change, party in ranked]
    return f"against {baseline}: {', '.join(shown)}" if shown else ""


def margin_line(count: Count, ward: Ward) -> str:
    """Returns the last elected and the first not elected with their votes; "" without a margin."""
    if ward.margin is None:
        return ""
    last_in, first_out = ward.margin.last_in, ward.margin.first_out
    return f"{ward.name}: {_votes(count, last_in)}, {_votes(count, first_out)}"


def _votes(count: Count, candidate: Candidate) -> str:
    party = count.wire(party_of(candidate))
    return f"{candidate.candidate} ({party}) {candidate.votes:,}"
