"""What a key lets its holder say: of which councils, and nothing that only a final word may."""

from __future__ import annotations

from typing import Final

from schemas.council import CouncilOpened
from schemas.desk import DeskDecided
from schemas.events import Event
from schemas.refusal import Refusal, shorten
from schemas.ward import MOVES_SEATS, WardStatus
from services.access.holder import AT_INTAKE, Holder, Role

SAID_BY_STRINGERS: Final = frozenset({"ward.declared", "ward.status"})
"""The kinds of event that somebody at a count says: of wards, as they are declared there."""

SAID_BY_SOURCES: Final = SAID_BY_STRINGERS | {"council.opened", "council.declared"}
"""The kinds of event that are a source's word. Any other is the desk's, and needs its key."""

SAID_BY: Final[dict[Role, frozenset[str] | None]] = {
    "source": SAID_BY_SOURCES,
    "stringer": SAID_BY_STRINGERS,
    "viewer": frozenset(),
    "desk": None,
    "admin": None,
}
"""The kinds of event that whoever has a role may say; None for all of them."""

LISTED_MAX: Final = 5
"""Councils or elections of a key that a refusal names; it is one line."""


class ForbiddenError(Exception):
    """A key does not let its holder say something. `events` are those of the whole request."""

    def __init__(self, refusals: list[Refusal], events: list[Event]) -> None:
        super().__init__("; ".join(str(each) for each in refusals))
        self.refusals = refusals
        self.events = events


def check_is_for_intake(holder: Holder) -> None:
    """Raises ForbiddenError if a key is a person's, who signs in at entry."""
    if holder.role not in AT_INTAKE:
        remedy = f"the key {holder.id} has the role {holder.role}, and is for signing in at entry;"
        remedy += " send with a key of role source or desk"
        raise ForbiddenError([Refusal("Authorization", "", remedy)], [])


def stated_source(event: Event) -> list[Refusal]:
    """Returns a refusal for each field about its source that an event states itself.

    The key says who the source is and how far its word counts; nobody may say it of themselves.
    """
    remedy = "intake writes it from the key; leave it out"
    said = {"": event, "figure.": event.figure if isinstance(event, DeskDecided) else None}
    return [
        Refusal(f"{prefix}{name}", shorten(value), remedy)
        for prefix, each in said.items()
        for name in ("source_id", "trust")
        # Not every kind of event has them.
        if (value := getattr(each, name, None)) is not None
    ]


def forbidden(event: Event, holder: Holder) -> list[Refusal]:
    """Returns a refusal for everything about an event that its holder's key does not allow."""
    found = []
    if not holder.may_declare_of(event.council, event.election):
        found.append(Refusal("council", shorten(event.council), _elsewhere(holder)))
    said = SAID_BY[holder.role]
    if said is not None and event.type not in said:
        whose = "sources" if event.type in SAID_BY_SOURCES else "the desk"
        remedy = f"is for {whose}, and the key {holder.id} has the role {holder.role}; send it"
        by = "source" if event.type in SAID_BY_SOURCES else "desk"
        found.append(Refusal("type", shorten(event.type), f"{remedy} with a key of role {by}"))
    trust = holder.trust_for(event.council, event.election)
    # What a stringer says of a poll that is off waits for the desk, whatever their trust.
    if trust != "final" and holder.role != "stringer":
        remedy = f"moves seats, and the key {holder.id} has the trust {trust}; send it with"
        remedy += " a key of trust final"
        if isinstance(event, CouncilOpened):
            found.append(Refusal("type", shorten(event.type), remedy))
        if isinstance(event, WardStatus) and event.status in MOVES_SEATS:
            found.append(Refusal("status", shorten(event.status), remedy))
    return found


def _elsewhere(holder: Holder) -> str:
    of = [
        f"{name} {_listed(ids)}"
        for name, ids in (("elections", holder.elections), ("councils", holder.councils))
        if ids
    ]
    return (
        f"the key {holder.id} is for the {' and the '.join(of)}; send it with another key, or have"
        " it added to this one"
    )


def _listed(ids: tuple[str, ...]) -> str:
    shown = ", ".join(ids[:LISTED_MAX])
    return shown if len(ids) <= LISTED_MAX else f"{shown} and {len(ids) - LISTED_MAX} more"
