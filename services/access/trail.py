"""The audit trail: entries to the `audit` topic, written beside the work that they are about."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import deque
from collections.abc import Sequence
from itertools import islice
from types import TracebackType
from typing import Any, Final, Self

import structlog
from aiokafka.errors import (
    KafkaError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from schemas.audit_entry import AuditEntry
from schemas.envelope import Envelope, Headers, content_id, message_type
from services.access.refusal_budget import RefusalBudget
from services.platform import kafka
from services.platform.clock import uk_now
from services.platform.metrics import ACCESS_AUDIT_ENTRIES, ACCESS_AUDIT_WAITING
from services.platform.names import Topics
from services.platform.one_message import WRITE_TIMEOUT_S, unwritable, write_message
from services.platform.settings import Settings

WAITING_MAX: Final = 5_000
"""Entries that wait while Kafka does not take them, some 10 MB: a night's. Newer ones are lost."""

TOGETHER_MAX: Final = 100
"""Entries that are sent before any of them is acknowledged."""

GATHER_S: Final = 0.05
"""How long entries are gathered before they are sent. Under load some ten then share a request, so
that Kafka has its hands free for declarations; nobody reads the audit within milliseconds."""

RETRY_PAUSE_S: Final = 5.0
"""The pause before entries that were not acknowledged are sent again: a new leader takes that."""

TICK_S: Final = 1.0
"""How often it is seen to whether a minute of refusals has ended."""

STOP_TIMEOUT_S: Final = 5.0
"""How long what still waits may take at the end; after that it is lost, and said so. Intake may
take twenty seconds for open requests before, and has thirty in all."""

CLOSE_TIMEOUT_S: Final = 2.0
"""How long it may take to disconnect from a Kafka that does not answer."""

_log = structlog.get_logger()


class AuditTrail:
    """Writes entries in their order, each at least once; nobody waits for it.

    It has a producer of its own, so that a declaration never shares a request, a queue or a failure
    with it. What Kafka does not acknowledge is sent again, and may then be there twice, with one
    `ce_id`.
    """

    def __init__(self, settings: Settings, *, client_id: str, source: str) -> None:
        self._topic = Topics(settings.namespace).audit
        self._producer = kafka.producer(settings, client_id)
        self._source = source
        self._waiting: deque[AuditEntry] = deque()
        self._budget = RefusalBudget()
        self._news = asyncio.Event()
        self._ending = asyncio.Event()
        self._is_failing = self._is_losing = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Connects. Raises KafkaUnavailableError.

        If the topic is not there, or not the account's, it says so, and entries wait until it is.
        """
        try:
            await self._producer.start()
            await self._producer.partitions_for(self._topic)
        except (UnknownTopicOrPartitionError, TopicAuthorizationFailedError) as error:
            self._say(unwritable(self._topic, error))
        except KafkaError as error:
            await self._producer.stop()
            raise unwritable(self._topic, error) from error
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Writes what still waits, for STOP_TIMEOUT_S at most, and disconnects. May be repeated."""
        self._ending.set()
        self._news.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=STOP_TIMEOUT_S)
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._waiting:
            self._lose(len(self._waiting), "Kafka did not take them before the end")
            self._waiting.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._producer.stop()

    def note(self, entry: AuditEntry) -> None:
        """Has an entry written as soon as possible. Neither waits nor raises.

        Refusals beyond REFUSALS_PER_MINUTE are counted in one entry.
        """
        now = asyncio.get_running_loop().time()
        if entry.action != "refused" or self._budget.admit(entry.who, now):
            self._keep(entry)

    def _keep(self, entry: AuditEntry) -> None:
        if len(self._waiting) >= WAITING_MAX:
            self._lose(1, "too many wait")
            return
        self._waiting.append(entry)
        ACCESS_AUDIT_WAITING.set(len(self._waiting))
        self._news.set()

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), TICK_S)
                await asyncio.wait_for(self._ending.wait(), GATHER_S)
            self._news.clear()
            ending = self._ending.is_set()
            self._note_surplus(math.inf if ending else asyncio.get_running_loop().time())
            while self._waiting:
                if not await self._write(list(islice(self._waiting, TOGETHER_MAX))):
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._ending.wait(), RETRY_PAUSE_S)
                    if self._ending.is_set():
                        break
            if ending:
                return

    def _note_surplus(self, now: float) -> None:
        for who, requests in self._budget.ended(now):
            result = f"{requests} more refusals within a minute, not written one by one"
            self._keep(
                AuditEntry(at=uk_now(), action="refused", who=who, requests=requests, result=result)
            )

    async def _write(self, entries: Sequence[AuditEntry]) -> bool:
        """Sends the entries that have waited longest; returns whether all are acknowledged."""
        sent: list[asyncio.Future[Any]] = []
        failure: BaseException | None = None
        try:
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                for entry in entries:
                    key, value, headers = message_of(entry, self._source)
                    sent.append(
                        await self._producer.send(self._topic, value, key=key, headers=headers)
                    )
        except (KafkaError, OSError) as error:
            failure = error
        if sent:
            # Not gathered, because that would cancel them with this task.
            await asyncio.wait(sent, timeout=WRITE_TIMEOUT_S)
        outcomes = [_failure(each) for each in sent]
        outcomes += [failure] * (len(entries) - len(sent))
        failed = [
            entry for entry, outcome in zip(entries, outcomes, strict=True) if outcome is not None
        ]
        for _ in entries:
            self._waiting.popleft()
        self._waiting.extendleft(reversed(failed))
        ACCESS_AUDIT_ENTRIES.labels("written").inc(len(entries) - len(failed))
        ACCESS_AUDIT_WAITING.set(len(self._waiting))
        self._say(next((outcome for outcome in outcomes if outcome is not None), None))
        return not failed

    def _say(self, failure: BaseException | None) -> None:
        """Logs when writing begins to fail, and when it works again."""
        if failure is not None:
            ACCESS_AUDIT_ENTRIES.labels("failed").inc()
            if not self._is_failing:
                _log.error(
                    "the audit cannot be written; what it is about stands, and it is tried again",
                    topic=self._topic,
                    error=str(failure) or repr(failure),
                    waiting=len(self._waiting),
                )
        elif self._is_failing:
            _log.info("the audit is written again", topic=self._topic)
            self._is_losing = False
        self._is_failing = failure is not None

    def _lose(self, entries: int, why: str) -> None:
        ACCESS_AUDIT_ENTRIES.labels("lost").inc(entries)
        if not self._is_losing:
            _log.error("entries of the audit are lost", entries=entries, why=why, topic=self._topic)
        self._is_losing = True


def _failure(sent: asyncio.Future[Any]) -> BaseException | None:
    """Returns why an entry is not acknowledged; None if it is."""
    if not sent.done():
        # Nobody waits for its outcome any more; without this, asyncio would log it.
        sent.add_done_callback(lambda done: done.cancelled() or done.exception())
        return TimeoutError()
    return asyncio.CancelledError() if sent.cancelled() else sent.exception()


def message_of(entry: AuditEntry, source: str) -> tuple[bytes | None, bytes, Headers]:
    """Returns key, value and headers of an entry's message; `source` is who writes it."""
    value = entry.model_dump_json(exclude_none=True).encode()
    envelope = Envelope(
        id=content_id(value), source=source, type=message_type(entry.type), time=entry.at
    )
    return entry.who.encode() or None, value, envelope.headers()


async def write_entry(settings: Settings, entry: AuditEntry, source: str) -> None:
    """Writes one entry, and returns once every in-sync replica has it.

    Raises KafkaUnavailableError.
    """
    key, value, headers = message_of(entry, source)
    await write_message(
        settings,
        Topics(settings.namespace).audit,
        key=key,
        value=value,
        headers=headers,
        client_id="livecount-access",
    )
