"""What the audit is told of entry: who signed in, was refused, declared or decided, and where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import structlog

from schemas.audit_entry import About, Action, AuditEntry
from schemas.desk import DeskDecided
from schemas.events import Event
from services.access.audit_fields import about, address_field, keys_read, result_field
from services.access.keys_change import KeysChange
from services.access.trail import AuditTrail
from services.intake.producer import Acknowledgement

SOURCE = "/livecount/entry"
"""The `ce_source` of what entry writes."""

READER = "entry"
"""Who reads the file of keys."""

_log = structlog.get_logger()


class Actor(NamedTuple):
    """Who does something: the id of the key, the person, and the address it comes from.

    Key and person are blank if they are not known.
    """

    key_id: str
    person: str
    address: str


class Sent(NamedTuple):
    """A message in the log: its id, and where it is."""

    message: str
    at: Acknowledgement


class EntryAudit:
    """Has an entry written for each act of a person. None waits for its entry or fails for it.

    Without a trail nothing is written: there is none without a file of keys, as nobody can then
    sign in. `clock` returns the time with its offset.
    """

    def __init__(self, trail: AuditTrail | None, clock: Callable[[], datetime]) -> None:
        self._trail = trail
        self._clock = clock

    async def finish(self) -> None:
        """Writes what still waits, for some seconds at most. Call it after the last request."""
        if self._trail is not None:
            await self._trail.stop()

    def keys_read(self, change: KeysChange) -> None:
        """Notes that the file of keys was read, and what was different, or its faults."""
        if self._trail is not None:
            self._trail.note(keys_read(change, READER, self._clock()))

    def signed_in(self, actor: Actor) -> None:
        """Notes that somebody signed in."""
        self._note("signed in", actor, 303)

    def signed_out(self, actor: Actor) -> None:
        """Notes that somebody signed out."""
        self._note("signed out", actor, 303)

    def refused(self, actor: Actor, status: int, why: str, event: Event | None = None) -> None:
        """Notes that a sign-in, a form, a result or a decision was refused, and why."""
        self._note("refused", actor, status, why, _about(event))

    def declared(self, actor: Actor, event: Event, sent: Sent, outcome: str) -> None:
        """Notes that a stringer's word is in the log, and what came of it."""
        self._note("declared", actor, 303, outcome, _about(event, sent))

    def decided(self, actor: Actor, event: DeskDecided, sent: Sent, outcome: str) -> None:
        """Notes that a decision is in the log, and what came of it."""
        self._note("decided", actor, 303, _result(event, outcome), _about(event, sent))

    def failed(self, actor: Actor, event: Event, why: str) -> None:
        """Notes that Kafka did not acknowledge an event, or a decision could not be read again."""
        self._note("failed", actor, 503, _result(event, why), _about(event))

    def _note(
        self,
        action: Action,
        actor: Actor,
        status: int,
        result: str = "",
        named: tuple[About, ...] = (),
    ) -> None:
        if self._trail is None:
            return
        try:
            entry = AuditEntry(
                at=self._clock(),
                action=action,
                who=actor.key_id,
                person=actor.person,
                about=named,
                events=len(named),
                status=status,
                result=result_field(result),
                from_address=address_field(actor.address),
            )
        except ValueError:
            _log.exception("an act is left out of the audit", action=action)
            return
        self._trail.note(entry)


def _result(event: Event, outcome: str) -> str:
    if not isinstance(event, DeskDecided):
        return outcome
    return f"{event.ruling}: {event.reason}\n{outcome}"


def _about(event: Event | None, sent: Sent | None = None) -> tuple[About, ...]:
    """Returns what an entry says of an event; nothing if there is none."""
    if event is None:
        return ()
    return (about(event, sent.message, *sent.at) if sent else about(event),)
