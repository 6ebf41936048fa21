"""Shares: each party's share of a ward's vote, and the swing between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from election.rules.majority import party_of
from schemas.council import ElectoralSystem
from schemas.ward import Candidate


class Swing(NamedTuple):
    """A swing of so many percentage points, 0 or more, away from one party towards another."""

    points: Fraction
    away_from: str
    towards: str


def votes_by_party(
    candidates: Iterable[Candidate], seats: int, system: ElectoralSystem
) -> dict[str, int] | None:
    """Returns the votes of each party that its share is reckoned by; None if any are not stated.

    Where several seats are fought a voter has several votes, so a party has those of its
    best-placed candidate: the top vote method, by which Britain Elects adds up wards of several
    members (docs.google.com/spreadsheets/d/1k1JjVuQ1TidmDa2YyDsD8XfiQafa596NPAudSNNlPZQ).
    Where a voter has one vote, or one first preference, those of all its candidates are added up:
    there are several only of independents, and under single transferable vote.
    """
    each_one_vote = seats == 1 or system == "stv"
    found: dict[str, int] = {}
    for candidate in candidates:
        if candidate.votes is None:
            return None
        party = party_of(candidate)
        before = found.get(party, 0)
        votes = candidate.votes
        found[party] = before + votes if each_one_vote else max(before, votes)
    return found


def shares(votes: Mapping[str, int]) -> dict[str, Fraction]:
    """Returns each party's share of the sum of `votes`, in percent; empty without any vote."""
    total = sum(votes.values())
    return {party: Fraction(100 * own, total) for party, own in votes.items()} if total else {}


def swing(now: Mapping[str, Fraction], before: Mapping[str, Fraction]) -> Swing | None:
    """Returns Butler's swing between the two parties with the largest shares now.

    That is the mean of the rise of one's share and the fall of the other's, both of all votes
    (en.wikipedia.org/wiki/Swing_(United_Kingdom), with the example that the tests have). It is
    not Steed's two-party swing, which leaves out the votes of everybody else. `now` and `before`
    are in percent. None unless there are two parties, and both stood both times. Of equal shares
    the first key counts.
    """
    leading = sorted(now, key=lambda party: (-now[party], party))[:2]
    if len(leading) < 2 or not before.keys() >= set(leading):  # noqa: PLR2004 - two parties
        return None
    first, second = leading
    points = ((now[first] - before[first]) - (now[second] - before[second])) / 2
    if points < 0:
        return Swing(-points, first, second)
    return Swing(points, second, first)
