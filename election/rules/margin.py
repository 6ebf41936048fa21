"""Margin: how close a ward was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from election.rules.majority import party_of
from election.rules.result import Result
from schemas.council import ElectoralSystem
from schemas.ward import Candidate

KNIFE_EDGE_SHARE = 0.01
"""A margin of at most this share of the last winner's votes is a knife edge."""

KNIFE_EDGE_VOTES = 25
"""So is a margin of at most this many votes, which matters in small wards."""

_VOTES_BEYOND_ALL = 10**9


class Margin(NamedTuple):
    """The last elected candidate and the first not elected.

    If a tie within one party awaits the drawing of lots, both are among the tied.
    """

    last_in: Candidate
    first_out: Candidate

    @property
    def votes(self) -> int:
        """Votes of the last elected less those of the first not elected.

        0 for a tie settled by lot, and if the elected flags contradict the votes.
        """
        return max(0, (self.last_in.votes or 0) - (self.first_out.votes or 0))

    @property
    def is_within_a_party(self) -> bool:
        """Whether both are of one party, so that its seats do not hang on this margin."""
        return party_of(self.last_in) == party_of(self.first_out)


def margin(
    candidates: Sequence[Candidate], found: Result | None, system: ElectoralSystem
) -> Margin | None:
    """Returns the margin of a ward's result.

    None under STV, where first preferences do not measure it; without a result, and while seats
    are still open; if any votes are not stated; and if there was no contest.
    """
    if system == "stv" or found is None or found.still_open:
        return None
    last_in: Candidate | None = None
    first_out: Candidate | None = None
    fewest, most = _VOTES_BEYOND_ALL, -1
    for place, candidate in enumerate(candidates):
        votes, elected = candidate.votes, found.elected[place]
        if votes is None:
            return None
        # Of the tied of one party, the first listed is taken as elected and the next as not.
        if elected is not False and votes < fewest:
            last_in, fewest = candidate, votes
        elif not elected and votes > most:
            first_out, most = candidate, votes
    return None if last_in is None or first_out is None else Margin(last_in, first_out)


def is_knife_edge(found: Margin | None) -> bool:
    """Returns whether a margin is at most 1% of the last winner's votes, or at most 25 votes."""
    if found is None:
        return False
    return found.votes <= max(KNIFE_EDGE_VOTES, KNIFE_EDGE_SHARE * (found.last_in.votes or 0))


def knife_edge(
    found: Margin | None, candidates: Sequence[Candidate], decided: Result | None
) -> Margin | None:
    """Returns the margin between two parties that makes a ward a knife edge; None if none does.

    `found` is the ward's margin, and `decided` its result. Which of two candidates of one party
    is elected changes no party's seats. In such a ward it is the next margin that counts: the
    closest of a candidate elected and one not elected of another party.
    """
    if not is_knife_edge(found) or found is None or decided is None:
        # No other margin in the ward is smaller.
        return None
    if not found.is_within_a_party:
        return found
    party = party_of(found.last_in)
    others = [
        (each, elected)
        for each, elected in zip(candidates, decided.elected, strict=True)
        if party_of(each) != party
    ]
    winners = [each for each, elected in others if elected]
    losers = [each for each, elected in others if not elected]
    pairs = [Margin(found.last_in, max(losers, key=_votes))] if losers else []
    if winners:
        pairs.append(Margin(min(winners, key=_votes), found.first_out))
    closest = min(pairs, key=lambda pair: pair.votes, default=None)
    return closest if is_knife_edge(closest) else None


def _votes(candidate: Candidate) -> int:
    return candidate.votes or 0
