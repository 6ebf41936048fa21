"""Proof: the facts behind a line, so that a reader can check it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from election.cached import cached
from election.count import Count
from election.rules.majority import may_control, party_of
from election.rules.margin import Margin
from election.text.flip import flip_lines
from election.text.history import control_history
from election.text.phrases import clipped, confirmed, counted, listed, signed
from election.text.result import council_turnout, last_election
from election.text.seats import declared_so_far, seats_held
from schemas.ward import Candidate

PROOF_MAX_CHARACTERS = 1_000
"""The longest line of proof that the schemas allow."""

_REACH_SHOWN_MAX = 3
"""The parties whose range is shown: those that can get nearest to a majority."""

_FLIPS_SHOWN_MAX = 8
"""The wards whose voters are shown; all are in `flip_at`."""

_ALONE_SHOWN_MAX = 8
"""The wards from one source that are named; the others are counted."""


@cached
def proof(count: Count) -> tuple[str, ...]:
    """Returns the facts behind a council's sentence, one a line. Every change has its baseline.

    Changes are those of a complete council: before it, there are none to be told.
    """
    return _facts(count, [])


def control_proof(count: Count) -> tuple[str, ...]:
    """Returns the same for an alert of control, with the voters who would have changed it."""
    flips = count.flip.wards if count.flip is not None else ()
    return _facts(count, flip_lines(count, flips[:_FLIPS_SHOWN_MAX]))


def _facts(count: Count, voters: Sequence[str]) -> tuple[str, ...]:
    opened = count.opening.opened
    so_far = "" if count.complete else "so far "
    turnout = council_turnout(count)
    lines = [
        f"{so_far}{seats_held(count)} of {count.seats_total}; majority {count.majority}",
        _declared(count),
        _reach(count),
        _changes(count, count.changes_eve_of_poll, "the eve of poll"),
        _changes(count, count.changes_last_election, last_election(count)),
        "" if turnout is None else f"turnout {turnout}%",
        _settled_at(count),
        _settled_by(count),
        _from_one_source(count),
        *voters,
        control_history(
            opened.control_history, count.control, count.names.get(count.control or "", "")
        ),
    ]
    return tuple(clipped(line, PROOF_MAX_CHARACTERS) for line in lines if line)


def _reach(count: Count) -> str:
    """Returns what the parties that may control can still end with: `can end with: LAB 37–42`."""
    if count.complete:
        return ""
    marked = count.opening.opened.independents_as_party
    ranked = sorted(
        (-seats.best, -seats.least, party)
        for party, seats in count.ranges.items()
        if seats.best and may_control(party, independents_as_party=marked)
    )
    shown = [
        f"{count.wire(party)} {-least if least == best else f'{-least}–{-best}'}"
        for best, least, party in ranked[:_REACH_SHOWN_MAX]
    ]
    return f"can end with: {', '.join(shown)}" if shown else ""


def _declared(count: Count) -> str:
    """Returns how far the count is, how many seats are open, and how many of them in no ward."""
    if count.council_result is not None and not count.still_open:
        return "declared as a whole"
    text = declared_so_far(count)
    if count.tally.wards and count.still_open:
        text += f", {counted(count.still_open, 'seat')} open"
        if count.unaccounted:
            text += f", {count.unaccounted} of them in no ward that is listed"
    return text


def _changes(count: Count, changes: Mapping[str, int | None], baseline: str) -> str:
    ranked = sorted([(-change, party) for party, change in changes.items() if change])
    shown = [f"{count.wire(party)} {signed(-change)}" for change, party in ranked]
    return f"against {baseline}: {', '.join(shown)}" if shown else ""


def _settled_at(count: Count) -> str:
    ward = count.wards.get(count.settled_at or "")
    return "" if ward is None else margin_line(count, ward.margin, ward.name)


def _settled_by(count: Count) -> str:
    """Returns from how many sources the result is that made control certain, if from several."""
    if count.council_result is not None:
        return confirmed(count.whole_sources)
    ward = count.wards.get(count.settled_at or "")
    sources = confirmed(len(ward.evidence.agreeing)) if ward and ward.evidence else ""
    return f"{ward.name}: {sources}" if ward is not None and sources else ""


def margin_line(count: Count, margin: Margin | None, ward: str) -> str:
    """Returns the candidates of a ward's margin with their votes; "" without a margin."""
    if margin is None:
        return ""
    return f"{ward}: {_votes(count, margin.last_in)}, {_votes(count, margin.first_out)}"


def _votes(count: Count, candidate: Candidate) -> str:
    party = count.wire(party_of(candidate))
    return f"{candidate.candidate} ({party}) {candidate.votes:,}"


def _from_one_source(count: Count) -> str:
    """Returns the wards that stand on one word which is not trusted as final, if there are any."""
    names = [
        ward.name
        for ward in count.wards.values()
        if ward.counts and ward.evidence is not None and ward.evidence.stands_alone
    ]
    if not names or count.council_result is not None:
        return ""
    more = len(names) - _ALONE_SHOWN_MAX
    shown = [*names[:_ALONE_SHOWN_MAX], *([f"{more} more"] if more > 0 else [])]
    return f"from one source alone: {listed(shown)}"
