"""Key: one entry of the file of keys, with the hash of its secret."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from schemas.base import Model, Name, Timestamp
from schemas.ids import check_council_id, election_id
from schemas.source import SourceId, Trust
from services.access.holder import AT_INTAKE, PEOPLES, Holder, Role

PER_MINUTE_MAX: Final = 60_000
"""The highest limit: a thousand a second, more than intake takes. Above it there is no limit."""

LISTED_MAX: Final = 1_000
"""Elections or councils of one key. There are some 400 councils in the United Kingdom."""

PERSON_CHARACTERS_MAX: Final = 100
"""Characters of a person's name. With the key's id it has to fit into the 300 of `by`."""

INVITED_DAYS_MAX: Final = 366
"""How long an invitation may be valid: people are invited anew for each poll. Which device is whose
is kept for longer (`AUDIT_RETENTION_MS`), so that no invitation is ever claimed twice."""

_NAME: Final = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


def _check_election(text: str) -> str:
    try:
        if election_id(date.fromisoformat(text.removeprefix("local."))) == text:
            return text
    except ValueError:
        pass
    raise ValueError("not an election id; give such as local.2026-05-07")


def _check_council(text: str) -> str:
    try:
        return text if _NAME.fullmatch(text) else check_council_id(text)
    except ValueError as error:
        raise ValueError(
            "not a council; give a name such as barnet, or an id such as local.barnet.2026-05-07"
        ) from error


def check_person(name: str) -> str:
    """Returns a person's name unchanged. Raises ValueError if it could be taken for another."""
    if set(name) & set("()"):
        raise ValueError("leave out brackets; the id of the key stands in them behind the name")
    return name


Election = Annotated[str, Field(max_length=100), AfterValidator(_check_election)]
Council = Annotated[str, Field(max_length=200), AfterValidator(_check_council)]


class TrustFor(Model):
    """How far a source's word counts for one council or one election; give one of the two."""

    council: Council | None = Field(
        default=None, description="A council, by id or by a name such as `barnet`."
    )
    election: Election | None = Field(default=None, description="An election.")
    trust: Trust

    @property
    def place(self) -> str:
        """The council or the election."""
        return self.council or self.election or ""

    @model_validator(mode="after")
    def _is_of_one_place(self) -> Self:
        if (self.council is None) == (self.election is None):
            raise ValueError("trusts: give either council or election in each table")
        return self


Person = Annotated[Name, Field(max_length=PERSON_CHARACTERS_MAX), AfterValidator(check_person)]


class Key(Model):
    """A key, valid until it is revoked or expires. One with a `person` is an invitation.

    The entry of a revoked key stays, so that the audit of what it did can be read. Its id may be
    given to a new key of the same source.
    """

    id: SourceId
    hash: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$", repr=False)] = Field(
        description="The SHA-256 of the key, as `livecount access add` writes it."
    )
    trust: Trust = "single"
    trusts: tuple[TrustFor, ...] = Field(
        default=(),
        max_length=LISTED_MAX,
        description="Councils and elections for which its word counts otherwise. A council in one"
        " election goes before a council in all, and that before an election.",
    )
    role: Role = "source"
    elections: tuple[Election, ...] = Field(
        default=(),
        max_length=LISTED_MAX,
        description="The elections it may declare of, such as `local.2026-05-07`; empty: all.",
    )
    councils: tuple[Council, ...] = Field(
        default=(),
        max_length=LISTED_MAX,
        description="The councils it may declare of, ids or names such as `barnet`; empty: all.",
    )
    per_minute: Annotated[int, Field(ge=1, le=PER_MINUTE_MAX)] | None = Field(
        default=None,
        description="Most declarations in a minute, at each intake; no limit if left out.",
    )
    person: Person = Field(
        default="",
        description="Whose invitation it is, by the name that the log and the audit have; blank if"
        " it is no person's own.",
    )
    expires: Timestamp | None = Field(
        default=None, description="When nobody is let in with it any more; null if never."
    )
    added: Timestamp | None = Field(default=None, description="When it was added.")
    by: Name = Field(default="", description="Who added it.")
    revoked: Timestamp | None = Field(
        default=None, description="When it was revoked; from then on nobody is let in with it."
    )
    revoked_by: Name = Field(default="", description="Who revoked it.")

    @model_validator(mode="after")
    def _says_each_place_once(self) -> Self:
        places = [each.place for each in self.trusts]
        for place in places:
            if places.count(place) > 1:
                raise ValueError(f"trusts: {place} stands in two tables; leave one of them out")
        return self

    @model_validator(mode="after")
    def _is_of_a_person_who_may_be_invited(self) -> Self:
        remedy = "`livecount access invite` writes all that an invitation has"
        if not self.person:
            if self.role not in AT_INTAKE:
                raise ValueError(f"person: the role {self.role} is a person's; {remedy}")
            return self
        if self.role not in PEOPLES:
            raise ValueError(f"person: the role {self.role} is nobody's own; {remedy}")
        if self.added is None or self.expires is None:
            raise ValueError(f"expires: an invitation has `added` and `expires`; {remedy}")
        if self.expires - self.added > timedelta(days=INVITED_DAYS_MAX):
            raise ValueError(
                f"expires: more than {INVITED_DAYS_MAX} days after `added`; give an earlier time"
            )
        return self

    def ended(self, at: datetime) -> str:
        """Returns why nobody is let in with it at a time: `was revoked`, `has expired` or blank."""
        if self.revoked is not None:
            return "was revoked"
        return "has expired" if self.expires is not None and self.expires <= at else ""

    def holder(self) -> Holder:
        """Returns what whoever presents this key may do."""
        return Holder(
            self.id,
            self.trust,
            self.role,
            self.elections,
            self.councils,
            self.per_minute,
            tuple((each.place, each.trust) for each in self.trusts),
        )
