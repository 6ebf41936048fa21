"""Second entry: when a stringer's word needs a second person, by council and election.

Each stringer is a source of their own, so what the newsroom wants is said by the trust with which
their words are stamped. It is the policy's, and no stringer's key has one of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import Field, model_validator

from schemas.base import Model
from schemas.refusal import Refusal, shorten
from schemas.source import Trust
from services.access.key import Council, Election, Key, TrustFor
from services.access.people import Group

SecondEntry = Annotated[
    Literal["always", "decisive", "never"],
    Field(
        description="When a stringer's result needs a second person who types the same: `always`;"
        " `decisive`, if it would decide control or put the incumbent out, is a knife edge or odd;"
        " or `never`."
    ),
]

DEFAULT: Final[SecondEntry] = "decisive"
"""What holds where the newsroom has said nothing."""

TRUST: Final[Mapping[SecondEntry, Trust]] = {
    "always": "second",
    "decisive": "checked",
    "never": "final",
}
"""How far a stringer's word counts by itself under each policy."""

Trusted = TypeVar("Trusted", Key, Group)


class Policy(Model):
    """What holds for one council, for one election, or everywhere if neither is given."""

    second_entry: SecondEntry
    council: Council | None = Field(
        default=None, description="A council, by id or by a name such as `barnet`."
    )
    election: Election | None = Field(default=None, description="An election.")

    @property
    def place(self) -> str:
        """The council or the election; blank for everywhere."""
        return self.council or self.election or ""

    @property
    def words(self) -> str:
        """The policy in words, such as `second entry always for barnet`."""
        return f"second entry {self.second_entry}{f' for {self.place}' if self.place else ''}"

    @model_validator(mode="after")
    def _is_of_one_place(self) -> Self:
        if self.council is not None and self.election is not None:
            raise ValueError("policy: give either council or election, or none of them")
        return self


def said_twice(policy: Policy) -> Refusal:
    """Returns the refusal of a policy whose place has one already."""
    if not policy.place:
        remedy = "there is one already for everywhere; leave one of the two out"
        return Refusal("second_entry", shorten(policy.second_entry), remedy)
    field = "council" if policy.council else "election"
    return Refusal(field, shorten(policy.place), "has a policy already; leave one of the two out")


def own_trust(key: Key | Group) -> list[Refusal]:
    """Returns a refusal for each field with which a stringer's key, or group, says its trust."""
    if key.role != "stringer":
        return []
    remedy = "a stringer's comes from the policy, see `livecount access policy`; leave it out"
    said = {"trust": shorten(key.trust), "trusts": ""}
    given = [name for name in said if name in key.model_fields_set]
    return [Refusal(name, said[name], remedy) for name in given]


def everywhere(policies: Iterable[Policy]) -> Policy:
    """Returns what holds where no policy is given for a council or an election."""
    return next((each for each in policies if not each.place), Policy(second_entry=DEFAULT))


def trusted(keys: Iterable[Trusted], policies: Iterable[Policy]) -> tuple[Trusted, ...]:
    """Returns keys, or groups, with the trust that holds: a stringer's is that of the policies.

    As for other keys, what is said of a council in one election goes before what is said of it in
    all, then comes the election, then what is said of everywhere.
    """
    said = tuple(policies)
    given = {
        "trust": TRUST[everywhere(said).second_entry],
        "trusts": tuple(
            TrustFor(council=each.council, election=each.election, trust=TRUST[each.second_entry])
            for each in said
            if each.place
        ),
    }
    return tuple(
        each.model_copy(update=given) if each.role == "stringer" else each for each in keys
    )
