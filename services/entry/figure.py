"""A figure: the people of a ballot as a form has them, and a result made of it. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
from services.review.comparison import party_label
from services.review.waiting import claims_of

VOTES_DIGITS_MAX: Final = 8
"""Digits of a number of votes. No ward comes near ten million."""

_PERCENT: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?")


class UnusableFigureError(ValueError):
    """A figure that is no result. The message has a line for each fault."""


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


def people_id(people: Sequence[Nominee]) -> str:
    """Returns an id of who stands and in which order, by which a form says whom it is about."""
    listed = [(each.candidate, each.party, each.party_id) for each in people]
    return blake2b(to_json(listed), digest_size=16).hexdigest()


def name_of(person: Nominee) -> str:
    """Returns what a form calls somebody, such as `Ann Able (CON)`."""
    return f"{person.candidate or 'somebody'} ({party_label(person.party_id, person.party)})"


def seats_of(ward: Ward) -> int:
    """Returns the seats of a ballot, or if it is not listed those that its sources say it has."""
    if ward.contest is not None:
        return ward.contest.seats
    return max((claim.said.seats_contested for claim in claims_of(ward)), default=1)


def figure_of(
    fields: Mapping[str, str], council: Council, ward: Ward, people: Sequence[Nominee]
) -> WardDeclared:
    """Returns the result in a form's fields, of which everybody has some by their place.

    `votes-N` are their votes, `elected-N` marks them, and `lot-N` says that they won by lot.
    `ballots`, `spoilt`, `electorate` and `turnout` are of the poll. Without any mark the most
    votes decide; with as many as there are seats, whoever has none is not elected. Raises
    UnusableFigureError.
    """
    if fields.get("people") != people_id(people):
        raise UnusableFigureError(
            "The nominations have changed since this page was made: enter the figure again."
        )
    faults: list[str] = []
    votes = [
        _number(fields.get(f"votes-{place}", ""), f"Votes of {_short(each)}", "votes", faults)
        for place, each in enumerate(people)
    ]
    ballots, spoilt, electorate = (
        _number(fields.get(name, ""), name.capitalize(), "people", faults)
        for name in ("ballots", "spoilt", "electorate")
    )
    turnout = _percent(fields.get("turnout", ""), faults)
    is_marked = any(f"elected-{place}" in fields for place in range(len(people)))
    if not faults and not is_marked and all(each is None for each in votes):
        faults.append("Give the votes, or mark who is elected, or both.")
    if faults:
        raise UnusableFigureError("\n".join(faults))
    try:
        return WardDeclared(
            council=council.council,
            ballot_paper_id=ward.ballot_paper_id,
            mode=council.mode,
            seats_contested=seats_of(ward),
            candidates=_candidates(fields, people, votes, seats_of(ward)),
            num_turnout_reported=ballots,
            num_spoilt_ballots=spoilt,
            turnout_percentage=turnout,
            total_electorate=electorate,
        )
    except ValidationError as error:
        raise UnusableFigureError("\n".join(map(str, refusals(error)))) from error


def _candidates(
    fields: Mapping[str, str], people: Sequence[Nominee], votes: Sequence[int | None], seats: int
) -> tuple[Candidate, ...]:
    """Returns everybody with votes and marks. While seats are open, nobody is marked as beaten."""
    # Who has won by lot is elected.
    names = ((f"elected-{place}", f"lot-{place}") for place in range(len(people)))
    marks = [any(name in fields for name in pair) for pair in names]
    unmarked = None if sum(marks) < seats else False
    return tuple(
        Candidate(
            candidate=each.candidate,
            party=each.party,
            party_id=each.party_id,
            votes=votes[place],
            elected=marks[place] or unmarked,
            tied_vote_winner=f"lot-{place}" in fields,
        )
        for place, each in enumerate(people)
    )


def _short(person: Nominee) -> str:
    return person.candidate or person.party or person.party_id


def _number(text: str, what: str, unit: str, faults: list[str]) -> int | None:
    """Returns a number, None if none is given; adds what is wrong to the faults."""
    given = text.strip().replace(",", "")
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > VOTES_DIGITS_MAX:
        faults.append(f"{what}: {shorten(text)} is no number of {unit}; write digits.")
        return None
    return int(given)


def _percent(text: str, faults: list[str]) -> float | None:
    """Returns a turnout in percent, None if none is given; adds what is wrong to the faults."""
    given = text.strip().removesuffix("%").strip()
    if not given:
        return None
    if not _PERCENT.fullmatch(given):
        faults.append(f"Turnout: {shorten(text)} is no percentage; write such as 38.4.")
        return None
    return float(given)
