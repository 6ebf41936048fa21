"""Contradictions: what cannot be right of a result, whoever says it.

Each check is a function that returns a sentence with field, value and remedy, or None. The list
is that of `docs/concepts/what-counts.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from election.evidence.names import Person, matched
from election.rules.certainty import Range
from election.rules.majority import counted_under, party_of
from schemas.council import ElectoralSystem
from schemas.council_result import CouncilDeclared
from schemas.ward import Candidate

_SHOWN_MAX = 3


def other_people(people: Sequence[Candidate], known: Sequence[Person], ballot: str) -> str | None:
    """Returns what is wrong if somebody who was declared was not nominated.

    `known` are those nominated on the ballot.
    """
    unknown = matched([(each.candidate, party_of(each)) for each in people], known)
    if not unknown:
        return None
    shown = ", ".join(f"{name or 'somebody'} ({party})" for name, party in unknown[:_SHOWN_MAX])
    more = f" and {len(unknown) - _SHOWN_MAX} more" if len(unknown) > _SHOWN_MAX else ""
    parties = {party for _, party in unknown}
    same = [f"{name} ({party})" for name, party in known if party in parties][:_SHOWN_MAX]
    nominated = f"; nominated for the same party: {', '.join(same)}" if same else ""
    return (
        f"candidates: {shown}{more} not among those nominated in {ballot}{nominated}; correct the"
        " name or the party, or open the council again with the right nominations"
    )


def candidates_left_out(
    people: Sequence[Candidate], nominated: int, system: ElectoralSystem, ballot: str
) -> str | None:
    """Returns what is wrong if votes are to decide, but not everybody nominated has any."""
    if system == "stv" or len(people) >= nominated or any(each.elected for each in people):
        return None
    if not any(each.votes for each in people) or all(each.elected is False for each in people):
        return None
    return (
        f"candidates: {len(people)} of the {nominated} nominated in {ballot}, and nobody marked as"
        " elected; give everybody's votes, or say who is elected"
    )


def marks_against_votes(
    people: Sequence[Candidate], seats: int, system: ElectoralSystem, ballot: str
) -> str | None:
    """Returns what is wrong if somebody is marked as elected over others with more votes.

    While seats are still open, those with more votes may be elected to them. Under STV seats go
    by transfers, so votes contradict nothing.
    """
    if system == "stv":
        return None
    elected = [each for each in people if each.elected]
    others = [each for each in people if not each.elected]
    if any(each.votes is None for each in people) or not elected:
        return None
    last = min(elected, key=lambda each: each.votes or 0)
    over = [each for each in others if (each.votes or 0) > (last.votes or 0)]
    if len(over) <= max(0, seats - len(elected)) or not any(each.votes for each in people):
        return None
    best = max(over, key=lambda each: each.votes or 0)
    return (
        f"elected: {last.candidate or last.party} with {last.votes:,} votes in {ballot}, but"
        f" {best.candidate or best.party} has {best.votes:,}; correct elected or votes"
    )


def lot_without_tie(
    people: Sequence[Candidate], system: ElectoralSystem, ballot: str
) -> str | None:
    """Returns what is wrong if a seat is said to have gone by lot and nobody has as many votes."""
    if system == "stv":
        return None
    for place, winner in enumerate(people):
        if not winner.tied_vote_winner or winner.votes is None:
            continue
        tied = (each.votes == winner.votes for at, each in enumerate(people) if at != place)
        if not any(tied):
            return (
                f"tied_vote_winner: {winner.candidate or winner.party} has {winner.votes:,} votes"
                f" in {ballot} and nobody else has as many; correct tied_vote_winner or votes"
            )
    return None


def other_seats(stated: int, vacancies: int, opened: int, ballot: str) -> str | None:
    """Returns what is wrong if a ballot fills other seats than its council was opened with.

    `vacancies` are seats of casual vacancies that the declaration says are polled with them.
    """
    if stated == opened + vacancies:
        return None
    return (
        f"seats_contested: {stated} in {ballot}, but the council was opened with {opened};"
        " correct seats_contested, say casual_vacancies, or open the council again"
    )


def seats_against_wards(
    declared: CouncilDeclared, ranges: Mapping[str, Range], open_to_any: int
) -> str | None:
    """Returns what is wrong if a council's final result cannot be what its wards have declared.

    `ranges` are what the wards leave possible. Parties that are not in them can win only the
    seats that are open to anybody.
    """
    stated: dict[str, int] = {}
    for each in declared.seats:
        key = counted_under(each.party_id)
        stated[key] = stated.get(key, 0) + each.seats
    for party in dict.fromkeys((*stated, *ranges)):
        seats = stated.get(party, 0)
        found = ranges.get(party, Range(0, 0, open_to_any, 0))
        if not found.least <= seats <= found.best:
            bound = f"at least {found.least}" if seats < found.least else f"at most {found.best}"
            return (
                f"seats: {seats} for {party}, but the wards declared so far give it {bound};"
                " correct seats, or the ward that is wrong"
            )
    return None
