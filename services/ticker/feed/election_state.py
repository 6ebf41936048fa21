"""An election in memory: what the aggregator says of each council, as it stands at a feed id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from schemas.alert import Alert
from schemas.totals import CouncilTotals, WardTotals
from services.ticker.feed.entry import BEGINNING, UNREADABLE, Entry, milliseconds
from services.ticker.feed.parsing import parse_alert, parse_totals, parse_ward


@dataclass(slots=True)
class CouncilCount:
    """One council: its totals, wards and alerts as JSON, untouched.

    `totals_json` is empty until the council has been opened.
    """

    totals_json: bytes = b""
    wards_json: dict[str, bytes] = field(default_factory=dict)
    alerts_json: list[bytes] = field(default_factory=list)

    @property
    def totals(self) -> CouncilTotals:
        """The council's totals; ask only once it is open."""
        return parse_totals(self.totals_json)

    @property
    def wards(self) -> list[WardTotals]:
        """The wards by name."""
        wards = (parse_ward(data) for data in self.wards_json.values())
        return sorted(wards, key=lambda ward: (ward.ward, ward.ballot_paper_id))

    @property
    def alerts(self) -> list[Alert]:
        """The alerts, oldest first."""
        return [parse_alert(data) for data in self.alerts_json]


@dataclass(slots=True)
class Night:
    """One election at one feed id. What is here agrees with the feed up to `at`, exactly."""

    election: str
    at: str = BEGINNING
    councils: dict[str, CouncilCount] = field(default_factory=dict)
    told: list[tuple[str, bytes]] = field(default_factory=list)

    def knows(self, entry: Entry) -> bool:
        """Tells whether an entry says nothing new, as those of a rebuilt feed do."""
        if entry.kind == UNREADABLE:
            return True
        council = self.councils.get(entry.council)
        if council is None:
            return False
        if entry.kind == "totals":
            return council.totals_json == entry.data
        if entry.kind == "ward":
            return council.wards_json.get(parse_ward(entry.data).ballot_paper_id) == entry.data
        return entry.data in council.alerts_json

    def apply(self, entry: Entry) -> None:
        """Takes in the next entry of the feed. Entries are whole states, so the last stands."""
        if self.knows(entry):
            self.at = entry.id
            return
        council = self.councils.setdefault(entry.council, CouncilCount())
        if entry.kind == "totals":
            council.totals_json = entry.data
        elif entry.kind == "ward":
            council.wards_json[parse_ward(entry.data).ballot_paper_id] = entry.data
        elif entry.kind == "alert":
            council.alerts_json.append(entry.data)
            self.told.append((entry.id, entry.data))
        self.at = entry.id

    def put_alerts_in_order(self, entries: Iterable[Entry]) -> None:
        """Fills `told`: all alerts with the feed ids they came with, oldest first.

        Those that the feed no longer holds stand first, by the time of their cause.
        """
        by_data = {entry.data: entry.id for entry in entries if entry.kind == "alert"}
        every = [data for council in self.councils.values() for data in council.alerts_json]
        older = [data for data in every if data not in by_data]
        older.sort(key=lambda data: _cause_order(parse_alert(data)))
        known = set(every)
        self.told = [(BEGINNING, data) for data in older]
        self.told += [(feed_id, data) for data, feed_id in by_data.items() if data in known]

    def is_ahead_of(self, other: Night) -> bool:
        """Tells whether any council here is newer than there, or missing there."""
        versions = {totals.council: totals.version for totals in other.opened()}
        return any(totals.version > versions.get(totals.council, 0) for totals in self.opened())

    def opened(self) -> list[CouncilTotals]:
        """Returns the totals of each open council, by name."""
        found = (council.totals for council in self.councils.values() if council.totals_json)
        return sorted(found, key=lambda totals: (totals.name, totals.council))

    def find(self, council: str) -> CouncilCount | None:
        """Returns a council that has been opened, or None."""
        found = self.councils.get(council)
        return found if found is not None and found.totals_json else None


def as_it_stood(now: Night, entries: Iterable[Entry], moment_ms: int) -> Night:
    """Returns the night as it stood at a moment, in milliseconds since 1970.

    `entries` are those of the feed, oldest first. What has no entry among them stood then as it
    does now; what has none up to the moment was not there yet.
    """
    past = Night(now.election, councils={name: _copy(it) for name, it in now.councils.items()})
    past.told = [(at, data) for at, data in now.told if milliseconds(at) <= moment_ms]
    upto: list[Entry] = []
    for entry in entries:
        if milliseconds(entry.id) <= moment_ms:
            upto.append(entry)
        else:
            _take_out(past.councils.get(entry.council), entry)
    for entry in upto:
        if entry.kind != "alert":
            past.apply(entry)
        past.at = entry.id
    return past


def _cause_order(alert: Alert) -> tuple[float, int]:
    return (alert.caused_at.timestamp() if alert.caused_at else 0.0, alert.seq or 0)


def _copy(council: CouncilCount) -> CouncilCount:
    return CouncilCount(council.totals_json, dict(council.wards_json), list(council.alerts_json))


def _take_out(council: CouncilCount | None, entry: Entry) -> None:
    """Removes from a council what an entry said of it."""
    if council is None:
        return
    if entry.kind == "totals":
        council.totals_json = b""
    elif entry.kind == "ward":
        council.wards_json.pop(parse_ward(entry.data).ballot_paper_id, None)
    elif entry.data in council.alerts_json:
        council.alerts_json.remove(entry.data)
