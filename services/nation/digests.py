"""When a digest is due: said on `night` itself, so that whoever reads it again agrees."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from election.nation.since import since_last
from election.nation.state import Night
from schemas.night import DigestDue
from services.nation.outputs import Outputs
from services.nation.processor import NightCounter
from services.platform.errors import KafkaUnavailableError

CHECK_INTERVAL_S = 1.0
"""Time between two looks at the clock; a digest is of minutes."""

log = structlog.get_logger(__name__)


def due_at(night: Night, minutes: int, now: datetime) -> datetime | None:
    """Returns the time up to which a digest is due now; None if none is.

    Digests end at whole multiples of their interval after midnight, UTC, so that all workers have
    the same times. None is due if nothing has changed since the last.
    """
    latest = _floor(now, minutes)
    last = night.digest.due_at
    if last is not None and latest <= last:
        return None
    return latest if since_last(night).is_anything else None


def _floor(now: datetime, minutes: int) -> datetime:
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    interval = timedelta(minutes=minutes)
    return midnight + (now - midnight) // interval * interval


class DigestClock:
    """Puts into `night` that a digest is due, for each night that this worker counts."""

    def __init__(
        self,
        counter: NightCounter,
        outputs: Outputs,
        minutes: int | None,
        now: Callable[[], datetime],
    ) -> None:
        self._counter = counter
        self._outputs = outputs
        self._minutes = minutes
        self._now = now
        self._said: dict[str, datetime] = {}

    async def run(self) -> None:
        """Looks at the clock again and again, until it is cancelled.

        While Kafka is away no digest can be told; it is said once Kafka is back. Raises
        RedisUnavailableError.
        """
        while self._minutes is not None:
            await asyncio.sleep(CHECK_INTERVAL_S)
            try:
                await self.remind(self._minutes)
            except KafkaUnavailableError as error:
                log.warning("a digest is due and cannot be said", error=str(error))

    async def remind(self, minutes: int) -> None:
        """Says of each night whose digest is due that it is; once each.

        If it was said before, by another worker or before a crash, the fold knows the repeat by
        its time. Raises KafkaUnavailableError and RedisUnavailableError.
        """
        for election, counted in (await self._counter.own_nights()).items():
            night = counted.night
            at = None if night is None else due_at(night, minutes, self._now())
            if night is None or at is None or self._said.get(election) == at:
                continue
            await self._outputs.remind(DigestDue(election=election, mode=night.mode, due_at=at))
            self._said[election] = at
            log.info("digest due", election=election, due_at=at.isoformat())
