"""A worker's membership of its consumer group: its name there, and whether another has it too."""

from __future__ import annotations

import math
import re
import socket
import time
from collections import deque
from collections.abc import Callable, Collection
from typing import Final

from services.platform.errors import SharedNameError
from services.platform.settings import Settings

JOINS_MAX: Final = 6
"""A worker that is given the same partitions so often in a row, within JOINS_WINDOW_S, shares its
name. An election of the group's coordinator, or a broker that flaps, takes two or three. Two
workers with one name take the membership from each other with each heartbeat, every two or three
seconds."""

JOINS_WINDOW_S: Final = 30.0
"""Time for so many joins: two workers with one name need 10 to 20 s."""

OLD_JOINS_MAX: Final = 8
"""The same for a worker that joined first longer ago than JOINS_WINDOW_S: two more, so that it
stays. By then the newer one has ended, whose last join takes one more of the older one."""

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
    without end and without a word. Of two such workers the newer one detects it, and the older one
    goes on once that has ended; two that were started at about the same time both detect it.
    """

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._partitions: frozenset[object] = frozenset()
        self._joined_at: deque[float] = deque()
        self._began_at = math.inf

    def joined(self, partitions: Collection[object]) -> None:
        """Notes the partitions that the group has given; raises SharedNameError if it repeats."""
        now_s, given = self._clock(), frozenset(partitions)
        self._began_at = min(self._began_at, now_s)
        if given != self._partitions or not given:
            self._joined_at.clear()
        self._partitions = given
        self._joined_at.append(now_s)
        while now_s - self._joined_at[0] > JOINS_WINDOW_S:
            self._joined_at.popleft()
        joins = len(self._joined_at)
        is_old = now_s - self._began_at > JOINS_WINDOW_S
        if joins >= (OLD_JOINS_MAX if is_old else JOINS_MAX):
            raise SharedNameError(
                f"the same partitions were given to {self._name!r} {joins} times within"
                f" {now_s - self._joined_at[0]:.0f} s: another worker has that name too; give each"
                " its own LIVECOUNT_WORKER_ID"
            )
