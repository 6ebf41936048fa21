"""What the audit is told of requests: who asked for what, from where, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

import structlog
from fastapi import Request

from schemas.audit_entry import ABOUT_MAX, About, Action, AuditEntry
from schemas.events import Event
from schemas.refusal import Refusal
from services.access.audit_fields import about, address_field, keys_read, result_field
from services.access.holder import Holder
from services.access.key_ring import UnauthorisedError
from services.access.keys_change import KeysChange
from services.access.trail import AuditTrail
from services.intake.message import Message
from services.intake.producer import Acknowledgement

Clock = Callable[[], datetime]
"""Returns the time with its offset."""

RESULTS_MAX = 3
"""Refusals of a request that are kept; the client is given them all."""

READER = "intake"
"""Who reads the file of keys."""

_log = structlog.get_logger()


class _Subject(NamedTuple):
    """What a request was about: its first events, and how many it had."""

    about: tuple[About, ...]
    events: int


class RequestAudit:
    """Has an entry written for each request. Without a trail nothing is written.

    No request waits for its entry or fails for it: what was answered stands, whatever becomes of
    the entry.
    """

    def __init__(self, trail: AuditTrail | None, clock: Clock) -> None:
        self._trail = trail
        self._clock = clock

    async def finish(self) -> None:
        """Writes what still waits, for some seconds at most. Call it after the last request."""
        if self._trail is not None:
            await self._trail.stop()

    def declared(
        self,
        request: Request,
        messages: Sequence[Message],
        acknowledged: Sequence[Acknowledgement],
    ) -> None:
        """Notes that Kafka has acknowledged all of a request."""
        if self._trail is None:
            return
        named = tuple(
            _of_message(message, at)
            for message, at in zip(messages[:ABOUT_MAX], acknowledged, strict=False)
        )
        subject = _Subject(named, len(messages))
        self._note(request, "declared", 202, result="acknowledged", subject=subject)

    def failed(self, request: Request, status: int, why: str) -> None:
        """Notes that Kafka did not acknowledge a request in time."""
        self._note(request, "failed", status, result=why, subject=_sent(request))

    def refused(
        self,
        request: Request,
        status: int,
        found: Sequence[Refusal],
        events: Sequence[Event] = (),
        *,
        ended: UnauthorisedError | None = None,
    ) -> None:
        """Notes that a request was refused. `ended` says which key it came with that is none."""
        subject = _sent(request)
        if events:
            subject = _Subject(tuple(map(about, events[:ABOUT_MAX])), len(events))
        result = "\n".join(str(each) for each in found[:RESULTS_MAX])
        if ended and ended.key_id:
            result = f"{ended.why}; {result}"
        who = ended.key_id if ended else ""
        self._note(request, "refused", status, result=result, subject=subject, who=who)

    def keys_read(self, change: KeysChange) -> None:
        """Notes that the file of keys was read, and what was different, or its faults."""
        if self._trail is not None:
            self._trail.note(keys_read(change, READER, self._clock()))

    def _note(  # noqa: PLR0913 -- the fields of an entry
        self,
        request: Request,
        action: Action,
        status: int,
        *,
        result: str,
        subject: _Subject,
        who: str = "",
    ) -> None:
        if self._trail is None:
            return
        holder: Holder | None = getattr(request.state, "holder", None)
        try:
            entry = AuditEntry(
                at=self._clock(),
                action=action,
                who=holder.id if holder else who,
                about=subject.about,
                events=subject.events,
                status=status,
                result=result_field(result),
                from_address=address_field(request.client.host if request.client else ""),
            )
        except ValueError:
            _log.exception("a request is left out of the audit", action=action, status=status)
            return
        self._trail.note(entry)


def _sent(request: Request) -> _Subject:
    """Returns what a request was about, as far as its events could be read, and how many."""
    messages: Sequence[Message] = getattr(request.state, "messages", ())
    return _Subject(tuple(map(_of_message, messages[:ABOUT_MAX])), len(messages))


def _of_message(message: Message, at: Acknowledgement | None = None) -> About:
    return About(
        type=message.type,
        council=message.key.decode(),
        ballot_paper_id=message.ballot,
        message=message.id,
        partition=at.partition if at else None,
        offset=at.offset if at else None,
    )
