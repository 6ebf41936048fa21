"""The totals of a night and of its parts in memory, as they were stored."""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.national import NationalTotals, PartKind
from services.ticker.feed.entry import Entry
from services.ticker.feed.parsing import parse_national


@dataclass(slots=True)
class NationState:
    """What councils come to together, as JSON.

    `night_json` is empty while nothing is counted across councils, and while what is stored cannot
    be read, which `is_unreadable` says. `parts_json` has each part under its kind and name, such as
    `region:London`. It is empty for a time that has passed, because the feed has no parts.
    """

    night_json: bytes = b""
    parts_json: dict[str, bytes] = field(default_factory=dict)
    is_unreadable: bool = False

    @property
    def night(self) -> NationalTotals | None:
        """The totals of the whole night; None while there are none that can be read."""
        return parse_national(self.night_json) if self.night_json else None

    def has_version(self, version: int | None) -> bool:
        """Returns whether the night is at a version; None if there is no night."""
        if self.is_unreadable:
            return version is not None
        night = self.night
        return version == (None if night is None else night.version)

    def parts(self, kind: PartKind) -> list[bytes]:
        """Returns the parts of a kind as JSON, by name."""
        names = sorted(name for name in self.parts_json if name.startswith(f"{kind}:"))
        return [self.parts_json[name] for name in names]

    def copy(self) -> NationState:
        """Returns a copy that can be changed independently."""
        return NationState(self.night_json, dict(self.parts_json), self.is_unreadable)

    def contains(self, entry: Entry) -> bool:
        """Returns whether this is the state that an entry of no council leads to."""
        if entry.kind == "national":
            return self.night_json == entry.data
        return entry.lost != "national"

    def apply(self, entry: Entry) -> None:
        """Stores what an entry of no council says of the night; its parts are read by themselves.

        What an unreadable entry was to replace is out of date now, and is removed.
        """
        if entry.kind == "national":
            self.night_json, self.is_unreadable = entry.data, False
        elif entry.lost == "national":
            self.clear()
            self.is_unreadable = True

    def clear(self) -> None:
        """Removes everything, as if nothing had been counted across councils."""
        self.night_json, self.is_unreadable = b"", False
        self.parts_json.clear()
