"""The desk: decisions sent to the log, and what came of each."""

from __future__ import annotations

import time
from typing import Final, NamedTuple

from schemas.desk import DeskDecided
from services.entry.entry_audit import Actor, EntryAudit
from services.entry.log_writer import LogWriter
from services.intake.producer import Acknowledgement
from services.platform.errors import KafkaUnavailableError
from services.platform.metrics import ENTRY_DECIDED_SECONDS, ENTRY_DECISIONS
from services.review.deciding import Outcome, came_of

TOLD_TIMEOUT_S: Final = 3.0
"""How long a page waits for this process to read a decision that another has read: milliseconds."""


class Told(NamedTuple):
    """What came of a decision, for the page that follows it."""

    counts: bool
    lines: tuple[str, ...]


class Desk:
    """Sends decisions, and says what came of each once the log was read that far."""

    def __init__(self, log: LogWriter, audit: EntryAudit) -> None:
        self._log = log
        self._audit = audit

    async def told(self, ballot: str, by: str, place: Acknowledgement) -> Told | None:
        """Returns what came of a decision at a place of the log, if it is this one's and recent.

        It may have been sent by another process; what is read of ballots then has it as well.
        """
        step = await self._log.read(place, TOLD_TIMEOUT_S)
        event = step.event if step is not None else None
        if step is None or not isinstance(event, DeskDecided):
            return None
        if (event.ballot_paper_id, event.by) != (ballot, by):
            return None
        outcome = came_of(event, step)
        return Told(outcome.counts, tuple(outcome.words.splitlines()))

    async def send(self, event: DeskDecided, actor: Actor) -> Acknowledgement:
        """Sends a decision, reads on to it, and returns its place in the log.

        Raises KafkaUnavailableError if Kafka does not acknowledge it, or if it cannot be read
        again; it may be in the log nevertheless.
        """
        began_s = time.perf_counter()
        try:
            outcome, place = await self._round_trip(event, actor)
        except KafkaUnavailableError as error:
            ENTRY_DECISIONS.labels("failed").inc()
            self._audit.failed(actor, event, str(error))
            raise
        ENTRY_DECIDED_SECONDS.observe(time.perf_counter() - began_s)
        ENTRY_DECISIONS.labels("counts" if outcome.counts else "aside").inc()
        return place

    async def _round_trip(
        self, event: DeskDecided, actor: Actor
    ) -> tuple[Outcome, Acknowledgement]:
        sent, step = await self._log.write(event)
        if step is None:
            raise KafkaUnavailableError(
                "the decision is in the log, but what came of it is not known yet: see the ballot"
                " again in a minute, and decide again only if it still waits"
            )
        outcome = came_of(event, step)
        self._audit.decided(actor, event, sent, outcome.words)
        return outcome, sent.at
