"""Margin: how close a ward was."""

from __future__ import annotations

from election.result import result
from schemas.council import ElectoralSystem
from schemas.ward import WardDeclared

KNIFE_EDGE_SHARE = 0.01
"""A margin of at most this share of the last winner's votes is a knife edge."""

KNIFE_EDGE_VOTES = 25
"""So is one of at most this many votes."""


def margin(declared: WardDeclared, system: ElectoralSystem) -> int | None:
    """Returns the votes of the last elected less those of the first not elected.

    None under STV, without votes, and where there was no contest. A tie settled by lot is 0.
    """
    found = result(declared, system)
    if system == "stv" or found is None:
        return None
    winners, losers = [], []
    for candidate, elected in zip(declared.candidates, found.elected, strict=True):
        if candidate.votes is None:
            return None
        if elected is None:
            winners.append(candidate.votes)
            losers.append(candidate.votes)
        else:
            (winners if elected else losers).append(candidate.votes)
    if not winners or not losers:
        return None
    return max(0, min(winners) - max(losers))


def last_winner_votes(declared: WardDeclared, system: ElectoralSystem) -> int | None:
    """Returns the votes of the last elected, None where they are not known."""
    found = result(declared, system)
    if found is None:
        return None
    votes = [
        candidate.votes
        for candidate, elected in zip(declared.candidates, found.elected, strict=True)
        if elected is not False and candidate.votes is not None
    ]
    return min(votes, default=None)


def is_knife_edge(declared: WardDeclared, system: ElectoralSystem) -> bool:
    """Tells whether a ward was won by at most 1% of the last winner's votes, or 25 votes."""
    votes = margin(declared, system)
    last = last_winner_votes(declared, system)
    if votes is None or last is None:
        return False
    return votes <= KNIFE_EDGE_VOTES or votes <= KNIFE_EDGE_SHARE * last
