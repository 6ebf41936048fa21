"""No poll: what sources say of a ballot on which nobody votes, and why each word of it waits.

It moves seats without a vote, so it counts only from a source with the trust `final`, or when the
desk accepts it; never because two others say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

from pydantic_core import to_json

from election.evidence.claim import CLEARED, REFUSED, Decision, NoPoll
from schemas.events import Event
from schemas.ward import MOVES_SEATS, Status, WardStatus

WAITS: Final = "it moves seats without a vote, and waits for the desk"
"""Why what a source says waits that is not trusted as final."""

_CONTENT_BYTES: Final = 16


def content_of_no_poll(status: Status) -> str:
    """Returns an id of a status that moves seats, the same whoever says it of whatever ballot."""
    return blake2b(to_json(("ward.status", status)), digest_size=_CONTENT_BYTES).hexdigest()


_BY_CONTENT: Final = {content_of_no_poll(status): status for status in sorted(MOVES_SEATS)}


def ruled_no_poll(decision: Decision | None) -> Status | None:
    """Returns why there is no poll by a decision of the desk; None if it does not say so."""
    if decision is None or decision.ruling != "accept":
        return None
    return _BY_CONTENT.get(decision.content)


def waits_for_the_desk(event: Event) -> bool:
    """Returns whether an event says that there is no poll, and its source is not final."""
    if not isinstance(event, WardStatus) or event.status not in MOVES_SEATS:
        return False
    return event.trust not in {None, "final"}


def is_refused(status: Status, decision: Decision | None) -> bool:
    """Returns whether the desk has refused a status that moves seats, from whomever it comes."""
    return decision is not None and content_of_no_poll(status) in decision.refused


def waiting(
    no_polls: Mapping[str, NoPoll], decision: Decision | None, stands: Status | None
) -> dict[str, str]:
    """Returns why each word of no poll waits, by its source; those of what stands do not.

    `stands` is the status of the ballot.
    """
    why = CLEARED if decision is not None and decision.ruling == "clear" else WAITS
    return {
        source: REFUSED if is_refused(said.status, decision) else why
        for source, said in no_polls.items()
        if said.status != stands
    }


def waits_line(status: Status, why: str) -> str:
    """Returns why a word of no poll waits, as the reject says it."""
    return f"status: {status}: {why}"
