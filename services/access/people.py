"""People of an identity provider: what their groups let them do, and who is blocked. No I/O."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from schemas.base import Model, Name, Timestamp
from schemas.source import SourceId, Trust
from services.access.holder import PEOPLES, Holder, Role
from services.access.key import LISTED_MAX, PER_MINUTE_MAX, Council, Election, TrustFor

PREFIX: Final = "oidc-"
"""What the ids of these people begin with, and no key's may: their words would count as theirs."""

_READABLE_CHARACTERS: Final = 18
_DIGITS: Final = 16
"""Of an id of 40 characters: what can be read of the subject, and 64 bits of a hash of it."""


def person_id(issuer: str, subject: str) -> str:
    """Returns the id of a person, by what the provider never changes of them nor gives to others.

    Not by a name, which somebody may change, and would then be a second source.
    """
    digest = hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()[:_DIGITS]
    readable = re.sub(r"[^a-z0-9]+", "-", subject.casefold())[:_READABLE_CHARACTERS].strip("-")
    return f"{PREFIX}{readable}-{digest}" if readable else f"{PREFIX}{digest}"


def _check_role(role: Role) -> Role:
    if role not in PEOPLES:
        raise ValueError(f"not a role of people; give one of {', '.join(sorted(PEOPLES))}")
    return role


class Group(Model):
    """What the people of a group may do, as a key says it of its holder."""

    group: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        description="The group, as the claim `groups` of the provider has it."
    )
    role: Annotated[Role, AfterValidator(_check_role)]
    trust: Trust = "single"
    trusts: tuple[TrustFor, ...] = Field(default=(), max_length=LISTED_MAX)
    elections: tuple[Election, ...] = Field(default=(), max_length=LISTED_MAX)
    councils: tuple[Council, ...] = Field(default=(), max_length=LISTED_MAX)
    per_minute: Annotated[int, Field(ge=1, le=PER_MINUTE_MAX)] | None = None


class Blocked(Model):
    """A person of the provider whom nobody lets in."""

    person: Annotated[SourceId, Field(pattern=f"^{PREFIX}")] = Field(
        description="The person's id, as the audit has it."
    )
    at: Timestamp | None = Field(default=None, description="When they were blocked.")
    by: Name = Field(default="", description="Who blocked them.")


@dataclass(frozen=True, slots=True)
class People:
    """The groups of the file of keys, in its order, and who is blocked."""

    groups: tuple[Group, ...] = ()
    blocked: tuple[Blocked, ...] = ()

    def group_of(self, claimed: Iterable[str]) -> str | None:
        """Returns which of somebody's groups says what they may do: the file's first; else None."""
        theirs = set(claimed)
        return next((each.group for each in self.groups if each.group in theirs), None)

    def is_blocked(self, person: str) -> bool:
        """Returns whether nobody lets a person in."""
        return any(each.person == person for each in self.blocked)

    def holder(self, person: str, group: str) -> Holder | None:
        """Returns what a person of a group may do now; None if they are blocked or it is gone."""
        if self.is_blocked(person):
            return None
        for each in self.groups:
            if each.group == group:
                return Holder(
                    person,
                    each.trust,
                    each.role,
                    each.elections,
                    each.councils,
                    each.per_minute,
                    tuple((one.place, one.trust) for one in each.trusts),
                )
        return None
