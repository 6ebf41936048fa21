"""Checks: what cannot be right of a result, beside what is known of its ballot and council."""

from __future__ import annotations

from election.declaration import Declaration
from election.evidence.contradictions import (
    candidates_left_out,
    lot_without_tie,
    marks_against_votes,
    other_people,
    other_seats,
    seats_against_wards,
)
from election.rules import certainty
from election.rules.tally import Tally
from election.ward import Contest, Ward
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared


def contradiction(ward: Ward, said: Declaration) -> str | None:
    """Returns what cannot be right of a result, by itself and beside what is known of its ballot.

    Votes decide nothing under STV, and a court's decision need not follow them. Nothing is known
    of a ballot that no opening lists.
    """
    people, ballot = said.candidates, ward.ballot_paper_id
    by_votes = ward.system != "stv" and said.correction != "court"
    if by_votes:
        wrong = marks_against_votes(people, said.seats_contested, ballot)
        wrong = wrong or lot_without_tie(people, ballot)
        if wrong:
            return wrong
    opened = ward.contest
    if opened is None:
        return None
    wrong = other_seats(said.seats_contested, said.casual_vacancies, opened.seats, ballot)
    return wrong or _no_such_poll(ward, said) or _not_as_nominated(said, opened, ballot, by_votes)


def _no_such_poll(ward: Ward, said: Declaration) -> str | None:
    """Returns what is wrong with a result of a ballot that is called off for good."""
    called_off = ward.status is not None and ward.status.status == "countermanded"
    if not (called_off or not ward.counts) or not said.states_anything:
        return None
    ballot = ward.ballot_paper_id
    if not ward.counts:
        return f"ballot_paper_id: {ballot} was replaced by another poll; declare that ballot"
    return (
        f"ballot_paper_id: {ballot} was countermanded, so nobody is elected; give the ballot of"
        " the new poll, or another status"
    )


def _not_as_nominated(
    said: Declaration,
    opened: Contest,
    ballot: str,
    by_votes: bool,  # noqa: FBT001
) -> str | None:
    if opened.fielded is None:
        return None
    wrong = other_people(said.candidates, opened.nominees, ballot)
    if wrong or not by_votes:
        return wrong
    return candidates_left_out(said.candidates, len(opened.nominees), ballot)


def council_contradiction(
    event: CouncilDeclared, opened: CouncilOpened, tally: Tally
) -> str | None:
    """Returns what cannot be right of a council's result as a whole, beside its wards.

    A result that the wards declared so far rule out cannot be right. A running score of a council
    whose wards are listed cannot be counted: it does not say of which of them it is.
    """
    if not tally.wards:
        return None
    if not certainty.is_final(event, opened.seats_total, opened.seats_vacant):
        seats = sum(party.seats for party in event.seats)
        return (
            f"seats: {seats} of {opened.seats_total}, a running score, but the wards of"
            f" {opened.name} are listed; declare its wards, or say final"
        )
    if not tally.filled:
        return None
    unaccounted = certainty.unaccounted_seats(tally, opened.seats_total, opened.seats_vacant)
    ranges = certainty.ranges(tally, unaccounted)
    return seats_against_wards(event, ranges, tally.open_to_any + unaccounted)
