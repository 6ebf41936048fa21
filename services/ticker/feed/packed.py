"""Entries of a feed that are kept for pages of the past, packed together."""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from services.ticker.feed.entry import Entry

_PACKING_LEVEL: Final = 1
"""The fastest: what neighbours have in common, which is most of the text, is found at any level."""

HEAD_BYTES: Final = 400
"""What a kept entry takes beside its data: its id, its council and its place, as measured."""


@dataclass(frozen=True, slots=True)
class PackedEntries:
    """Some entries in the order of the feed, each with the number under which it is kept."""

    numbers: tuple[int, ...]
    _heads: tuple[Entry, ...]
    _ends: tuple[int, ...]
    _data: bytes

    @classmethod
    def of(cls, entries: Mapping[int, Entry]) -> PackedEntries:
        """Packs entries by number, in ascending order of their numbers."""
        end, ends = 0, []
        for entry in entries.values():
            end += len(entry.data)
            ends.append(end)
        data = b"".join(entry.data for entry in entries.values())
        return cls(
            tuple(entries),
            tuple(replace(entry, data=b"") for entry in entries.values()),
            tuple(ends),
            zlib.compress(data, _PACKING_LEVEL),
        )

    @property
    def size_bytes(self) -> int:
        """The memory that they take, within a tenth."""
        return len(self._data) + HEAD_BYTES * len(self.numbers)

    def unpacked(self) -> dict[int, Entry]:
        """Returns the entries by number, with their data."""
        return self.some(self.numbers)

    def some(self, numbers: Iterable[int]) -> dict[int, Entry]:
        """Returns the entries with some of the numbers. It may be called in any thread."""
        data = zlib.decompress(self._data)
        found = {}
        for number in numbers:
            place = bisect_left(self.numbers, number)
            begin = self._ends[place - 1] if place else 0
            found[number] = replace(self._heads[place], data=data[begin : self._ends[place]])
        return found
