"""A parser that remembers what it has parsed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Parsed = TypeVar("Parsed")


class Parser(Generic[Parsed]):
    """Parses JSON texts and remembers the results, so that each text is parsed once.

    At most `limit` are remembered; the one remembered longest is forgotten for another. It may be
    used in any thread.
    """

    def __init__(self, parse: Callable[[bytes], Parsed], limit: int) -> None:
        self._parse = parse
        self._limit = limit
        self._parsed: dict[bytes, Parsed] = {}
        self._adding = threading.Lock()

    def __len__(self) -> int:
        return len(self._parsed)

    def __call__(self, data: bytes) -> Parsed:
        """Returns what is in a text. Raises what the given function raises for it."""
        found = self._parsed.get(data)
        if found is not None:
            return found
        parsed = self._parse(data)
        with self._adding:
            self._parsed[data] = parsed
            if len(self._parsed) > self._limit:
                del self._parsed[next(iter(self._parsed))]
        return parsed

    def forget(self, data: bytes) -> None:
        """Forgets a text that will hardly be asked for again, as another has replaced it."""
        with self._adding:
            self._parsed.pop(data, None)
