"""The strict base model and the constrained types that every schema shares."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from schemas.ids import check_ballot_paper_id, check_council_id


class Model(BaseModel):
    """An immutable value. Unknown fields and coerced types are refused.

    Strings are stripped of surrounding white space. Models are compared by value.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", str_strip_whitespace=True)


VALUE = ConfigDict(strict=True, extra="forbid", str_strip_whitespace=True)
"""The same strictness for the people on a ballot, of whom an event has hundreds. They are frozen
dataclasses with slots: one takes 182 bytes with name and votes, but 1,182 bytes as a model."""


Mode = Annotated[
    Literal["live", "rehearsal"],
    Field(description="A rehearsal says so to the last alert, and reaches no live channel."),
]

CouncilId = Annotated[
    str,
    Field(
        max_length=200,
        description="The Democracy Club id of one council's election.",
        examples=["local.barnet.2014-05-22"],
    ),
    AfterValidator(check_council_id),
]

BallotPaperId = Annotated[
    str,
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
        pattern=r"^([A-Z]\d{8})?$",
        description="The nine-character GSS code of the Office for National Statistics;"
        " empty where unknown.",
        examples=["E09000003"],
    ),
]

Name = Annotated[str, Field(max_length=300)]
"""A name as the returning officer wrote it; never markup."""

Source = Annotated[
    str,
    Field(
        max_length=300,
        description="Who says so: a feed, a file, a reporter, a web page.",
        examples=["nights/barnet-2014"],
    ),
]

PartyLabel = Annotated[
    str,
    Field(
        max_length=300,
        description="The party's name as on the ballot paper.",
        examples=["Labour Party"],
    ),
]

PartyId = Annotated[
    str,
    Field(
        max_length=100,
        description="The Electoral Commission's id; empty where the party is known by its name.",
        examples=["PP53", "joint-party:53-119"],
    ),
]

PartyKey = Annotated[
    str,
    Field(
        min_length=1,
        max_length=300,
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
        max_length=300,
        description="A party key, or NOC for no overall control.",
        examples=["PP52", "NOC"],
    ),
]

Seats = Annotated[int, Field(ge=0, le=1_000)]
"""A number of seats. No UK council comes near a thousand; the limit keeps rubbish out."""

Votes = Annotated[int, Field(ge=0, le=10_000_000)]
"""A number of votes or electors. No UK ward comes near ten million."""

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

Timestamp = AwareDatetime
"""A time with its offset from UTC. A time without one is refused."""
