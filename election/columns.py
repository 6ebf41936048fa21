"""Columns: the people of a ballot as a snapshot stores them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from schemas.council import Nominee
from schemas.ward import Candidate

_WHO = attrgetter("candidate", "party_id", "party")


def nominee_columns(people: Sequence[Nominee], declared: Sequence[Candidate]) -> list[Any]:
    """Returns nominees as columns: their places in the ward's result, and their offices.

    Those whom the result does not have as they were nominated follow, with their parties' table.
    """
    offices = {place: each.office for place, each in enumerate(people) if each.office}
    if not declared:
        return [[None] * len(people), offices, *people_columns(people)]
    nominated, stood = list(map(_WHO, people)), list(map(_WHO, declared))
    if nominated == stood:
        return [None, offices, [], [], []]  # The usual case, once a ward has declared.
    places = {who: place for place, who in enumerate(stood)}
    at = [places.pop(who, None) for who in nominated]
    rest = [each for place, each in zip(at, people, strict=True) if place is None]
    return [at, offices, *people_columns(rest)]


def people_columns(people: Sequence[Nominee | Candidate]) -> list[Any]:
    """Returns the table of parties, and each person's place in it and name, as columns."""
    parties: dict[tuple[str, str], int] = {}
    places = [parties.setdefault((each.party_id, each.party), len(parties)) for each in people]
    return [list(parties), places, [each.candidate for each in people]]


def read_nominees(stored: list[Any], declared: Sequence[Candidate]) -> tuple[Nominee, ...]:
    """Returns the nominees that `nominee_columns` wrote beside the same result."""
    at, offices, parties, *columns = stored
    rest = ((name, *parties[place]) for place, name in zip(*columns, strict=True))
    known = [(each.candidate, each.party_id, each.party) for each in declared]
    people = (
        next(rest) if place is None else known[place]
        for place in (range(len(known)) if at is None else at)
    )
    return tuple(
        Nominee(candidate=name, party_id=party_id, party=party, office=offices.get(str(number), ""))
        for number, (name, party_id, party) in enumerate(people)
    )
