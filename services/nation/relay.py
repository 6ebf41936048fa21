"""The relay: councils' totals from `totals` to `night`, where an election has one order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

import structlog

from schemas.ids import check_council_id, election_of
from schemas.reject import Reject
from services.engine.reject_limit import RejectLimit
from services.engine.set_aside import reject, unfit
from services.nation.outputs import Outputs
from services.platform.failpoints import failpoint
from services.platform.topic_log import WorkerLog

log = structlog.get_logger(__name__)


class Relay:
    """Sends each council's totals on as they are, under the key of their election.

    What it has sent and not acknowledged is sent again after a crash: a council's version says
    what is a repeat. So nothing of it is in Redis, and its positions are those of its group.
    """

    def __init__(self, totals: WorkerLog, outputs: Outputs) -> None:
        self._totals = totals
        self._outputs = outputs
        self._reject_limit = RejectLimit()
        self._positions: dict[int, int | None] = {}

    @property
    def positions(self) -> Mapping[int, int | None]:
        """The offset after the last totals sent on, by partition."""
        return self._positions

    @property
    def broken(self) -> int:
        """Nothing can break here: no message is read but for its key."""
        return 0

    async def begin(
        self, records: Sequence[Any], acknowledge: Callable[[], Awaitable[None]]
    ) -> None:
        """Sends records on, in order, and acknowledges them once every in-sync replica has them.

        What has no council's key is set aside. Raises KafkaUnavailableError, and
        TooManyRejectsError; then nothing was acknowledged.
        """
        await self._outputs.start()
        rejects = [found for record in records if (found := _unusable(record))]
        self._reject_limit.add(len(records), len(rejects))
        for found in rejects:
            log.warning("totals rejected", offset=found.offset, detail=found.detail)
        await self._outputs.reject(rejects)
        aside = {(found.partition, found.offset) for found in rejects}
        await self._outputs.relay(
            (election_of(record.key.decode()), record)
            for record in records
            if (record.partition, record.offset) not in aside
        )
        failpoint("after_relay")
        await acknowledge()
        self._positions.update({record.partition: record.offset + 1 for record in records})

    async def verify(self, partitions: Collection[int]) -> None:
        """Reads what the group has committed of partitions of which nothing is known yet."""
        unknown = [partition for partition in partitions if partition not in self._positions]
        if unknown:
            committed = await self._totals.committed()
            self._positions = {
                **{partition: committed.get(partition) for partition in unknown},
                **self._positions,
            }

    async def check_log(self) -> None:
        """Does nothing: `totals` of another log are no danger to one that begins anew."""

    def forget(self) -> None:
        """Forgets positions. Call it in a rebalance, when partitions change hands."""
        self._positions = {}


def _unusable(record: Any) -> Reject | None:
    """Returns a reject for a record that has no council's key, or no value that can be sent on."""
    try:
        check_council_id((record.key or b"").decode())
    except ValueError as error:
        return reject(record, "key", f"key: {error}")
    return unfit(record)
