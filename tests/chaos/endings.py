"""How processes ended in a night, and which of them no fault has ended."""

from __future__ import annotations

import signal
from typing import NamedTuple

from services.platform.exit_status import ExitStatus

KILLED = -signal.SIGKILL
EXPLAINED_OF_WORKERS = frozenset(
    {
        0,
        -signal.SIGTERM,
        ExitStatus.REDIS_UNAVAILABLE,
        ExitStatus.STALLED,
        ExitStatus.KAFKA_UNAVAILABLE,
        ExitStatus.FENCED,
    }
)
"""The statuses that faults lead to. Faults ask only workers of the two stages to end, which then
have 0, or the signal's number if they had hardly begun to start. Only these end when Redis or Kafka
is away. Any
other status, such as that of too many rejects (65) or of an error that nobody foresaw (70), was
caused by what the process was sent."""


class Ending(NamedTuple):
    """A process that ended without being told to for good, and what it wrote last."""

    name: str
    status: int
    last: str

    @property
    def is_by_a_message(self) -> bool:
        """Whether no fault explains the end."""
        if self.status == ExitStatus.FAILED:
            # A service that starts while Kafka is away says so, and is started again.
            return "Kafka" not in self.last
        is_worker = self.name.startswith(("aggregator", "nation"))
        is_explained = is_worker and self.status in EXPLAINED_OF_WORKERS
        return self.status != KILLED and not is_explained
