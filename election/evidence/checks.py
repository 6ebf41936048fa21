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
from election.rules.majority import party_of
from election.rules.tally import Tally
from election.ward import Ward
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared


def contradiction(ward: Ward, said: Declaration | None) -> str | None:
    """Returns what cannot be right of a result, by itself and beside what is known of its ballot.

    Who was nominated is known from the opening until a result names them all, and then from that.
    What a court decides need not follow the votes.
    """
    if said is None:
        return None
    people, ballot = said.candidates, ward.ballot_paper_id
    wrong = None
    if said.correction != "court":
        wrong = marks_against_votes(people, said.seats_contested, ward.system, ballot)
        wrong = wrong or lot_without_tie(people, ward.system, ballot)
    opened = ward.contest
    if opened is None:
        return wrong
    wrong = wrong or other_seats(said.seats_contested, said.casual_vacancies, opened.seats, ballot)
    if not ward.counts and any(each.votes or each.elected for each in people):
        wrong = wrong or (
            f"ballot_paper_id: {ballot} was replaced by another poll; declare that ballot"
        )
    if ward.notice == "countermanded" and any(each.votes or each.elected for each in people):
        wrong = wrong or (
            f"ballot_paper_id: {ballot} was countermanded, so nobody is elected; give the ballot of"
            " the new poll, or another status"
        )
    if wrong or opened.fielded is None:
        return wrong
    nominated = sum(opened.fielded.values())
    known = [(each.candidate, party_of(each)) for each in opened.nominees]
    if len(known) < nominated:
        before = ward.declared.candidates if ward.declared else ()
        known = [(each.candidate, party_of(each)) for each in before]
    if known:
        wrong = other_people(people, known, ballot)
    return wrong or candidates_left_out(people, nominated, ward.system, ballot)


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
