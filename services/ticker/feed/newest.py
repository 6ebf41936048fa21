"""What was made of the newest version of each of many things."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")


class Newest(Generic[Key, Made]):
    """Remembers what was made of each thing until it is asked for another version of it.

    So what was made of replaced versions takes no memory, however often a thing changes. At most
    `limit` things are remembered; the one remembered longest is forgotten for another. It may be
    used in any thread.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._made: dict[Key, tuple[object, Made]] = {}
        self._adding = threading.Lock()

    def __len__(self) -> int:
        return len(self._made)

    def of(self, key: Key, version: object, make: Callable[[], Made]) -> Made:
        """Returns what was made of this version of a thing, or makes it. Raises what `make` raises.

        Versions are the same if they are equal.
        """
        found = self._made.get(key)
        if found is not None and found[0] == version:
            return found[1]
        made = make()
        with self._adding:
            self._made[key] = (version, made)
            if len(self._made) > self._limit:
                del self._made[next(iter(self._made))]
        return made
