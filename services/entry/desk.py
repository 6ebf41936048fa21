"""The desk: decisions sent to the log, and what came of each."""

from __future__ import annotations

import time

from schemas.desk import DeskDecided
from services.entry.entry_audit import Actor, EntryAudit
from services.entry.log_writer import LogWriter
from services.platform.errors import KafkaUnavailableError
from services.platform.metrics import ENTRY_DECIDED_SECONDS, ENTRY_DECISIONS
from services.review.deciding import Outcome, came_of


class Desk:
    """Sends decisions, and says what came of each once the log was read that far."""

    def __init__(self, log: LogWriter, audit: EntryAudit) -> None:
        self._log = log
        self._audit = audit

    async def send(self, event: DeskDecided, actor: Actor) -> Outcome:
        """Sends a decision, reads on to it, and returns what came of it.

        Raises KafkaUnavailableError if Kafka does not acknowledge it, or if it cannot be read
        again; it may be in the log nevertheless.
        """
        began_s = time.perf_counter()
        try:
            outcome = await self._round_trip(event, actor)
        except KafkaUnavailableError as error:
            ENTRY_DECISIONS.labels("failed").inc()
            self._audit.failed(actor, event, str(error))
            raise
        ENTRY_DECIDED_SECONDS.observe(time.perf_counter() - began_s)
        ENTRY_DECISIONS.labels("counts" if outcome.counts else "aside").inc()
        return outcome

    async def _round_trip(self, event: DeskDecided, actor: Actor) -> Outcome:
        sent, step = await self._log.write(event)
        if step is None:
            raise KafkaUnavailableError(
                "the decision is in the log, but what came of it is not known yet: see the ballot"
                " again in a minute, and decide again only if it still waits"
            )
        outcome = came_of(event, step)
        self._audit.decided(actor, event, sent, outcome.words)
        return outcome
