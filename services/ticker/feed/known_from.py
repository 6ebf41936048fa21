"""From when on a feed says how every council stood, if it no longer begins with the night."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.ticker.feed.entry import Entry, milliseconds
from services.ticker.feed.parsing import ballot_of, parse_totals, parse_ward


@dataclass(slots=True)
class _Council:
    """The first entries of a council: when its totals came, and which wards had come before."""

    wards: set[str] = field(default_factory=set)
    opened_ms: int | None = None
    version: int = 0
    has_all_wards: bool = False
    wards_total: int = 0
    last_first_ms: int = 0

    def known_from(self, *, is_trimmed: bool) -> int:
        # Whoever opens a council writes all of its wards; a rebuild writes none of them.
        is_opening = self.has_all_wards and (self.version == 1 or self.wards_total > 0)
        if self.opened_ms is None or not (is_opening or (self.version == 1 and not is_trimmed)):
            return self.last_first_ms
        return self.opened_ms if is_trimmed and self.version > 1 else 0


class KnownFrom:
    """Watches the entries of a whole feed, oldest first, as it is read.

    What a feed says of a ward first is either the first that was ever said of it, or replaces
    something that fell out of the feed. The two look alike, except by the council around it: one
    whose first totals come with all of its wards was opened then, and nothing was there before.
    """

    def __init__(self) -> None:
        self._councils: dict[str, _Council] = {}
        self._first: int | None = None
        self._first_night: int | None = None
        self._entries = 0

    def add(self, entry: Entry) -> None:
        """Takes note of the next entry."""
        self._entries += 1
        time_ms = milliseconds(entry.id)
        self._first = time_ms if self._first is None else self._first
        if entry.kind == "national" and self._first_night is None:
            self._first_night = time_ms
        if not entry.council:
            return
        council = self._councils.setdefault(entry.council, _Council())
        if entry.kind == "ward":
            self._add_ward(council, parse_ward(entry.data).ballot_paper_id, time_ms)
        elif entry.lost == "ward":
            self._add_ward(council, ballot_of(entry.data), time_ms)
        elif entry.kind == "totals" and council.opened_ms is None:
            totals = parse_totals(entry.data)
            council.opened_ms = council.last_first_ms = time_ms
            council.version, council.wards_total = totals.version, totals.wards_total
            council.has_all_wards = totals.wards_total <= len(council.wards)

    @staticmethod
    def _add_ward(council: _Council, ballot: str, time_ms: int) -> None:
        if ballot not in council.wards:
            council.wards.add(ballot)
            council.last_first_ms = time_ms

    def time_ms(self, entries_max: int) -> int:
        """Returns the time from which on everything is known; 0 if it is from the beginning.

        A feed is cut once it has more than `entries_max` entries, and has that many ever after.
        """
        is_trimmed = self._entries >= entries_max
        times = [each.known_from(is_trimmed=is_trimmed) for each in self._councils.values()]
        if is_trimmed:
            times += [each for each in (self._first, self._first_night) if each is not None]
        return max(times, default=0)
