"""The eight kinds of slips, each a function that makes one in a true result.

Candidates stand in the order of the ballot paper, by surname, as on a form: the files of past
nights mostly have the winner first. Each function returns None if the ward has no room for its
slip.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple

from schemas.council import Nominee
from schemas.ward import Candidate, WardDeclared
from services.entry.ballot_paper import in_order

People = tuple[Candidate, ...]


class Place(NamedTuple):
    """Where a slip is made: a true result, and the others of its council.

    `waiting` are those that are declared later that night; `others` are all but this one.
    """

    true: WardDeclared
    others: Sequence[WardDeclared]
    waiting: Sequence[WardDeclared]


class Slip(NamedTuple):
    """A slip: what is said, and what is true of the ballot that it is said of."""

    kind: str
    said: WardDeclared
    true: WardDeclared


def as_on_the_ballot(event: WardDeclared) -> WardDeclared:
    """Returns a result with its candidates in the order of the ballot paper."""
    people = [
        Nominee(candidate=each.candidate, party=each.party, party_id=each.party_id)
        for each in event.candidates
    ]
    # Two may have one name and party.
    lines: dict[Nominee, list[Candidate]] = defaultdict(list)
    for nominee, line in zip(people, event.candidates, strict=True):
        lines[nominee].append(line)
    return _with(event, tuple(lines[each].pop(0) for each in in_order(people)))


def a_digit_changed(place: Place, chance: Random) -> WardDeclared | None:
    """One digit of one candidate's votes is another one."""
    people = [at for at, each in enumerate(place.true.candidates) if each.votes is not None]
    if not people:
        return None
    at = chance.choice(people)
    digits = list(str(place.true.candidates[at].votes))
    digit = chance.randrange(len(digits))
    first = digit == 0 and len(digits) > 1
    digits[digit] = chance.choice(sorted(set("0123456789"[first:]) - {digits[digit]}))
    return _with_votes(place.true, at, int("".join(digits)))


def digits_swapped(place: Place, chance: Random) -> WardDeclared | None:
    """Two neighbouring digits of one candidate's votes have changed places."""
    found = []
    for at, each in enumerate(place.true.candidates):
        digits = str(each.votes or "")
        for first in range(len(digits) - 1):
            one, other = digits[first], digits[first + 1]
            if one != other and not (first == 0 and other == "0"):
                found.append((at, digits[:first] + other + one + digits[first + 2 :]))
    if not found:
        return None
    at, swapped = chance.choice(found)
    return _with_votes(place.true, at, int(swapped))


def rows_shifted(place: Place, chance: Random) -> WardDeclared | None:
    """Everybody has the votes of the line above, and the first those of the last.

    So the sum is right, which is the harder case.
    """
    del chance
    votes = [each.votes for each in place.true.candidates]
    return _differing(place.true, [votes[-1], *votes[:-1]])


def wrong_ward(place: Place, chance: Random) -> WardDeclared | None:
    """The right figures, under another ballot of the council that has not been declared yet."""
    if not place.waiting:
        return None
    other = chance.choice(place.waiting)
    given = {
        "ballot_paper_id": other.ballot_paper_id,
        "seats_contested": other.seats_contested,
        "casual_vacancies": other.casual_vacancies,
    }
    elected = sum(bool(each.elected) for each in place.true.candidates)
    fits = elected <= other.seats_contested
    return place.true.model_copy(update=given) if fits else None


def a_candidate_left_out(place: Place, chance: Random) -> WardDeclared | None:
    """One line is missing."""
    people = list(place.true.candidates)
    if len(people) == 1:
        return None
    del people[chance.randrange(len(people))]
    return _with(place.true, tuple(people))


def another_wards_figures(place: Place, chance: Random) -> WardDeclared | None:
    """This ward's candidates with the votes of another, which has as many if there is one.

    If it has more, those left over are lost; if it has fewer, the last have none.
    """
    here = len(place.true.candidates)
    lenders = [each for each in place.others if all(one.votes for one in each.candidates)]
    if not lenders or any(each.votes is None for each in place.true.candidates):
        return None
    alike = [each for each in lenders if len(each.candidates) == here]
    longer = [each for each in lenders if len(each.candidates) > here]
    other = chance.choice(alike or longer or lenders)
    votes = [each.votes for each in other.candidates][:here]
    return _differing(place.true, [*votes, *[0] * (here - len(votes))])


def ten_times(place: Place, chance: Random) -> WardDeclared | None:
    """One candidate's votes have a 0 too many."""
    people = [at for at, each in enumerate(place.true.candidates) if each.votes]
    if not people:
        return None
    at = chance.choice(people)
    return _with_votes(place.true, at, (place.true.candidates[at].votes or 0) * 10)


def the_wrong_name(place: Place, chance: Random) -> WardDeclared | None:
    """Two candidates have each other's votes."""
    people = place.true.candidates
    pairs = [
        (one, other)
        for one in range(len(people))
        for other in range(one)
        if people[one].votes != people[other].votes
    ]
    if not pairs:
        return None
    one, other = chance.choice(pairs)
    votes = [each.votes for each in people]
    votes[one], votes[other] = votes[other], votes[one]
    return _differing(place.true, votes)


Maker = Callable[[Place, Random], WardDeclared | None]

KINDS: dict[str, Maker] = {
    "a digit changed": a_digit_changed,
    "digits swapped": digits_swapped,
    "×10": ten_times,
    "the wrong name": the_wrong_name,
    "rows shifted": rows_shifted,
    "another ward's figures": another_wards_figures,
    "wrong ward": wrong_ward,
    "a candidate left out": a_candidate_left_out,
}
"""Each kind of slip with what makes it. The last four are gross."""


def _with(event: WardDeclared, people: People) -> WardDeclared:
    return event.model_copy(update={"candidates": people})


def _with_votes(event: WardDeclared, at: int, votes: int) -> WardDeclared:
    people = list(event.candidates)
    people[at] = replace(people[at], votes=votes)
    return _with(event, tuple(people))


def _differing(event: WardDeclared, votes: Sequence[int | None]) -> WardDeclared | None:
    """Returns a result with these votes; None if they are the ones it has."""
    people = tuple(
        replace(each, votes=number) for each, number in zip(event.candidates, votes, strict=True)
    )
    return None if people == event.candidates else _with(event, people)
