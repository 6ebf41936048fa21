"""The strict base model and the constrained types that every schema shares."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)

from schemas.ids import check_ballot_paper_id, check_council_id
from schemas.visible import VISIBLE

CANDIDATES_MAX = 100
"""Candidates of one ballot. The longest ballot papers of UK local elections have some 50."""

WARDS_MAX = 200
"""Wards of one council. The largest council has some 90, and by-elections come on top."""

PARTIES_MAX = 150
"""Parties of one council, those counted by their labels included. The largest nights have some
40. With the longest names so many still fit into a message of totals."""

NOTABLES_MAX = 50
"""Notable candidates of one council, each of whom has an alert if beaten: a leader, a mayor and
some chairs are usual."""

SEATS_MAX = 1_000
"""Seats of one council. No UK council comes near a thousand; the limit keeps rubbish out."""

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""The times that a fact may have. Clients with a zero time send the year 1, and no time zone can
be applied at either end of the calendar."""


class Model(BaseModel):
    """An immutable value. Unknown fields and coerced types are refused.

    Strings are stripped of surrounding white space. Models are compared by value.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", str_strip_whitespace=True)


AModel = TypeVar("AModel", bound=Model)


def sharing_fields_set(model: AModel) -> AModel:
    """Returns a model that is kept for a night, after it was made smaller.

    Pydantic notes in a set of each model which fields were given, 2.2 kB for one of 27 fields. From
    now on all are said to be, in one set that the models of its class share. A frozen model never
    changes it.
    """
    object.__setattr__(model, "__pydantic_fields_set__", _all_fields(type(model)))
    return model


@cache
def _all_fields(kind: type[Model]) -> set[str]:
    return set(kind.model_fields)


VALUE = ConfigDict(strict=True, extra="forbid", str_strip_whitespace=True)
"""The same strictness for the people on a ballot, of whom an event has hundreds. They are frozen
dataclasses with slots: one takes 182 bytes with name and votes, but 1,182 bytes as a model."""


Mode = Annotated[
    Literal["live", "rehearsal"],
    Field(description="A rehearsal says so to the last alert, and reaches no live channel."),
]

CouncilId = Annotated[
    str,
    StringConstraints(strip_whitespace=False),
    Field(
        max_length=200,
        description="The Democracy Club id of one council's election.",
        examples=["local.barnet.2014-05-22"],
    ),
    AfterValidator(check_council_id),
]

BallotPaperId = Annotated[
    str,
    StringConstraints(strip_whitespace=False),
    Field(
        max_length=250,
        description="The Democracy Club id of one ballot: one ward, or one by-election (`.by.`).",
        examples=["local.barnet.childs-hill.2014-05-22"],
    ),
    AfterValidator(check_ballot_paper_id),
]

Gss = Annotated[
    str,
    Field(
        pattern=r"^([A-Z][0-9]{8})?$",
        description="The nine-character GSS code of the Office for National Statistics;"
        " empty where unknown.",
        examples=["E09000003"],
    ),
]

Name = Annotated[str, Field(max_length=300, pattern=VISIBLE)]
"""A name as the returning officer wrote it; one line in which all can be seen, never markup."""

Source = Annotated[
    str,
    Field(
        max_length=300,
        pattern=VISIBLE,
        description="Who says so: a feed, a file, a reporter, a web page.",
        examples=["nights/barnet-2014"],
    ),
]

PartyLabel = Annotated[
    str,
    Field(
        max_length=200,
        pattern=VISIBLE,
        description="The party's name as on the ballot paper.",
        examples=["Labour Party"],
    ),
]

PartyId = Annotated[
    str,
    Field(
        max_length=100,
        pattern=VISIBLE,
        description="The Electoral Commission's id; empty where the party is known by its name.",
        examples=["PP53", "joint-party:53-119"],
    ),
]

PartyKey = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        pattern=VISIBLE,
        description="What a party's seats are counted under: its Electoral Commission id, or its"
        " label where it has none.",
        examples=["PP52", "PP53"],
    ),
]
"""See `schemas.party.party_key`."""

Control = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        pattern=VISIBLE,
        description="A party key, or NOC for no overall control.",
        examples=["PP52", "NOC"],
    ),
]

Seats = Annotated[int, Field(ge=0, le=SEATS_MAX)]
"""A number of seats."""

VOTES_MAX = 10_000_000
"""No UK ward comes near ten million votes or electors."""

Votes = Annotated[int, Field(ge=0, le=VOTES_MAX)]
"""A number of votes or electors."""

COUNCIL_VOTES_MAX = WARDS_MAX * CANDIDATES_MAX * 10_000_000
"""What the votes of all candidates of a council can come to by the limits above."""

CouncilVotes = Annotated[int, Field(ge=0, le=COUNCIL_VOTES_MAX)]
"""Votes, ballot papers or electors, added up over the wards of a council."""

Revision = Annotated[
    int,
    Field(
        ge=1,
        le=1_000_000,
        description="The version of this fact, from 1. A lower or equal one changes nothing.",
    ),
]

Seq = Annotated[
    int,
    Field(
        ge=0,
        le=2**53,
        description="The place of the event in the file it came from; 0 is before any event.",
    ),
]


def _check_time(time: datetime) -> datetime:
    if EARLIEST <= time < LATEST:
        return time
    raise ValueError(
        f"not between {EARLIEST.year} and {LATEST.year}; leave it out if the time is not known"
    )


Timestamp = Annotated[AwareDatetime, AfterValidator(_check_time)]
"""A time with its offset from UTC, between EARLIEST and LATEST; without an offset it is refused."""
