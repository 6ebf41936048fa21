"""Agreement: whether two results say the same, and whether one only adds to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from election.declaration import Declaration
from election.evidence.names import is_one
from election.rules.majority import party_of
from election.rules.result import Result, result
from schemas.council import ElectoralSystem
from schemas.ward import Candidate

_FIGURES = (
    "num_spoilt_ballots",
    "num_turnout_reported",
    "turnout_percentage",
    "total_electorate",
)


def merged(known: Declaration, new: Declaration, system: ElectoralSystem) -> Declaration | None:
    """Returns what two results of one ballot say together; None if they contradict each other.

    They agree if nothing that both state differs. The order of the candidates, and what only one
    of them gives, is no difference: turnout, votes after the winners, marks after the votes, a
    last seat. Revision, correction and origin are those of `known`, whose content comes back
    unchanged if the new one adds nothing.
    """
    figures = _figures(known, new)
    same = _same_people(known.candidates, new.candidates)
    if known.seats_contested != new.seats_contested or figures is None or same is None:
        return None
    one, other = _said(known, system), _said(new, system)
    people = list(known.candidates)
    for left, right in same.items():
        marks = one.elected[left], other.elected[right]
        if None not in marks and marks[0] != marks[1]:
            return None
        first = _without_mark(known.candidates[left], one, other)
        second = _without_mark(new.candidates[right], other, one)
        people[left] = _together(first, second)
    found = set(same.values())
    people += [each for place, each in enumerate(new.candidates) if place not in found]
    if sum(each.elected is True for each in people) > known.seats_contested:
        return None
    together = known._replace(candidates=tuple(people), **figures)
    agree = _keeps_seats(known, together, system) and _keeps_seats(new, together, system)
    return together if agree and _is_of_one(together, known, new, system) else None


def completes(known: Declaration, new: Declaration, system: ElectoralSystem) -> bool:
    """Returns whether a new result keeps every vote and seat that the known one states.

    If not, it is a correction.
    """
    if merged(known, new, system) is None or not _keeps_seats(known, new, system):
        return False
    same = _same_people(known.candidates, new.candidates) or {}
    counted = [place for place, each in enumerate(known.candidates) if each.votes is not None]
    return all(place in same and new.candidates[same[place]].votes is not None for place in counted)


class _Said(NamedTuple):
    """Who is elected in one result, by place; None where it leaves that open.

    `full` is whether it fills every seat, and `marked` whether it says so by marks.
    """

    elected: tuple[bool | None, ...]
    full: bool
    marked: bool


def _said(declared: Declaration, system: ElectoralSystem) -> _Said:
    """Returns who is elected. While seats are open, not elected means not elected yet."""
    people = declared.candidates
    found = result(people, declared.seats_contested, system)
    marked = any(each.elected for each in people)
    if found is None or _filled(found) < declared.seats_contested:
        return _Said(tuple(each.elected or None for each in people), full=False, marked=marked)
    return _Said(found.elected, full=True, marked=marked)


def _without_mark(person: Candidate, said: _Said, other: _Said) -> Candidate:
    """Returns a person of a result in part without a mark, if the other's votes fill all seats.

    The votes then decide; the few marks would leave the other seats open.
    """
    decided = other.full and not other.marked and not said.full
    return replace(person, elected=None) if decided and person.elected is not None else person


def _together(one: Candidate, other: Candidate) -> Candidate:
    """Returns what two results say of one person who is the same in both."""
    marks = (one.elected, other.elected)
    both = replace(
        one,
        candidate=one.candidate or other.candidate,
        party=one.party or other.party,
        party_id=one.party_id or other.party_id,
        votes=other.votes if one.votes is None else one.votes,
        elected=True if True in marks else False if False in marks else None,
        tied_vote_winner=one.tied_vote_winner or other.tied_vote_winner,
    )
    return one if both == one else both


def _figures(known: Declaration, new: Declaration) -> dict[str, Any] | None:
    """Returns the figures of two results besides the votes; None if any differ."""
    figures: dict[str, Any] = {}
    for name in _FIGURES:
        one, other = getattr(known, name), getattr(new, name)
        if one is not None and other is not None and one != other:
            return None
        figures[name] = other if one is None else one
    figures["casual_vacancies"] = max(known.casual_vacancies, new.casual_vacancies)
    return figures


def _same_people(known: Sequence[Candidate], new: Sequence[Candidate]) -> dict[int, int] | None:
    """Returns the place in a new result of each person in a known one; of those in both only.

    None if each has somebody of its own. Those spelt alike are one before those spelt otherwise,
    and of these those with the same mark. Blank names are taken for those with the most votes.
    """
    left, right = _most_votes_first(known), _most_votes_first(new)
    found: dict[int, int] = {}
    for fits in (_is_spelt_alike, _is_marked_alike, _is_one):
        for place in left:
            if place in found:
                continue
            same = next((each for each in right if fits(known[place], new[each])), None)
            if same is not None:
                right.remove(same)
                found[place] = same
    return None if right and len(found) < len(known) else found


def _most_votes_first(people: Sequence[Candidate]) -> list[int]:
    return sorted(range(len(people)), key=lambda place: -(people[place].votes or 0))


def _is_one(one: Candidate, other: Candidate) -> bool:
    """Returns whether two may be one person. Namesakes are told apart by their figures."""
    if one.votes is not None and other.votes is not None and one.votes != other.votes:
        return False
    return is_one((one.candidate, party_of(one)), (other.candidate, party_of(other)))


def _is_spelt_alike(one: Candidate, other: Candidate) -> bool:
    return one.candidate == other.candidate and _is_one(one, other)


def _is_marked_alike(one: Candidate, other: Candidate) -> bool:
    return one.elected == other.elected and _is_one(one, other)


def _keeps_seats(before: Declaration, after: Declaration, system: ElectoralSystem) -> bool:
    """Returns whether every party has at least the seats in a result that it had in another."""
    had = result(before.candidates, before.seats_contested, system)
    has = result(after.candidates, after.seats_contested, system)
    won = has.seats_won if has is not None else {}
    return had is None or all(won.get(party, 0) >= seats for party, seats in had.seats_won.items())


def _is_of_one(
    together: Declaration, known: Declaration, new: Declaration, system: ElectoralSystem
) -> bool:
    """Returns whether votes that decide a result have all been stated in one as its result.

    A list that is not complete and a running count, each no result, are none together.
    """
    if any(each.elected for each in together.candidates):
        return True
    if result(together.candidates, together.seats_contested, system) is None:
        return True
    return any(
        len(each.candidates) == len(together.candidates)
        and result(each.candidates, each.seats_contested, system) is not None
        for each in (known, new)
    )


def _filled(found: Result) -> int:
    return sum(found.seats_won.values())
