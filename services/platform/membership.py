"""A worker's membership of its consumer group: its name there, and whether another has it too."""

from __future__ import annotations

import re
import socket
import time
from collections import deque
from collections.abc import Callable, Collection
from typing import Final

from services.platform.errors import SharedNameError
from services.platform.settings import Settings

JOINS_MAX: Final = 6
"""So often in a row a worker may be given the same partitions within JOINS_WINDOW_S: an election
of the group's coordinator, or a broker that flaps, takes two or three. Two workers with one name
take the membership from each other with each heartbeat, every two or three seconds."""

JOINS_WINDOW_S: Final = 30.0

NAME_CHARACTERS_MAX: Final = 60
"""As many as the setting may have."""


def member_name(settings: Settings) -> str:
    """Returns the worker's name: the setting, else its machine's, which containers have each."""
    if settings.worker_id:
        return settings.worker_id
    machine = re.sub(r"[^A-Za-z0-9_-]", "-", socket.gethostname())
    return machine[:NAME_CHARACTERS_MAX] or "1"


class RepeatedJoins:
    """Detects that another worker has this one's name.

    Kafka then takes the membership from whichever had it (KIP-345), and aiokafka joins again,
    without end and without a word.
    """

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._partitions: frozenset[object] = frozenset()
        self._joined_at: deque[float] = deque(maxlen=JOINS_MAX)

    def joined(self, partitions: Collection[object]) -> None:
        """Notes the partitions that the group has given; raises SharedNameError if it repeats."""
        given = frozenset(partitions)
        if given != self._partitions or not given:
            self._joined_at.clear()
        self._partitions = given
        self._joined_at.append(self._clock())
        lasted_s = self._joined_at[-1] - self._joined_at[0]
        if given and len(self._joined_at) == JOINS_MAX and lasted_s <= JOINS_WINDOW_S:
            raise SharedNameError(
                f"the same partitions were given to {self._name!r} {JOINS_MAX} times within"
                f" {lasted_s:.0f} s: another worker has that name too; give each its own"
                " LIVECOUNT_WORKER_ID"
            )
