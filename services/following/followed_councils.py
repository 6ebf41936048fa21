"""Councils counted from the log as it grows, inside a process that also serves requests."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from election.council import Council
from schemas.reject import broken_place
from services.following.councils_so_far import CouncilsSoFar
from services.following.step import Step
from services.platform import kafka
from services.platform.errors import KafkaUnavailableError
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topic_fetch import (
    END_TIMEOUT_S,
    Record,
    connecting,
    end_offsets,
    fetch,
    fetches,
    reading,
)
from services.platform.topic_ids import topic_id
from services.platform.topic_log import STALL_TIMEOUT_S

COUNCILS_MAX: Final = 1_000
"""Councils kept, some 120 kB each in memory: twice those of the largest UK night. Of those
that were changed less recently nothing is known here; Redis and the log have them."""

GATHERING: Final[dict[str, Any]] = {"fetch_max_wait_ms": 100, "fetch_min_bytes": 1_048_576}
"""How long Kafka gathers records before it hands them over, or how many bytes, as when the log is
read from its beginning. At once they would come just when whoever sent them is to be answered."""

RETRY_S: Final = 5.0
"""Pause before Kafka is tried again; what was read before stays as it is meanwhile."""

SAME_LOG_INTERVAL_S: Final = 10.0
"""How often Kafka is asked whether the topic is still the one that was read. Topics are made again
by hand, and seldom."""

AGAIN_INTERVAL_S: Final = 10.0
"""How far apart two counts are at least that are made because a declaration which counted here was
set aside as broken elsewhere: a fault of that kind may come many times."""

_log = structlog.get_logger(__name__)

Changed = Callable[[frozenset[str]], None]
"""Is told the ids of councils that may have changed."""


Stepped = Callable[[Step], None]
"""Is told of a record and what it led to, and returns at once."""


def _nobody(_: frozenset[str]) -> None: ...


def _nothing(_: Step) -> None: ...


class _ReadAgainError(Exception):
    """What was counted is not what the log has, and is counted anew."""


class FollowedCouncils:
    """All councils of a namespace as the log has them, from its beginning and then as it grows.

    No consumer group is joined and nothing is committed. Nothing is shown of the log before it was
    read to where it ended at the start: `is_caught_up` is false until then, and whenever the topic
    was made again. If Kafka is away, what was read stays. `on_change` is called on the event loop
    after each fetch that changed councils, and `on_step` before that for each record, with what it
    led to, also of those before it is caught up. Where the log is counted anew they come again.

    With `gathers` records come a tenth of a second late, for whoever has others to answer first.

    Everything happens on the caller's event loop, which does its other work between two records.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        client_id: str,
        on_change: Changed = _nobody,
        on_step: Stepped = _nothing,
        gathers: bool = False,
    ) -> None:
        topics = Topics(settings.namespace)
        self._settings = settings
        self._declarations = topics.declarations
        self._rejects = topics.rejects
        self._client_id = client_id
        self._on_change = on_change
        self._on_step = on_step
        self._fetching = GATHERING if gathers else {}
        self._identity = ""
        self._again_from_s = 0.0
        self._so_far: CouncilsSoFar | None = None
        self._moved = asyncio.Event()

    @property
    def is_caught_up(self) -> bool:
        """Whether the log was read to where it ended when following began."""
        return self._so_far is not None

    @property
    def councils(self) -> Mapping[str, Council]:
        """The councils as they stand, by id, the one changed last at the end.

        A council is replaced and never changed, so what was looked up stays as it was.
        """
        return {} if self._so_far is None else self._so_far.councils

    def knows(self, council: str) -> bool:
        """Returns whether `councils` has all that the log has of a council, even if it is nothing.

        That is not so before it is caught up, and of a council beyond COUNCILS_MAX.
        """
        return self._so_far is not None and not self._so_far.is_left_out(council)

    def read_to(self, partition: int) -> int:
        """Returns the offset after the last record of a partition that was read; 0 if none was."""
        return 0 if self._so_far is None else self._so_far.read_to.get(partition, 0)

    async def until_read(self, partition: int, offset: int, timeout_s: float) -> bool:
        """Waits until a record has been read; returns whether it was within the timeout."""
        try:
            async with asyncio.timeout(timeout_s):
                while self.read_to(partition) <= offset:
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Follows the log until it is cancelled, whatever becomes of Kafka."""
        said = ""
        while True:
            try:
                await self._follow()
            except _ReadAgainError as why:
                _log.warning("the log is counted anew", why=str(why))
            except KafkaUnavailableError as error:
                # Once, and not every few seconds of an outage.
                if str(error) != said:
                    _log.warning("declarations cannot be followed", error=str(error))
                said = str(error)
                await asyncio.sleep(RETRY_S)
            except Exception:  # noqa: BLE001 -- requests go on being served without it
                _log.exception("declarations cannot be followed")
                await asyncio.sleep(RETRY_S)

    async def _follow(self) -> None:
        """Counts the log and follows it. Raises KafkaUnavailableError and _ReadAgainError."""
        await self._check_same_log()
        consumer = kafka.consumer(
            self._settings,
            self._declarations,
            self._rejects,
            group_id=None,
            client_id=self._client_id,
            **self._fetching,
        )
        try:
            with connecting(f"{self._declarations} or {self._rejects}"):
                # Without a group, the client takes all partitions of its topics.
                await consumer.start()
            so_far = await self._caught_up(consumer)
            # Councils stay for the night, and to look for garbage among them takes 100 ms.
            gc.freeze()
            self._show(so_far, {*self.councils, *so_far.councils})
            await self._read_on(consumer, so_far)
        finally:
            await consumer.stop()

    async def _broken(self, consumer: AIOKafkaConsumer) -> set[tuple[int, int]]:
        """Returns the places of declarations that are on record as broken until now."""
        found: set[tuple[int, int]] = set()
        with reading(self._rejects):
            ends = await end_offsets(consumer, _places(consumer, self._rejects))
            async for records in fetches(consumer, ends, STALL_TIMEOUT_S):
                found |= self._places_in(records)
        return found

    async def _caught_up(self, consumer: AIOKafkaConsumer) -> CouncilsSoFar:
        """Returns the councils as the log has them now."""
        broken = await self._broken(consumer)
        places = _places(consumer, self._declarations)
        so_far = CouncilsSoFar(len(places), broken, councils_max=COUNCILS_MAX)
        with reading(self._declarations):
            ends = await end_offsets(consumer, places)
            async for records in fetches(consumer, ends, STALL_TIMEOUT_S):
                await self._add_all(so_far, records)
        return so_far

    async def _read_on(self, consumer: AIOKafkaConsumer, so_far: CouncilsSoFar) -> None:
        loop = asyncio.get_running_loop()
        checked_s = loop.time()
        is_wrong = False
        while True:
            with reading(self._declarations):
                records = await fetch(consumer)
            changed = await self._add_all(so_far, records)
            if records:
                self._show(so_far, changed)
            late = so_far.set_aside(self._places_in(records))
            is_wrong |= any(offset < self.read_to(partition) for partition, offset in late)
            if is_wrong and loop.time() >= self._again_from_s:
                self._again_from_s = loop.time() + AGAIN_INTERVAL_S
                raise _ReadAgainError("a declaration that counted here is set aside as broken")
            if loop.time() >= checked_s + SAME_LOG_INTERVAL_S:
                with contextlib.suppress(KafkaUnavailableError):
                    await self._check_same_log()
                checked_s = loop.time()

    async def _add_all(self, so_far: CouncilsSoFar, records: Iterable[Record]) -> frozenset[str]:
        """Counts what was fetched; returns the ids of the councils that it changed."""
        changed: set[str] = set()
        for record in records:
            if record.topic != self._declarations:
                continue
            if record.offset < so_far.read_to.get(record.partition, 0):
                self._forget()
                raise _ReadAgainError(f"{self._declarations} begins anew")
            try:
                step = so_far.add(record)
                self._on_step(step)
            except Exception:  # noqa: BLE001 -- one record must not end what follows it
                _log.exception("left out", partition=record.partition, offset=record.offset)
                so_far.pass_over(record)
                continue
            if step.changed and step.event is not None:
                changed.add(step.event.council)
            if step.rejection is not None and step.rejection.reason == "broken":
                so_far.set_aside([(record.partition, record.offset)])
            # A fold takes up to milliseconds, and requests must not wait for all of them.
            await asyncio.sleep(0)
        return frozenset(changed)

    def _places_in(self, records: Iterable[Record]) -> set[tuple[int, int]]:
        """Returns the places of declarations that these records call broken."""
        return {
            place
            for record in records
            if record.topic == self._rejects
            and (place := broken_place(record.value or b"", self._declarations))
        }

    async def _check_same_log(self) -> None:
        """Forgets everything and raises _ReadAgainError if the topic was made again.

        A Kafka without topic ids (before 2.8) is not checked. Raises KafkaUnavailableError.
        """
        with reading(self._declarations):
            async with asyncio.timeout(END_TIMEOUT_S):
                identity = await topic_id(self._settings, self._declarations, self._client_id)
        known, self._identity = self._identity, identity
        if known not in {"", identity}:
            self._forget()
            raise _ReadAgainError(f"{self._declarations} was made again")

    def _forget(self) -> None:
        gone = frozenset(self.councils)
        self._so_far = None
        self._tell(gone)

    def _show(self, so_far: CouncilsSoFar, changed: Iterable[str]) -> None:
        self._so_far = so_far
        # Whoever waits goes on, and waits for the next one.
        self._moved.set()
        self._moved = asyncio.Event()
        self._tell(frozenset(changed))

    def _tell(self, changed: frozenset[str]) -> None:
        try:
            if changed:
                self._on_change(changed)
        except Exception:  # noqa: BLE001 -- whatever the caller does with it
            _log.exception("whoever was told of a change failed", councils=len(changed))


def _places(consumer: AIOKafkaConsumer, topic: str) -> list[TopicPartition]:
    return [place for place in consumer.assignment() if place.topic == topic]
