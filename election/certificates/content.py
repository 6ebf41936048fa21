"""The content of facts, as a certificate's hashes are taken of it.

Each function returns plain JSON values, with their keys in the order that
`schemas.certificate.sha256_of` needs, which hashes them. Origin and times are left out: the same
content has the same hash, whoever says it. `checker/check.py` takes the same from the events of a
log.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from election.declaration import Declaration
from election.opening import Opening
from election.ward import Ward
from schemas.council_result import CouncilDeclared


def content_of_opening(opening: Opening, wards: Iterable[Ward]) -> dict[str, Any]:
    """Returns what an opening says that seats depend on. `wards` are those that it lists."""
    opened = opening.opened
    return {
        "control_before": opened.control_before,
        "council": opened.council,
        "electoral_system": opened.electoral_system,
        "independents_as_party": opened.independents_as_party,
        "name": opened.name,
        "revision": opened.revision,
        "seats_total": opened.seats_total,
        "seats_vacant": opened.seats_vacant,
        "standing": [
            {"party": each.party, "party_id": each.party_id, "seats_not_up": each.seats_not_up}
            for each in opened.standing
        ],
        "wards": [_of_ward(ward) for ward in wards if ward.contest is not None],
    }


def content_of_result(ballot_paper_id: str, said: Declaration) -> dict[str, Any]:
    """Returns what a ward's result says of its seats and candidates, in its own order."""
    return {
        "ballot_paper_id": ballot_paper_id,
        "candidates": [
            {
                "candidate": each.candidate,
                "elected": each.elected,
                "party": each.party,
                "party_id": each.party_id,
                "tied_vote_winner": each.tied_vote_winner,
                "votes": each.votes,
            }
            for each in said.candidates
        ],
        "revision": said.revision,
        "seats_contested": said.seats_contested,
    }


def content_of_no_poll(ballot_paper_id: str) -> dict[str, Any]:
    """Returns what it says that a ward is uncontested. Who is elected is in the opening."""
    return {"ballot_paper_id": ballot_paper_id, "status": "uncontested"}


def content_of_council_result(declared: CouncilDeclared) -> dict[str, Any]:
    """Returns what the result of a council as a whole says of seats, in its own order."""
    return {
        "council": declared.council,
        "final": declared.final,
        "revision": declared.revision,
        "seats": [
            {"party": each.party, "party_id": each.party_id, "seats": each.seats}
            for each in declared.seats
        ],
    }


def _of_ward(ward: Ward) -> dict[str, Any]:
    contest = ward.contest
    assert contest is not None, "only of wards that are listed"  # noqa: S101 - an invariant
    people = None
    if contest.fielded is not None:
        people = [
            {
                "candidate": each.candidate,
                "elected": None,
                "party": each.party,
                "party_id": each.party_id,
                "tied_vote_winner": False,
                "votes": None,
            }
            for each in contest.nominees
        ]
    return {
        "ballot_paper_id": ward.ballot_paper_id,
        "candidates": people,
        "seats_contested": contest.seats,
        "ward": contest.ward,
    }
