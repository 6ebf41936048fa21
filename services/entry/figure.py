"""The desk's own figure: the people of a ballot as a form has them, and a result made of it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

from pydantic import ValidationError
from pydantic_core import to_json

from election.council import Council
from election.rules.majority import party_of
from election.ward import Ward
from schemas.council import Nominee
from schemas.refusal import refusals, shorten
from schemas.ward import Candidate, WardDeclared
from services.review.decision import UnusableDecisionError
from services.review.waiting import claims_of

VOTES_DIGITS_MAX: Final = 8
"""Digits of a number of votes. No ward comes near ten million."""


def people_of(ward: Ward) -> list[Nominee]:
    """Returns who stands: the nominees, or if they are not known whoever a source names."""
    contest = ward.contest
    if contest is not None and contest.fielded is not None:
        return list(contest.nominees)
    named: dict[tuple[str, str], Nominee] = {}
    for claim in claims_of(ward):
        for each in claim.said.candidates:
            one = Nominee(candidate=each.candidate, party=each.party, party_id=each.party_id)
            named.setdefault((each.candidate, party_of(each)), one)
    return list(named.values())


def people_id(people: list[Nominee]) -> str:
    """Returns an id of who stands and in which order, by which a form says whom it is about."""
    listed = [(each.candidate, each.party, each.party_id) for each in people]
    return blake2b(to_json(listed), digest_size=16).hexdigest()


def seats_of(ward: Ward) -> int:
    """Returns the seats of a ballot, or if it is not listed those that its sources say it has."""
    if ward.contest is not None:
        return ward.contest.seats
    return max((claim.said.seats_contested for claim in claims_of(ward)), default=1)


def figure_of(fields: Mapping[str, str], council: Council, ward: Ward) -> WardDeclared:
    """Returns the result in a form's fields `votes-N` and `elected-N`, one of each for a person.

    Without any mark the most votes decide; with one, whoever has none is not elected. Raises
    UnusableDecisionError, with one line for each fault.
    """
    people = people_of(ward)
    if fields.get("people") != people_id(people):
        raise UnusableDecisionError(
            "The nominations have changed since this page was made: enter the figure again."
        )
    faults: list[str] = []
    votes = [
        _votes(fields.get(f"votes-{place}", ""), each, faults) for place, each in enumerate(people)
    ]
    marks = [f"elected-{place}" in fields for place in range(len(people))]
    if not faults and not any(marks) and all(each is None for each in votes):
        faults.append("Give the votes, or mark who is elected, or both.")
    if faults:
        raise UnusableDecisionError("\n".join(faults))
    try:
        return WardDeclared(
            council=council.council,
            ballot_paper_id=ward.ballot_paper_id,
            mode=council.mode,
            seats_contested=seats_of(ward),
            candidates=tuple(
                Candidate(
                    candidate=each.candidate,
                    party=each.party,
                    party_id=each.party_id,
                    votes=number,
                    elected=mark if any(marks) else None,
                )
                for each, number, mark in zip(people, votes, marks, strict=True)
            ),
        )
    except ValidationError as error:
        raise UnusableDecisionError("\n".join(map(str, refusals(error)))) from error


def _votes(text: str, person: Nominee, faults: list[str]) -> int | None:
    """Returns a number of votes, None if none is given; adds what is wrong to the faults."""
    given = text.strip().replace(",", "")
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > VOTES_DIGITS_MAX:
        name = person.candidate or person.party or person.party_id
        faults.append(f"Votes of {name}: {shorten(text)} is no number of votes; write digits.")
        return None
    return int(given)
