"""Differing: in which fields the words of others contradict a word, and never what they say there.

Whoever corrects a word is shown this, so that they look at the declaration again and do not copy
another's figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from election.declaration import Declaration
from election.evidence.agreement import merged
from election.evidence.names import is_one
from election.rules.majority import party_of
from schemas.council import ElectoralSystem
from schemas.ward import Candidate

_FIGURES: Final = (
    "seats_contested",
    "num_spoilt_ballots",
    "num_turnout_reported",
    "turnout_percentage",
    "total_electorate",
)


class Differing(NamedTuple):
    """The fields of a word that others state otherwise.

    `votes` are the places of candidates in the word. `marks` is whether who is elected differs: of
    all of them together, because of one mark that differs the other is known. `people` is whether
    each has somebody whom the other does not have, and `figures` are names of figures of the poll.
    """

    votes: frozenset[int] = frozenset()
    marks: bool = False
    people: bool = False
    figures: frozenset[str] = frozenset()

    def __or__(self, other: Differing) -> Differing:
        """Returns what differs in either."""
        return Differing(
            self.votes | other.votes,
            self.marks or other.marks,
            self.people or other.people,
            self.figures | other.figures,
        )


NOTHING_DIFFERS: Final = Differing()


def differing(own: Declaration, other: Declaration, system: ElectoralSystem) -> Differing:
    """Returns the fields of a word that another contradicts; NOTHING_DIFFERS if they agree.

    What only one of them states does not differ. If nothing that both state differs, and they
    still cannot both be right, such as votes and marks, it is all that the word says of candidates:
    which of them it is would tell who won by the other.
    """
    if merged(own, other, system) is not None:
        return NOTHING_DIFFERS
    same = _same_people(own.candidates, other.candidates)
    pairs = {at: (own.candidates[at], other.candidates[there]) for at, there in same.items()}
    found = Differing(
        frozenset(at for at, both in pairs.items() if _differs("votes", *both)),
        any(_differs("elected", *both) for both in pairs.values()),
        len(same) < min(len(own.candidates), len(other.candidates)),
        frozenset(name for name in _FIGURES if _differs(name, own, other)),
    )
    return _all_of(own) if found == NOTHING_DIFFERS else found


def _differs(field: str, one: object, other: object) -> bool:
    """Returns whether both state a field, and otherwise."""
    here, there = getattr(one, field), getattr(other, field)
    return here is not None and there is not None and here != there


def _all_of(own: Declaration) -> Differing:
    """Returns everything that a word says of candidates."""
    stated = [place for place, each in enumerate(own.candidates) if each.votes is not None]
    return Differing(frozenset(stated), any(each.elected is not None for each in own.candidates))


def _same_people(own: Sequence[Candidate], others: Sequence[Candidate]) -> dict[int, int]:
    """Returns the place of each person in the other word, of those who are in both.

    Namesakes and blank names are told apart by their votes as far as these are the same.
    """
    found: dict[int, int] = {}
    for fits in _FITS:
        for place, person in enumerate(own):
            if place in found:
                continue
            free = (at for at in range(len(others)) if at not in found.values())
            same = next((at for at in free if fits(person, others[at])), None)
            if same is not None:
                found[place] = same
    return found


def _is_spelt_alike(one: Candidate, other: Candidate) -> bool:
    return one.candidate == other.candidate and party_of(one) == party_of(other)


def _is_one(one: Candidate, other: Candidate) -> bool:
    return is_one((one.candidate, party_of(one)), (other.candidate, party_of(other)))


def _with_the_same_votes(
    fits: Callable[[Candidate, Candidate], bool],
) -> Callable[[Candidate, Candidate], bool]:
    return lambda one, other: one.votes == other.votes and fits(one, other)


_FITS: Final[Iterable[Callable[[Candidate, Candidate], bool]]] = (
    _with_the_same_votes(_is_spelt_alike),
    _with_the_same_votes(_is_one),
    _is_spelt_alike,
    _is_one,
)
"""How two people are one, the surest first."""
