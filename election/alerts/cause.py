"""Cause: the event that an alert follows from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.ward import WardDeclared, WardStatus

Event = CouncilOpened | WardDeclared | WardStatus | CouncilDeclared


@dataclass(frozen=True, slots=True)
class Cause:
    """What an alert says of its event.

    `revision` is that of a ward's result: 0 where no result of a ward is the cause. `fact` is
    what tells any two events of a council apart. `why` follows a withdrawn line.
    """

    fact: tuple[str, str, int]
    ballot: str | None
    revision: int
    seq: int | None
    at: datetime | None
    ward: str
    why: str


def cause_of(event: Event, ward: str, *, first: bool) -> Cause:
    """Returns what an event's alerts say of it.

    `ward` is the name of its ward, `first` whether it opens the council: what is certain then
    was certain before any event, so its seq is 0.
    """
    ballot = event.ballot_paper_id if isinstance(event, WardDeclared | WardStatus) else None
    fact: tuple[str, str, int] = (event.type, ballot or "", event.revision)
    if isinstance(event, CouncilOpened):
        why = f"after the facts of {event.name} were corrected"
        return Cause(fact, None, 0, 0 if first else event.seq, None, "", why)
    if isinstance(event, CouncilDeclared):
        why = "after the result of the whole council was declared"
        return Cause(fact, None, 0, event.seq, event.declared_at, "", why)
    if isinstance(event, WardStatus):
        why = f"after {ward} was reported {event.status}"
        return Cause(fact, ballot, 0, event.seq, event.noticed_at, ward, why)
    why = f"after {ward} declared"
    if event.correction == "court":
        why = f"after an election court changed the result of {ward}"
    elif event.correction == "transcription":
        why = f"after the result of {ward} was corrected"
    return Cause(fact, ballot, event.revision, event.seq, event.declared_at, ward, why)
