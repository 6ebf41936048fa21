"""Councils counted from the log, and read on as it grows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from types import TracebackType
from typing import NamedTuple, Self

from election.council import Council
from schemas.envelope import content_id
from schemas.events import encode_event
from services.audit.recount import NOTHING, Recount, Step
from services.platform.partitioner import partition_of
from services.platform.settings import Settings
from services.platform.topic_log import Log


class Happened(NamedTuple):
    """What a record of a wanted council led to, and its council after it."""

    step: Step
    after: Council | None


class CouncilsInTheLog:
    """The wanted councils as the log has them. Use it as an async context manager.

    Only the partitions that can have these councils are read, and only their own records are
    decoded; all councils are wanted if none is named. What is kept is the councils as they stand,
    however long the log is.

    Attributes:
        rejected: The content id of each event of these councils that was rejected.
    """

    def __init__(self, settings: Settings, wanted: Collection[str] = ()) -> None:
        self._log = Log(settings)
        self._wanted = tuple(wanted)
        self._keys = {council.encode() for council in wanted}
        self._read_to: dict[int, int] = {}
        self._recount: Recount | None = None
        self.rejected: set[str] = set()

    async def __aenter__(self) -> Self:
        await self._log.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._log.__aexit__(kind, error, trace)

    @property
    def councils(self) -> Mapping[str, Council]:
        """Those of the wanted councils of which the log has anything so far, by id."""
        counted = self._recount.councils if self._recount else {}
        return {name: each.council for name, each in counted.items() if each.council is not None}

    async def read_on(self, to: Mapping[int, int] | None = None) -> AsyncIterator[Happened]:
        """Yields what each further record of these councils led to, up to the end of the log.

        `to` has the offsets to read up to instead, by partition. Raises KafkaUnavailableError.
        """
        topic = self._log.topics.declarations
        ends = await self._log.ends(topic)
        if self._recount is None:
            self._recount = Recount(len(ends), await self._log.broken())
        recount = self._recount
        theirs = {partition_of(council, len(ends)) for council in self._wanted}
        ends = {
            number: end
            for number, end in (to or ends).items()
            if number in theirs or not self._wanted
        }
        async for record in self._log.read(topic, ends, self._read_to):
            self._read_to[record.partition] = record.offset + 1
            # The key of what counts is its council's id.
            if self._keys and record.key not in self._keys:
                continue
            step = recount.add(record)
            if step.rejection is not None and step.event is not None:
                self.rejected.add(content_id(encode_event(step.event)))
            counted = recount.councils.get(step.event.council, NOTHING) if step.event else NOTHING
            yield Happened(step, counted.council)

    async def read_to_end(self) -> None:
        """Reads up to the end of the log. Raises KafkaUnavailableError."""
        async for _ in self.read_on():
            pass


async def why_rejected(settings: Settings, council: str, partition: int, offset: int) -> str:
    """Returns the reason and the detail for which a record is among the rejects; blank if not.

    `council` is the record's key. Raises KafkaUnavailableError.
    """
    async with CouncilsInTheLog(settings, {council}) as log:
        async for happened in log.read_on({partition: offset + 1}):
            step = happened.step
            if (step.record.partition, step.record.offset) == (partition, offset):
                return why_aside(step)
    return ""


def why_aside(step: Step) -> str:
    """Returns the reason and the detail for which a record is a reject; blank if it is none."""
    if step.rejection is not None:
        return f"{step.rejection.reason}: {step.rejection.detail}"
    rejection = step.effects.rejection if step.effects is not None else None
    return "" if rejection is None else ": ".join(rejection)
