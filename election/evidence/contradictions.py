"""Contradictions: what cannot be right of a result, whoever says it.

Each check is a function that returns a sentence with field, value and remedy, or None. The list
is that of `docs/concepts/what-counts.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter

from election.evidence.names import unmatched
from election.rules.certainty import Range
from election.rules.majority import counted_under, party_of
from schemas.council import Nominee
from schemas.council_result import CouncilDeclared
from schemas.ward import Candidate

_SHOWN_MAX = 3
_WHO = attrgetter("candidate", "party_id", "party")


def other_people(
    people: Sequence[Candidate], nominees: Sequence[Nominee], ballot: str
) -> str | None:
    """Returns what is wrong if somebody who was declared was not nominated."""
    if list(map(_WHO, people)) == list(map(_WHO, nominees)):
        return None  # The usual case, and all that most events cost.
    known = [(each.candidate, party_of(each)) for each in nominees]
    unknown = unmatched([(each.candidate, party_of(each)) for each in people], known)
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


def candidates_left_out(people: Sequence[Candidate], nominated: int, ballot: str) -> str | None:
    """Returns what is wrong if votes are to decide, but not everybody nominated is listed."""
    if len(people) >= nominated or not any(each.votes for each in people):
        return None
    if any(each.elected for each in people) or all(each.elected is False for each in people):
        return None
    return (
        f"candidates: {len(people)} of the {nominated} nominated in {ballot}, and nobody marked as"
        " elected; give everybody's votes, or say who is elected"
    )


def marks_against_votes(people: Sequence[Candidate], seats: int, ballot: str) -> str | None:
    """Returns what is wrong if somebody is marked as elected over others with more votes.

    While seats are still open, those with more votes may be elected to them.
    """
    elected = [each for each in people if each.elected]
    votes = [each.votes for each in elected if each.votes is not None]
    if not votes:
        return None
    fewest = min(votes)
    over = [each for each in people if not each.elected and (each.votes or 0) > fewest]
    if len(over) <= seats - len(elected):
        return None
    last = next(each for each in elected if each.votes == fewest)
    best = max(over, key=_votes)
    return (
        f"elected: {last.candidate or last.party} with {last.votes:,} votes in {ballot}, but"
        f" {best.candidate or best.party} has {best.votes:,}; correct elected or votes"
    )


def lot_without_tie(people: Sequence[Candidate], ballot: str) -> str | None:
    """Returns what is wrong if a seat is said to have gone by lot, and nobody lost the lot.

    That needs somebody with as many votes. As long as not all votes are stated, there may be.
    """
    drawn = [each for each in people if each.tied_vote_winner]
    if not drawn:
        return None
    beaten = next((each for each in drawn if each.elected is False), None)
    if beaten is not None:
        return (
            f"tied_vote_winner: {beaten.candidate or beaten.party} has won the lot in {ballot}, but"
            " is marked as not elected; correct elected or tied_vote_winner"
        )
    votes = [each.votes for each in people]
    alone = next((each for each in drawn if votes.count(each.votes) == 1), None)
    if alone is None or None in votes:
        return None
    return (
        f"tied_vote_winner: {alone.candidate or alone.party} has {alone.votes:,} votes in"
        f" {ballot} and nobody else has as many; correct tied_vote_winner or votes"
    )


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

    `ranges` are what the wards leave possible. A party that is not in them may be several that
    are listed as one, such as "Others": then those that the result leaves out may be among them.
    """
    stated: dict[str, int] = {}
    for each in declared.seats:
        key = counted_under(each.party_id)
        stated[key] = stated.get(key, 0) + each.seats
    lumped = sum(seats for party, seats in stated.items() if party not in ranges)
    room = open_to_any
    # Sorted, as the order of the ranges follows from what was declared first.
    for party, (_, _, best, least) in sorted(ranges.items()):
        if lumped and party not in stated:
            room += best
            continue
        seats = stated.get(party, 0)
        if not least <= seats <= best:
            bound = f"at least {least}" if seats < least else f"at most {best}"
            return (
                f"seats: {seats} for {party}, but the wards declared so far give it {bound};"
                " correct seats, or the ward that is wrong"
            )
    if lumped <= room:
        return None
    return (
        f"seats: {lumped} for parties that the wards do not list, which have room for {room};"
        " correct seats, or the ward that is wrong"
    )


def _votes(candidate: Candidate) -> int:
    """Returns a candidate's votes, less than none if they are not stated."""
    return -1 if candidate.votes is None else candidate.votes
