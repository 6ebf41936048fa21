"""Councils counted from the log, and read on as it grows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from types import TracebackType
from typing import Self

from election.council import Council
from schemas.envelope import content_id
from schemas.events import encode_event
from services.following.councils_so_far import CouncilsSoFar
from services.following.step import Step
from services.platform.partitioner import partition_of
from services.platform.settings import Settings
from services.platform.topic_log import Log


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
        self._so_far: CouncilsSoFar | None = None
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
        return self._so_far.councils if self._so_far is not None else {}

    async def read_on(self, to: Mapping[int, int] | None = None) -> AsyncIterator[Step]:
        """Yields what each further record of these councils led to, up to the end of the log.

        `to` has the offsets to read up to instead, by partition. Raises KafkaUnavailableError.
        """
        topic = self._log.topics.declarations
        ends = await self._log.ends(topic)
        if self._so_far is None:
            self._so_far = CouncilsSoFar(len(ends), await self._log.broken())
        so_far = self._so_far
        theirs = {partition_of(council, len(ends)) for council in self._wanted}
        ends = {
            number: end
            for number, end in (to or ends).items()
            if number in theirs or not self._wanted
        }
        async for record in self._log.read(topic, ends, so_far.read_to):
            # The key of what counts is its council's id.
            if self._keys and record.key not in self._keys:
                so_far.pass_over(record)
                continue
            step = so_far.add(record)
            if step.rejection is not None and step.event is not None:
                self.rejected.add(content_id(encode_event(step.event)))
            yield step

    async def read_to_end(self) -> None:
        """Reads up to the end of the log. Raises KafkaUnavailableError."""
        async for _ in self.read_on():
            pass


async def why_rejected(settings: Settings, council: str, partition: int, offset: int) -> str:
    """Returns the reason and the detail for which a record is among the rejects; blank if not.

    `council` is the record's key. Raises KafkaUnavailableError.
    """
    async with CouncilsInTheLog(settings, {council}) as log:
        async for step in log.read_on({partition: offset + 1}):
            if (step.record.partition, step.record.offset) == (partition, offset):
                return step.why_aside
    return ""
