"""Cause: the event that an alert follows from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from election.text.alert import reason
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.desk import DeskDecided
from schemas.events import Event, ballot_of
from schemas.ward import WardDeclared, WardStatus


@dataclass(frozen=True, slots=True)
class Cause:
    """What an alert says of its event.

    `event` is the event's type, ballot and revision, and whatever else it takes so that no other
    event of the council that changed anything shares it.
    `revision` is that of a ward's result, or 0 if no ward's result is the cause. `reason` is how
    a retraction explains the event.
    """

    event: tuple[str | int, ...]
    ballot: str | None
    revision: int
    seq: int | None
    at: datetime | None
    ward: str
    reason: str

    @property
    def public_reason(self) -> str:
        """The same in words of which the public needs no explanation."""
        match self.event[0]:
            case "council.opened":
                return "after what was known of the council before the count was corrected"
            case "desk.decided":
                return f"after the result of {self.ward} was checked again"
            case "ward.status":
                return f"after news from the count in {self.ward}"
        return self.reason


def cause_of(event: Event, ward: str, *, first: bool, completing: int = 0) -> Cause:
    """Returns what an event's alerts say of it.

    `ward` is the name of its ward. `first` is whether it opens the council: what is certain then
    was certain before any event, so its seq is 0. `completing` is the council's version after an
    event that completes another of the same revision, which tells the two apart; 0 for others.
    """
    why = reason(event, ward)
    ballot = ballot_of(event) or None
    identity: tuple[str | int, ...] = (event.type, ballot or "", event.revision)
    if completing:
        identity = (*identity, completing)
    match event:
        case CouncilOpened():
            return Cause(identity, None, 0, 0 if first else event.seq, None, "", why)
        case CouncilDeclared():
            return Cause(identity, None, 0, event.seq, event.declared_at, "", why)
        case WardStatus():
            return Cause(identity, ballot, 0, event.seq, event.noticed_at, ward, why)
        case DeskDecided():
            return Cause(identity, ballot, 0, event.seq, event.decided_at, ward, why)
        case WardDeclared():
            revision, at = event.revision, event.declared_at
            return Cause(identity, ballot, revision, event.seq, at, ward, why)
    assert_never(event)
