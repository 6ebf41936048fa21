"""Holder: whoever presents a key, and what that key lets them do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import Field

from schemas.events import Event
from schemas.source import DEFAULT_SOURCE, Trust
from schemas.ward import WardStatus

Role = Annotated[
    Literal["source", "desk", "stringer", "viewer", "admin"],
    Field(
        description="`source` says what was declared; `desk` may also say what only the desk may,"
        " and sign in at entry. The others are people's: a `stringer` enters what was declared, and"
        " is trusted by the policy; a `viewer` sees what the desk sees, an `admin` may all that the"
        " desk may and sees the audit."
    ),
]

AT_INTAKE: Final[frozenset[Role]] = frozenset({"source", "desk"})
"""The roles whose keys are for intake. All others sign in at entry, and send nothing by HTTP."""

PEOPLES: Final[frozenset[Role]] = frozenset({"desk", "stringer", "viewer", "admin"})
"""The roles that somebody can be invited to."""

RESERVED: Final = {
    DEFAULT_SOURCE: "the token of LIVECOUNT_INTAKE_TOKEN",
    "anyone": "everybody, where intake asks for no key",
    "desk": "the newsroom's desk, when it enters a figure of its own",
}
"""The ids that no key may have, each with whose it is: else its word would count as theirs."""

UNNAMED: Final = frozenset({DEFAULT_SOURCE, "anyone"})
"""The holders of no key in a file. What they send has no source and no trust in the log."""


@dataclass(frozen=True, slots=True)
class Holder:
    """What a key may do. Empty `elections` or `councils` mean all; `per_minute` None is no limit.

    `councils` are ids of council elections, or names that hold in every election, such as `barnet`.
    `trusts` are such councils, or elections, for which its word counts otherwise than by `trust`.
    """

    id: str
    trust: Trust = "single"
    role: Role = "source"
    elections: tuple[str, ...] = ()
    councils: tuple[str, ...] = ()
    per_minute: int | None = None
    trusts: tuple[tuple[str, Trust], ...] = ()

    def trust_for(self, council: str, election: str) -> Trust:
        """Returns how far the holder's word counts for a council's election, by both ids.

        What is said of the council in this election goes before what is said of it in all, then
        comes what is said of the election.
        """
        said = dict(self.trusts)
        for place in (council, council.split(".")[1], election):
            if place in said:
                return said[place]
        return self.trust

    def may_declare_of(self, council: str, election: str) -> bool:
        """Returns whether a council's election, by both ids, is among those of the key."""
        if self.elections and election not in self.elections:
            return False
        name = council.split(".")[1]
        return not self.councils or council in self.councils or name in self.councils

    def stamped(self, event: Event) -> Event:
        """Returns an event with this holder as its source, if events of its kind have one.

        No notice of a stringer is final: one that moves seats waits for the desk, whatever the
        policy of a second entry.
        """
        trust = self.trust_for(event.council, event.election)
        if self.role == "stringer" and trust == "final" and isinstance(event, WardStatus):
            trust = "checked"
        stamp = {} if self.id in UNNAMED else {"source_id": self.id, "trust": trust}
        known = {name: value for name, value in stamp.items() if name in type(event).model_fields}
        return event.model_copy(update=known) if known else event

    def summary(self) -> str:
        """Returns in words what the key may do."""
        parts = [
            f"trust {self.trust}",
            *(f"trust {trust} for {place}" for place, trust in self.trusts),
            f"role {self.role}",
            f"elections {', '.join(self.elections) or 'all'}",
            f"councils {', '.join(self.councils) or 'all'}",
            f"at most {self.per_minute} declarations a minute" if self.per_minute else "no limit",
        ]
        return "; ".join(parts)


DEFAULT: Final = Holder(DEFAULT_SOURCE, "final", "desk")
"""Who presents the token of LIVECOUNT_INTAKE_TOKEN: they may do everything."""

ANYONE: Final = Holder("anyone", "final", "desk")
"""Everybody, if intake asks for neither a token nor a key."""
