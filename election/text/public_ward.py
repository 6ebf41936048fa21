"""What happened in one ward, for the public: how close it was, a recount, who was beaten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from election.alert_state import AlertKey, Condition
from election.count import Count
from election.flip import close_flips
from election.rules.margin import Margin
from election.text.alert import place_of
from election.text.paragraph import fitting, number_of, sentences
from election.text.phrases import ordinal, spelled
from election.text.public_call import decider_paragraph
from election.text.public_party import person, person_name
from election.text.public_voters import switched
from election.ward import Ward


def ward_paragraph(count: Count, key: AlertKey, condition: Condition) -> str:
    """Returns the paragraph of an alert that is about one ward."""
    ward = count.wards[key.ballot]
    where = f"{ward.name}, {count.name}"
    match key.kind:
        case "decider":
            return decider_paragraph(count, ward)
        case "knife_edge":
            return fitting(_knife_edge(count, ward, where))
        case "recount":
            return fitting((sentences(*_recount(where, int(condition.figures or 1))),))
        case "postponed":
            return fitting((sentences(_postponed(ward, condition, where)),))
        case "notable_beaten":
            return fitting((sentences(_beaten(ward, key, condition, where)),))
        case "control" | "result" | "incumbent_out":
            raise ValueError(f"kind: {key.kind} is of no ward; ask for the council's paragraph")
    assert_never(key.kind)


def _knife_edge(count: Count, ward: Ward, where: str) -> Iterator[str]:
    close = ward.knife_edge
    if close is None:
        return
    winner, loser = close.last_in, close.first_out
    first, second = person(count, winner), person(count, loser)
    seat, voters = _seat(ward, close), ""
    if close.votes:
        lead = f"{first} won {seat} in {where}, by {number_of(close.votes, 'vote')}"
        told = f"{second} had {loser.votes or 0:,} against {winner.votes or 0:,}"
        voters = _voters(count, ward, close)
    else:
        lot = ", and lots were drawn" if winner.tied_vote_winner else ""
        lead = f"{first} and {second} had the same number of votes for {seat} in {where}{lot}"
        told = f"each had {winner.votes or 0:,}, and {person_name(winner.candidate)} is elected"
    yield sentences(lead, told, voters)
    yield sentences(lead, told)
    yield sentences(lead)


def _voters(count: Count, ward: Ward, close: Margin) -> str:
    """Returns how few voters would have changed it; "" where there is no such number."""
    flips = close_flips(ward)
    if not flips:
        return ""
    voters, moves = number_of(flips[0].moves.voters, "voter"), flips[0].moves
    if (moves.losers, moves.gainers) == ((close.last_in,), (close.first_out,)):
        return f"had {voters} switched from one to the other, the result would have been different"
    if len(moves.losers) == len(moves.gainers) == 1:
        return f"had {voters} {switched(count, flips)}, the result would have been different"
    return f"as few as {voters}, choosing differently, could have changed the result"


def _seat(ward: Ward, close: Margin) -> str:
    """Returns which seat a margin is about: `the seat`, `the last of the three seats`."""
    seats = ward.contribution.filled
    if seats == 1:
        return "the seat"
    at = place_of(ward, close)
    nth = "last" if at == seats > 2 else ordinal(at)  # noqa: PLR2004 - of two it is the second
    return f"the {nth} of the {spelled(seats)} seats"


def _recount(where: str, number: int) -> tuple[str, str]:
    nth = f"it is the {ordinal(number)} recount" if number > 1 else ""
    return f"the votes in {where}, are being counted again", nth


def _postponed(ward: Ward, condition: Condition, where: str) -> str:
    seats = ward.contribution.still_open
    filled = number_of(seats, "seat")
    if condition.figures == "countermanded":
        return f"the election in {where}, has been called off; a new one will fill its {filled}"
    stay = "stays" if seats == 1 else "stay"
    return f"the election in {where}, has been postponed; its {filled} {stay} open until then"


def _beaten(ward: Ward, key: AlertKey, condition: Condition, where: str) -> str:
    nominees = ward.contest.nominees if ward.contest else ()
    office = next((each.office for each in nominees if each.candidate == key.candidate), "")
    lost = f"{office} {person_name(key.candidate)} has not been elected in {where}".strip()
    behind = condition.figures
    if not behind:
        return lost
    return f"{lost}: {number_of(int(behind), 'vote')} fewer than the last candidate elected"
