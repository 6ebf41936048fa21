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


Mode = Literal["live", "rehearsal"]
"""`rehearsal` is carried from the first event to the last alert and never reaches a live channel."""

CouncilId = Annotated[
    str,
    Field(max_length=200, examples=["local.barnet.2014-05-22"]),
    AfterValidator(check_council_id),
]
"""The Democracy Club id of one council's election."""

BallotPaperId = Annotated[
    str,
    Field(max_length=250, examples=["local.barnet.childs-hill.2014-05-22"]),
    AfterValidator(check_ballot_paper_id),
]
"""The Democracy Club id of one ballot: one ward, or one by-election (`.by.`)."""

Gss = Annotated[str, Field(pattern=r"^([A-Z]\d{8})?$", examples=["E09000003"])]
"""A nine-character GSS code of the Office for National Statistics, or empty where unknown."""

Name = Annotated[str, Field(max_length=300)]
"""A name as the returning officer wrote it; never markup."""

PartyKey = Annotated[str, Field(min_length=1, max_length=300, examples=["PP52", "PP53"])]
"""What a party's seats are counted under: see `schemas.party.party_key`."""

Control = Annotated[str, Field(min_length=1, max_length=300, examples=["PP52", "NOC"])]
"""A party key, or `NOC` for no overall control."""

Seats = Annotated[int, Field(ge=0, le=1_000)]
"""A number of seats. The largest UK council has had 126; a thousand leaves room and stops rubbish."""

Votes = Annotated[int, Field(ge=0, le=10_000_000)]
"""A number of votes or electors. No UK ward comes near ten million."""

Revision = Annotated[int, Field(ge=1, le=1_000_000)]
"""The version of a fact, counted up from 1. A lower or equal revision changes nothing."""

Seq = Annotated[int, Field(ge=0, le=2**53)]
"""The place of an event in the file it came from; 0 stands for before any event."""

Timestamp = AwareDatetime
"""A moment with its offset from UTC. A time without one is refused."""
