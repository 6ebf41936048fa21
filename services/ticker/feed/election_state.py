"""An election in memory: what the aggregator has stored of each council, at one feed id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, assert_never

from schemas.alert import Alert
from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals
from services.ticker.feed.entry import BEGINNING, Entry
from services.ticker.feed.nation_state import NationState
from services.ticker.feed.parsing import (
    ballot_of,
    parse_alert,
    parse_totals,
    parse_ward,
    parse_ward_gone,
)

NIGHT: Final = ""
"""The name under which the version of the night is among those of its councils."""

UNKNOWN_VERSION: Final = 0
"""The version of totals that came with an entry which cannot be read. Real versions begin at 1."""


@dataclass(slots=True)
class CouncilState:
    """One council: its totals, wards and alerts, as the JSON that the aggregator wrote.

    `totals_json` is empty until the council has been opened, and while what is stored cannot be
    read. `unreadable_wards` are the ballots whose stored ward cannot be read; `unreadable_alerts`
    says whether there are such alerts.
    """

    totals_json: bytes = b""
    wards_json: dict[str, bytes] = field(default_factory=dict)
    alerts_json: list[bytes] = field(default_factory=list)
    unreadable_wards: set[str] = field(default_factory=set)
    unreadable_alerts: bool = False

    @property
    def totals(self) -> CouncilTotals:
        """The council's totals. Raises ValidationError if the council has not been opened."""
        return parse_totals(self.totals_json)

    @property
    def wards(self) -> list[WardTotals]:
        """The wards, sorted by name."""
        wards = (parse_ward(data) for data in self.wards_json.values())
        return sorted(wards, key=lambda ward: (ward.ward, ward.ballot_paper_id))

    @property
    def alerts(self) -> list[Alert]:
        """The alerts, oldest first."""
        return [parse_alert(data) for data in self.alerts_json]

    def copy(self) -> CouncilState:
        """Returns a copy that can be changed independently."""
        return CouncilState(
            self.totals_json,
            dict(self.wards_json),
            list(self.alerts_json),
            set(self.unreadable_wards),
            self.unreadable_alerts,
        )

    def contains(self, entry: Entry) -> bool:
        """Returns whether this is the state that an entry of this council leads to."""
        match entry.kind:
            case "totals":
                return self.totals_json == entry.data
            case "ward":
                return self.wards_json.get(parse_ward(entry.data).ballot_paper_id) == entry.data
            case "ward_gone":
                ballot = parse_ward_gone(entry.data).ballot_paper_id
                return ballot not in self.wards_json and ballot not in self.unreadable_wards
            case "alert":
                return entry.data in self.alerts_json
            case "unreadable":
                return entry.lost is None
            case "national":
                return True
            case _:
                assert_never(entry.kind)

    def apply(self, entry: Entry) -> None:
        """Stores what an entry of this council says."""
        match entry.kind:
            case "totals":
                parse_totals.forget(self.totals_json)
                self.totals_json = entry.data
            case "ward":
                ballot = parse_ward(entry.data).ballot_paper_id
                parse_ward.forget(self.wards_json.get(ballot, b""))
                self.wards_json[ballot] = entry.data
                self.unreadable_wards.discard(ballot)
            case "ward_gone":
                ballot = parse_ward_gone(entry.data).ballot_paper_id
                self.wards_json.pop(ballot, None)
                self.unreadable_wards.discard(ballot)
            case "alert":
                self.alerts_json.append(entry.data)
            case "unreadable":
                self._lose(entry)
            case "national":
                pass
            case _:
                assert_never(entry.kind)

    def _lose(self, entry: Entry) -> None:
        """Removes what an unreadable entry was to replace, because it is out of date now."""
        match entry.lost:
            case "totals":
                self.totals_json = b""
            case "ward":
                ballot = ballot_of(entry.data)
                self.wards_json.pop(ballot, None)
                self.unreadable_wards.add(ballot)
            case "alert":
                self.unreadable_alerts = True
            case "ward_gone" | "national" | None:
                pass
            case _:
                assert_never(entry.lost)


@dataclass(slots=True)
class ElectionState:
    """One election at one feed id: exactly what the feed says up to `at`, and nothing after it.

    `alert_entries` holds the alerts of all councils and of the night as JSON, oldest first, each
    with the feed id that it came with. `nation` is what councils come to together. `unreadable`
    holds the councils whose stored totals cannot be read, each with the version that Redis gives
    for them, or UNKNOWN_VERSION.
    """

    election: str
    at: str = BEGINNING
    councils: dict[str, CouncilState] = field(default_factory=dict)
    alert_entries: list[tuple[str, bytes]] = field(default_factory=list)
    unreadable: dict[str, int] = field(default_factory=dict)
    nation: NationState = field(default_factory=NationState)

    def copy(self) -> ElectionState:
        """Returns a copy that can be changed independently."""
        return ElectionState(
            self.election,
            self.at,
            {name: council.copy() for name, council in self.councils.items()},
            list(self.alert_entries),
            dict(self.unreadable),
            self.nation.copy(),
        )

    def contains(self, entry: Entry) -> bool:
        """Returns whether an entry changes nothing, as most entries of a rebuilt feed do."""
        if not entry.council:
            if entry.kind == "alert":
                return any(data == entry.data for _, data in self.alert_entries)
            return self.nation.contains(entry)
        if entry.kind == "unreadable" and entry.lost is None:
            return True
        council = self.councils.get(entry.council)
        return council is not None and council.contains(entry)

    def apply(self, entry: Entry) -> None:
        """Applies the next entry of the feed. It may be applied again without further effect."""
        if not self.contains(entry):
            if entry.council:
                self.councils.setdefault(entry.council, CouncilState()).apply(entry)
            else:
                self.nation.apply(entry)
            if entry.kind == "alert":
                self.alert_entries.append((entry.id, entry.data))
            elif entry.kind == "totals":
                self.unreadable.pop(entry.council, None)
            elif entry.lost == "totals":
                self.unreadable[entry.council] = UNKNOWN_VERSION
        self.at = entry.id

    def order_alerts(self, entries: Iterable[Entry]) -> None:
        """Fills `alert_entries` from the councils' alerts and the feed's entries.

        Alerts that the feed no longer has come first, ordered by the time of their cause. Those of
        the whole night are in the feed only.
        """
        alerts = [entry for entry in entries if entry.kind == "alert"]
        feed_ids = {entry.data: entry.id for entry in alerts}
        every = [data for council in self.councils.values() for data in council.alerts_json]
        older = [data for data in every if data not in feed_ids]
        older.sort(key=lambda data: _cause_order(parse_alert(data)))
        stored = {*every, *(entry.data for entry in alerts if not entry.council)}
        self.alert_entries = [(BEGINNING, data) for data in older]
        self.alert_entries += [
            (feed_id, data) for data, feed_id in feed_ids.items() if data in stored
        ]

    def is_ahead_of(self, other: ElectionState) -> bool:
        """Returns whether a council or the night is newer here than in `other`, or missing there.

        Whoever is behind has lost something, and gets it back once that is counted again.
        """
        versions = other.versions()
        return any(version > versions.get(name, 0) for name, version in self.versions().items())

    def versions(self) -> dict[str, int]:
        """Returns the version of each open council that can be read, and of the night as NIGHT."""
        night = self.nation.night
        of_night = {} if night is None else {NIGHT: night.version}
        return {totals.council: totals.version for totals in self.opened()} | of_night

    def has_versions(self, versions: dict[str, int]) -> bool:
        """Returns whether these are just the versions here; unknown ones are not compared.

        Nor is the night's, which can be read again by itself.
        """
        ours = self.versions() | self.unreadable | {NIGHT: UNKNOWN_VERSION}
        unknown = {name for name, version in ours.items() if version == UNKNOWN_VERSION}
        return {name: version for name, version in versions.items() if name not in unknown} == {
            name: version for name, version in ours.items() if name not in unknown
        }

    @property
    def is_rehearsal(self) -> bool:
        """Whether any of its open councils is rehearsed."""
        return any(totals.mode == "rehearsal" for totals in self.opened())

    def opened(self) -> list[CouncilTotals]:
        """Returns the totals of each open council, sorted by name."""
        totals = (council.totals for council in self.councils.values() if council.totals_json)
        return sorted(totals, key=lambda each: (each.name, each.council))

    def find(self, council: str) -> CouncilState | None:
        """Returns a council that has been opened, or None."""
        found = self.councils.get(council)
        return found if found is not None and found.totals_json else None

    def alerts_of(self, alert: str) -> list[tuple[str, bytes]]:
        """Returns an alert by its id, then what withdraws it, each as in `alert_entries`.

        Empty if there is no such alert.
        """
        marks = alert.encode()
        every = [entry for entry in self.alert_entries if marks in entry[1]]
        told = [entry for entry in every if parse_alert(entry[1]).id == alert]
        return told + [entry for entry in every if told and parse_alert(entry[1]).retracts == alert]


def _cause_order(alert: Alert) -> tuple[float, int]:
    return (alert.caused_at.timestamp() if alert.caused_at else 0.0, alert.seq or 0)
