"""`certificate`: the facts and the sum by which a call of control is certain, for anyone to check.

Its `sha256` is that of all the rest but `positions`, as `canonical` writes it. `checker/check.py`
checks one without any other part of livecount.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Final, Literal

from pydantic import Field
from pydantic_core import to_json

from schemas.base import (
    CANDIDATES_MAX,
    PARTIES_MAX,
    WARDS_MAX,
    BallotPaperId,
    Control,
    CouncilId,
    Model,
    Name,
    PartyKey,
    Revision,
    Seats,
)

CERTIFIED: Final = frozenset({"control", "incumbent_out"})
"""The kinds of alerts that are raised with a certificate."""

SUM_MAX_CHARACTERS: Final = 1_200
"""The longest sum: the names of three parties, each of 200 characters, and what they can reach."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Offset = Annotated[int, Field(ge=0)]


def canonical(content: dict[str, Any]) -> bytes:
    """Returns a value as the JSON that is hashed: sorted keys, no blanks, UTF-8, no escapes.

    Its keys must be in their order already, those of each dict in it too: sorting them here would
    take four times as long.
    """
    return to_json(content)


def sha256_of(content: dict[str, Any]) -> str:
    """Returns the SHA-256 of a value as `canonical` writes it, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


class SeatsOf(Model):
    """A party's seats."""

    party_id: PartyKey
    seats: Seats


class WardFact(Model):
    """A ward whose seats count, all or some of them, and what says so."""

    ballot_paper_id: BallotPaperId
    ward: Name
    basis: Literal["result", "uncontested"] = Field(
        description="A declared result; or that nobody else stood, and then revision is that of"
        " the notice."
    )
    revision: Revision
    sources: Annotated[int, Field(ge=1)] = Field(description="How many sources say so.")
    sha256: Sha256 = Field(description="Of the content: see the guide to checking a call.")
    seats: Annotated[int, Field(ge=1, le=100)] = Field(description="Seats of the ward.")
    won: tuple[SeatsOf, ...] = Field(
        max_length=CANDIDATES_MAX, description="Seats that parties have won, by party."
    )
    still_open: Seats = Field(
        description="Seats not declared yet; the ward is among the open ones for them."
    )


class OpenParty(Model):
    """What a party can win of a ward's open seats."""

    party_id: PartyKey
    candidates: Annotated[int, Field(ge=0)] = Field(
        description="Its candidates who can still be elected there."
    )
    most: Seats = Field(description="The smaller of its candidates and the open seats.")
    fewest: Seats = Field(description="What it wins because the others are too few.")


class OpenWard(Model):
    """A ward with seats that are not declared."""

    ballot_paper_id: BallotPaperId
    ward: Name
    seats: Annotated[int, Field(ge=1, le=100)] = Field(description="Seats that are open.")
    open_to_any: bool = Field(
        description="Whether anybody may win them, as nobody has said who stands, or as the poll"
        " was countermanded. No party is listed then."
    )
    parties: tuple[OpenParty, ...] = Field(max_length=CANDIDATES_MAX)


class CouncilFact(Model):
    """The result of the council as a whole, where that counts and no ward does."""

    revision: Revision
    sources: Annotated[int, Field(ge=1)]
    sha256: Sha256
    final: bool = Field(description="Whether seats that it does not fill stay vacant.")
    seats: tuple[SeatsOf, ...] = Field(
        max_length=PARTIES_MAX, description="Seats on the new council, those not up included."
    )


class PartyRange(Model):
    """A party's seats as they add up, and where they can end."""

    party_id: PartyKey
    party: Annotated[str, Field(max_length=200)] = Field(description="The party's name.")
    held: Seats = Field(description="Seats not up and won.")
    least: Seats = Field(description="With the fewest of every open ward.")
    best: Seats = Field(description="With the most of every open ward, and all that is anyone's.")


class OpeningFact(Model):
    """What was known of the council before the count."""

    revision: Revision
    sha256: Sha256


class Positions(Model):
    """Where in the log the facts are: offsets in one partition of the declarations."""

    partition: Annotated[int, Field(ge=0)]
    offsets: dict[str, Offset] = Field(
        description="Of the event by which each fact stands: of a ward by its ballot, and under"
        " council.opened and council.declared."
    )


class Certificate(Model):
    """Why control of a council is certain, or why its incumbent is out."""

    alert: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] = Field(description="Id of the alert.")
    kind: Literal["control", "incumbent_out"]
    election: Name
    council: CouncilId
    name: Name = Field(description="The council's name.")
    certain: Control = Field(
        description="The control that is certain: a party, or NOC; of incumbent_out the party"
        " that can no longer have control."
    )
    seats_total: Annotated[int, Field(ge=1)]
    majority: Annotated[int, Field(ge=1)] = Field(description="More than half of all seats.")
    seats_vacant: Seats | None = Field(
        description="Seats said to be vacant: nobody can win them. Null where nobody has said."
    )
    independents_as_party: bool = Field(
        description="Whether independents may form a majority together."
    )
    opening: OpeningFact
    not_up: tuple[SeatsOf, ...] = Field(
        max_length=PARTIES_MAX, description="Seats held over, by party; a council result has them."
    )
    council_result: CouncilFact | None
    wards: tuple[WardFact, ...] = Field(max_length=WARDS_MAX, description="Counted wards.")
    open_wards: tuple[OpenWard, ...] = Field(max_length=WARDS_MAX)
    unaccounted: Seats = Field(
        description="Open seats of no listed ward: neither up, nor held over, nor said vacant."
    )
    parties: tuple[PartyRange, ...] = Field(max_length=PARTIES_MAX)
    sum: Annotated[str, Field(max_length=SUM_MAX_CHARACTERS)] = Field(
        description="The sum in one line."
    )
    sha256: Sha256 = Field(description="Of all but itself and positions.")
    positions: Positions | None = Field(
        default=None, description="Where its facts are in the log; null outside of one."
    )
