"""What is odd about a result beside the other wards of its council that have declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log
from statistics import median
from typing import Final

from election.declaration import Declaration
from election.rules.majority import party_of
from election.ward import Ward
from schemas.party import INDEPENDENT

TURNOUT_APART_PERCENT: Final = 30.0
"""How far a turnout may be from the median of the council's other wards, in percentage points."""

FROM_TURNOUT_FRACTION: Final = 0.02
"""How much further the votes may be from those that turnout and electorate make than in any other
ward of the council: officers differ in how they state a turnout, and seldom within a council. Of
3,277 wards of England with one seat in 2021, 0.6 % are further away."""

VOTES_APART, VOTES_APART_BY_ELECTORS = 3.5, 2.25
"""How many times the votes for a seat may be the median of the council's other wards, either way:
as they are, and for each elector if electorates are known, which leaves out that wards differ in
size. Of 9,086 wards in 2016, 2017 and 2021 five are further away."""

TURNED_ROUND: Final = 6.0
"""How many times the votes of another party a party may have, if in the council's other wards it
is the other one that has as many times its votes. Of 9,086 wards in 2016, 2017 and 2021 that is so
in five."""

OTHERS_MIN: Final = 3
"""Wards with which one can be compared. Fewer say little of what is usual in a council."""

LIKE_ANOTHER_MIN: Final = 3
"""Candidates from which on equal figures in two wards are no chance: of 11,252 wards, in none."""

LIKE_ANOTHER_OF_TWO: Final = 100
"""Votes from which on equal figures of two candidates are none."""

_SHARE_MIN: Final = 0.001
"""What a party without a vote is taken to have: so small a share has no logarithm."""


def beside_others(
    said: Declaration, ballot_paper_id: str, electorate: int | None, wards: Mapping[str, Ward]
) -> tuple[str, ...]:
    """Returns what each check of this module finds odd about a result; blank where nothing is.

    `electorate` is that of its own ward, and `wards` are those of its council, by ballot.
    """
    others = [
        ward
        for ballot, ward in wards.items()
        if ballot != ballot_paper_id and ward.declared is not None and ward.fits
    ]
    return (
        turnout_apart(said, others),
        votes_off_turnout(said, electorate, others),
        votes_apart(said, electorate, others),
        parties_turned_round(said, others),
        like_another(said, others),
    )


def turnout_apart(said: Declaration, others: Iterable[Ward]) -> str:
    """Returns what is odd if the turnout is far from that of the council's other wards."""
    if said.turnout_percentage is None:
        return ""
    turnouts = [ward.declared.turnout_percentage for ward in others if ward.declared is not None]
    known = [turnout for turnout in turnouts if turnout is not None]
    if len(known) < OTHERS_MIN:
        return ""
    usual = median(known)
    if abs(said.turnout_percentage - usual) <= TURNOUT_APART_PERCENT:
        return ""
    return (
        f"turnout_percentage: {said.turnout_percentage}, where the council's other wards have"
        f" {usual:.1f}; check it"
    )


def votes_off_turnout(said: Declaration, electorate: int | None, others: Iterable[Ward]) -> str:
    """Returns what is odd if votes and turnout fit each other less than in all other wards.

    It looks at wards with one seat only: how many of several votes people use differs more.
    """
    here = _part_of_turnout(said, electorate)
    if not here:
        return ""
    known = [_part_of_turnout(ward.declared, _electorate(ward)) for ward in others]
    known = list(filter(None, known))
    if len(known) < OTHERS_MIN:
        return ""
    usual = median(known)
    furthest = max(abs(part - usual) for part in known)
    if abs(here - usual) <= furthest + FROM_TURNOUT_FRACTION:
        return ""
    return (
        f"votes: {here:.1%} of the people who voted by turnout and electorate, where other wards of"
        f" the council have {min(known):.1%} to {max(known):.1%}; check votes and turnout"
    )


def votes_apart(said: Declaration, electorate: int | None, others: Sequence[Ward]) -> str:
    """Returns what is odd if far more or fewer votes were cast for a seat than in other wards."""
    here = _votes_for_a_seat(said)
    if not here or len(others) < OTHERS_MIN:
        return ""
    pairs = [(_figures_of(ward)[1], _electorate(ward)) for ward in others]
    by_electors = [votes / people for votes, people in pairs if votes and people]
    if electorate and len(by_electors) >= OTHERS_MIN:
        usual, apart = median(by_electors) * electorate, VOTES_APART_BY_ELECTORS
    else:
        stated = [votes for votes, _ in pairs if votes]
        if len(stated) < OTHERS_MIN:
            return ""
        usual, apart = median(stated), VOTES_APART
    if usual / apart <= here <= usual * apart:
        return ""
    return (
        f"votes: {here:,.0f} for each seat, where {usual:,.0f} would be usual by other wards of"
        " the council; check for a digit too many or too few"
    )


def parties_turned_round(said: Declaration, others: Iterable[Ward]) -> str:
    """Returns what is odd if a party is far ahead of another that is usually far ahead of it.

    It looks at each party's best candidate here beside the other's worst. Independents are no
    party: who stands for them differs from ward to ward.
    """
    best: dict[str, int] = {}
    worst: dict[str, int] = {}
    for each in said.candidates:
        party, votes = party_of(each), each.votes
        if votes is None:
            return ""
        if party != INDEPENDENT:
            best[party] = max(votes, best.get(party, 0))
            worst[party] = min(votes, worst.get(party, votes))
    pairs = [
        (first, second)
        for first in best
        for second in best
        if best[first] > worst[second] * TURNED_ROUND and first != second
    ]
    if not pairs:
        return ""
    usual = _usual_shares(others, {party for pair in pairs for party in pair})
    for first, second in pairs:
        if first in usual and second in usual:
            apart = usual[second] - usual[first]
            if apart > log(TURNED_ROUND):
                return (
                    f"votes: {best[first]:,} for {first} and {worst[second]:,} for {second}, which"
                    " is usually far ahead of it in this council; check that nobody has another's"
                    " votes"
                )
    return ""


def like_another(said: Declaration, others: Iterable[Ward]) -> str:
    """Returns what is odd if another ward of the council has the same figures, in any order.

    tally-ho looks for two forms with the same votes: one was likely entered twice. A ward with
    more candidates may have lent its figures in part.
    """
    figures = _figures(said)
    for ward in others:
        if _are_alike(figures, _figures_of(ward)[0]):
            return f"votes: the figures of {ward.name}; check that they are of this ward"
    return ""


def _are_alike(figures: frozenset[int], there: frozenset[int]) -> bool:
    fewer = min(len(figures), len(there))
    if fewer >= LIKE_ANOTHER_MIN:
        return len(figures & there) == fewer
    return fewer == LIKE_ANOTHER_MIN - 1 and figures == there and min(there) >= LIKE_ANOTHER_OF_TWO


def _usual_shares(others: Iterable[Ward], parties: set[str]) -> dict[str, float]:
    """Returns the mean of the logarithm of each party's share, if it stood in wards enough.

    In a ward with several seats a party's share is that of its candidates on average.
    """
    found: dict[str, list[float]] = {party: [] for party in parties}
    for ward in others:
        votes: dict[str, list[int]] = {}
        for each in ward.declared.candidates if ward.declared is not None else ():
            votes.setdefault(party_of(each), []).append(each.votes or 0)
        means = {party: sum(figures) / len(figures) for party, figures in votes.items()}
        total = sum(means.values())
        if total:
            for party in means.keys() & parties:
                found[party].append(log(max(means[party] / total, _SHARE_MIN)))
    return {
        party: sum(shares) / len(shares)
        for party, shares in found.items()
        if len(shares) >= OTHERS_MIN
    }


def _votes_for_a_seat(said: Declaration | None) -> float:
    """Returns the votes for a seat; 0 if not all are stated, which cannot be compared."""
    if said is None:
        return 0.0
    votes = [each.votes for each in said.candidates]
    if None in votes:
        return 0.0
    return sum(filter(None, votes)) / said.seats_contested


def _part_of_turnout(said: Declaration | None, electorate: int | None) -> float:
    """Returns the votes in a ward with one seat as part of those who voted; 0 if not known."""
    if said is None or said.seats_contested > 1 or not electorate or not said.turnout_percentage:
        return 0.0
    return _votes_for_a_seat(said) * 100 / (electorate * said.turnout_percentage)


def _electorate(ward: Ward) -> int | None:
    stated = ward.declared.total_electorate if ward.declared is not None else None
    return stated or (ward.contest.total_electorate if ward.contest is not None else None)


def _figures_of(ward: Ward) -> tuple[frozenset[int], float]:
    """Returns the votes that were stated in a ward, and how many there are for a seat.

    They are computed once, as they are wanted for each result of the council's other wards.
    """
    found = ward.figures
    if found is None:
        found = _figures(ward.declared), _votes_for_a_seat(ward.declared)
        object.__setattr__(ward, "figures", found)
    return found


def _figures(said: Declaration | None) -> frozenset[int]:
    return frozenset(each.votes for each in said.candidates if each.votes) if said else frozenset()
