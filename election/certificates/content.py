"""The content of facts, as a certificate's hashes are taken of it.

Each function returns plain JSON values; `schemas.certificate.sha256_of` hashes them. Origin and
times are left out: the same content has the same hash, whoever says it. `checker/check.py` takes
the same from the events of a log.
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
    names = (
        "council",
        "name",
        "revision",
        "seats_total",
        "seats_vacant",
        "control_before",
        "independents_as_party",
        "electoral_system",
    )
    return {name: getattr(opened, name) for name in names} | {
        "standing": [_of(party, "party_id", "party", "seats_not_up") for party in opened.standing],
        "wards": [_of_ward(ward) for ward in wards if ward.contest is not None],
    }


def content_of_result(ballot_paper_id: str, said: Declaration) -> dict[str, Any]:
    """Returns what a ward's result says of its seats and candidates, in its own order."""
    people = ("candidate", "party", "party_id", "votes", "elected", "tied_vote_winner")
    return {
        "ballot_paper_id": ballot_paper_id,
        "revision": said.revision,
        "seats_contested": said.seats_contested,
        "candidates": [_of(each, *people) for each in said.candidates],
    }


def content_of_no_poll(ballot_paper_id: str) -> dict[str, Any]:
    """Returns what it says that a ward is uncontested. Who is elected is in the opening."""
    return {"ballot_paper_id": ballot_paper_id, "status": "uncontested"}


def content_of_council_result(declared: CouncilDeclared) -> dict[str, Any]:
    """Returns what the result of a council as a whole says of seats, in its own order."""
    return _of(declared, "council", "revision", "final") | {
        "seats": [_of(party, "party_id", "party", "seats") for party in declared.seats]
    }


def _of_ward(ward: Ward) -> dict[str, Any]:
    contest = ward.contest
    assert contest is not None, "only of wards that are listed"  # noqa: S101 - an invariant
    people = None
    if contest.fielded is not None:
        unsaid = {"votes": None, "elected": None, "tied_vote_winner": False}
        people = [_of(each, "candidate", "party", "party_id") | unsaid for each in contest.nominees]
    return {
        "ballot_paper_id": ward.ballot_paper_id,
        "ward": contest.ward,
        "seats_contested": contest.seats,
        "candidates": people,
    }


def _of(value: object, *names: str) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}
