"""Agreement: whether two results say the same, and whether one only adds to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from election.declaration import Declaration
from election.evidence.names import is_one
from election.rules.majority import party_of
from election.rules.result import result
from schemas.council import ElectoralSystem
from schemas.ward import Candidate

_FIGURES = (
    "num_spoilt_ballots",
    "num_turnout_reported",
    "turnout_percentage",
    "total_electorate",
)


class _Pair(NamedTuple):
    one: Candidate | None
    other: Candidate | None


def merged(known: Declaration, new: Declaration, system: ElectoralSystem) -> Declaration | None:
    """Returns what two results of one ballot say together; None if they contradict each other.

    They agree if nothing that both state differs. The order of the candidates, and what only one
    of them gives, is no difference: turnout, votes after the winners, marks after the votes, a
    last seat. Revision, correction and origin are those of `known`, whose content comes back
    unchanged if the new one adds nothing.
    """
    if known.seats_contested != new.seats_contested:
        return None
    figures = {}
    for name in _FIGURES:
        one, other = getattr(known, name), getattr(new, name)
        if one is not None and other is not None and one != other:
            return None
        figures[name] = other if one is None else one
    pairs = _pairs(known.candidates, new.candidates)
    if pairs is None:
        return None
    open_known = _is_partial(known, system)
    open_new = _is_partial(new, system)
    people = []
    for pair in pairs:
        person = _together(pair, open_known=open_known, open_new=open_new)
        if person is None:
            return None
        people.append(person)
    together = known._replace(candidates=tuple(people), **figures)
    return together if _decides_alike(known, new, together, system) else None


def completes(known: Declaration, new: Declaration, system: ElectoralSystem) -> bool:
    """Returns whether a new result has everything that the known one states, and changes nothing.

    What it changes or leaves out makes it a correction.
    """
    together = merged(known, new, system)
    if together is None:
        return False
    votes = {each.candidate: each.votes for each in new.candidates}
    return all(
        each.votes is None or votes.get(each.candidate) is not None for each in known.candidates
    ) and (result(new.candidates, new.seats_contested, system) is not None or not _stated(known))


def _stated(declared: Declaration) -> bool:
    return any(each.votes is not None or each.elected for each in declared.candidates)


def _is_partial(declared: Declaration, system: ElectoralSystem) -> bool:
    found = result(declared.candidates, declared.seats_contested, system)
    return found is None or sum(found.seats_won.values()) < declared.seats_contested


def _pairs(known: Sequence[Candidate], new: Sequence[Candidate]) -> list[_Pair] | None:
    """Returns each person of two results once; None if each has somebody whom the other lacks."""
    rest = list(new)
    pairs: list[_Pair] = []
    lone = []
    for person in known:
        same = next((each for each in rest if _same(person, each, exactly=True)), None)
        if same is None:
            lone.append(len(pairs))
        else:
            rest.remove(same)
        pairs.append(_Pair(person, same))
    for place in lone:
        first = pairs[place].one
        same = next((each for each in rest if first and _same(first, each)), None)
        if same is not None:
            rest.remove(same)
            pairs[place] = _Pair(first, same)
    if rest and any(pair.other is None for pair in pairs):
        return None
    return [*pairs, *(_Pair(None, each) for each in rest)]


def _same(one: Candidate, other: Candidate, *, exactly: bool = False) -> bool:
    if party_of(one) != party_of(other):
        return False
    if one.votes is not None and other.votes is not None and one.votes != other.votes:
        # Namesakes of one party are told apart by their figures.
        return False
    if exactly:
        return one.candidate == other.candidate
    return is_one((one.candidate, party_of(one)), (other.candidate, party_of(other)))


def _together(pair: _Pair, *, open_known: bool, open_new: bool) -> Candidate | None:
    """Returns what two results say of one person; None if they contradict each other.

    While seats are open, not elected means not elected yet.
    """
    one, other = pair
    if one is None or other is None:
        return one or other
    elected = one.elected or None if open_known else one.elected
    later = other.elected or None if open_new else other.elected
    if elected is not None and later is not None and elected != later:
        return None
    together = elected if later is None else later
    if together is None and open_known and open_new:
        together = one.elected if one.elected is not None else other.elected
    name = one if one.candidate else other
    return replace(
        one,
        candidate=name.candidate,
        party=one.party or other.party,
        party_id=one.party_id or other.party_id,
        votes=other.votes if one.votes is None else one.votes,
        elected=together,
        tied_vote_winner=one.tied_vote_winner or other.tied_vote_winner,
    )


def _decides_alike(
    known: Declaration, new: Declaration, together: Declaration, system: ElectoralSystem
) -> bool:
    """Returns whether nobody loses a seat that one of two results gives, when they are one."""
    after = result(together.candidates, together.seats_contested, system)
    for each in (known, new):
        before = result(each.candidates, each.seats_contested, system)
        if before is None:
            continue
        if after is None:
            return False
        if any(after.seats_won.get(key, 0) < won for key, won in before.seats_won.items()):
            return False
    return after is None or sum(after.seats_won.values()) <= together.seats_contested
