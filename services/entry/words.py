"""Words: what stringers say, sent to the log."""

from __future__ import annotations

import time

from schemas.events import Event
from services.entry.entry_audit import Actor, EntryAudit
from services.entry.log_writer import LogWriter
from services.platform.errors import KafkaUnavailableError
from services.platform.metrics import ENTRY_RECEIVED_SECONDS, ENTRY_WORDS


class Words:
    """Sends results and notices under the key of a stringer."""

    def __init__(self, log: LogWriter, audit: EntryAudit) -> None:
        self._log = log
        self._audit = audit

    async def send(self, event: Event, actor: Actor) -> str:
        """Returns why an event was set aside; blank if it is received, as far as that is known.

        It is in the log once this returns. Raises KafkaUnavailableError if Kafka does not
        acknowledge it; it may be in the log nevertheless, and to send it again is safe.
        """
        began_s = time.perf_counter()
        try:
            sent, step = await self._log.write(event)
        except KafkaUnavailableError as error:
            ENTRY_WORDS.labels("failed").inc()
            self._audit.failed(actor, event, str(error))
            raise
        ENTRY_RECEIVED_SECONDS.observe(time.perf_counter() - began_s)
        why = "" if step is None else step.why_aside
        # What is held or disputed is kept, and its ballot's page says so.
        is_kept = step is None or step.after is not step.before or not why
        ENTRY_WORDS.labels("received" if is_kept else "aside").inc()
        self._audit.declared(actor, event, sent, why or "received")
        return "" if is_kept else why
