"""What an election's feed has said since the night began, kept small, for pages of the past."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from services.ticker.feed.election_state import UNKNOWN_VERSION, CouncilState, ElectionState
from services.ticker.feed.entry import BEGINNING, Entry, milliseconds
from services.ticker.feed.packed import HEAD_BYTES, PackedEntries
from services.ticker.feed.parsing import ballot_of, parse_ward, parse_ward_gone

STEP_MS: Final = 10_000
"""The past is shown in steps of ten seconds, so that readers of the same moment share an address,
which a CDN keeps. What was replaced within one step is not kept."""

HISTORY_BYTES_MAX: Final = 67_108_864
"""The past of one election, 64 MiB: many times a night of 143 councils and 3,864 wards, which
takes some 6 MB (`tests/unit/services/ticker/feed/test_history.py` measures it)."""

PACKED_FROM_BYTES: Final = 524_288
"""Entries are packed by half a megabyte, which takes some 5 ms."""

_FOLDED_SHARE: Final = 4
"""A quarter of the packs is folded into one when all of them are too large, so that it is rare."""

Place = tuple[str, str]
"""What an entry replaces: a council and one of its ballots, or its totals if that is empty; the
night's totals if both are."""

NIGHT_PLACE: Final[Place] = ("", "")


def step_of(time_ms: int) -> int:
    """Returns the first time of STEP_MS at which what was said at a time is shown."""
    return -(-time_ms // STEP_MS) * STEP_MS


class History:
    """Each state of each council, ward and night, by when it was written; alerts are not here.

    Once `bytes_max` is exceeded, what was said longest ago is forgotten, except what of it still
    held then: `first_ms` is later from then on, and from there on everything is as it was.
    """

    def __init__(self, *, bytes_max: int = HISTORY_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._packs: list[PackedEntries] = []
        self._open: dict[int, Entry] = {}
        self._open_bytes = 0
        self._next = 0
        # Of each place the times and numbers of its entries, oldest first.
        self._said: dict[Place, list[tuple[int, int]]] = {}
        self._doubted: dict[Place, tuple[bytes, int]] = {}
        self._began_ms: int | None = None
        self._loaded_ms = 0
        self._known_from_ms = 0
        self.last_ms: int | None = None

    @property
    def first_ms(self) -> int | None:
        """The earliest time that is known, a multiple of STEP_MS; None if there is no entry."""
        if self._began_ms is None:
            return None
        doubted = self._loaded_ms if self._doubted else 0
        known_from = step_of(max(self._known_from_ms, doubted))
        return max(self._began_ms - self._began_ms % STEP_MS, known_from)

    @property
    def is_cut(self) -> bool:
        """Whether something was said before `first_ms` that is no longer known."""
        return self.first_ms is not None and self.first_ms > (self._began_ms or 0)

    @property
    def size_bytes(self) -> int:
        """The memory that all of it takes, within a tenth."""
        packed = sum(pack.size_bytes for pack in self._packs)
        return packed + self._open_bytes + HEAD_BYTES * len(self._open)

    def append(self, entry: Entry, before: ElectionState | None = None) -> None:
        """Adds the next entry.

        `before` is the election as it was right before it. It says what held until then of what
        the feed has not been seen to say; None while a feed is read from its beginning.
        """
        time_ms = milliseconds(entry.id)
        if self._began_ms is None:
            self._began_ms = time_ms
        self.last_ms = time_ms
        place = _place(entry)
        if place is None:
            return
        self._settle(place, entry)
        if before is not None and place not in self._said:
            self._keep_before(place, entry, before)
        self._keep(place, time_ms, replace(entry, is_sent=False, origin=None))

    def known_from(self, time_ms: int) -> None:
        """Says that not everything is known of the time before this one."""
        self._known_from_ms = max(self._known_from_ms, time_ms)

    def doubt(self, newest: dict[Place, bytes], state: ElectionState) -> None:
        """Compares what the feed has said last of each place with how it stands now.

        Where they differ, an entry is on its way, or the feed was not told, as when Redis is
        rebuilt. Until the first is certain, nothing is known of the time before now.
        """
        self._loaded_ms = self.last_ms or 0
        for place, data in newest.items():
            now = _stands(state, place)
            if now and now.data != data:
                self._doubted[place] = (now.data, self._next)
                self._store(place, self._loaded_ms, now)

    def past(self, now: ElectionState, time_ms: int) -> Callable[[], ElectionState]:
        """Returns what computes the election as it was at a time, a multiple of STEP_MS.

        It may be called in any thread, as it uses nothing that changes afterwards. A council,
        ward or alert of which the feed has said nothing is taken as it is now.
        """
        then = now.copy()
        then.at = f"{time_ms}-0"
        _forget_later_alerts(then, time_ms)
        open_then: list[tuple[Place, Entry]] = []
        packed: dict[int, dict[int, Place]] = {}
        firsts = [pack.numbers[0] for pack in self._packs]
        for place, said in self._said.items():
            if said[-1][0] <= time_ms:
                continue
            known = bisect_right(said, (time_ms, self._next))
            if known == 0:
                _remove(then, place)
                continue
            number = said[known - 1][1]
            if number in self._open:
                open_then.append((place, self._open[number]))
            else:
                packed.setdefault(bisect_right(firsts, number) - 1, {})[number] = place
        found = [(self._packs[pack], places) for pack, places in packed.items()]
        return partial(_restored, then, open_then, found)

    def _settle(self, place: Place, entry: Entry) -> None:
        doubted = self._doubted.get(place)
        if doubted is not None and doubted[0] == entry.data:
            del self._doubted[place]
            said = self._said[place]
            said[:] = [each for each in said if each[1] != doubted[1]]

    def _keep_before(self, place: Place, entry: Entry, before: ElectionState) -> None:
        stood = _stands(before, place)
        if stood is None:
            return
        if stood.data == entry.data:
            # It came while everything was read, or tells again what the feed has forgotten.
            self.known_from(milliseconds(entry.id))
        else:
            self._keep(place, 0, stood)

    def _keep(self, place: Place, time_ms: int, entry: Entry) -> None:
        said = self._said.setdefault(place, [])
        if said and said[-1][1] in self._open and step_of(said[-1][0]) == step_of(time_ms):
            replaced = self._open.pop(said.pop()[1])
            self._open_bytes -= len(replaced.data)
        self._store(place, time_ms, entry)

    def _store(self, place: Place, time_ms: int, entry: Entry) -> None:
        self._said.setdefault(place, []).append((time_ms, self._next))
        self._open[self._next] = entry
        self._open_bytes += len(entry.data)
        self._next += 1
        if self._open_bytes >= PACKED_FROM_BYTES:
            self._packs.append(PackedEntries.of(self._open))
            self._open, self._open_bytes = {}, 0
            if self.size_bytes > self._bytes_max:
                self._fold_oldest()

    def _fold_oldest(self) -> None:
        """Forgets what was replaced within the oldest packs."""
        folded = max(2, len(self._packs) // _FOLDED_SHARE)
        oldest, self._packs = self._packs[:folded], self._packs[folded:]
        entries: dict[int, Entry] = {}
        for pack in oldest:
            entries |= pack.unpacked()
        if not entries:
            return
        last = max(entries)
        until_ms = max(milliseconds(entry.id) for entry in entries.values())
        for said in self._said.values():
            older = bisect_right([number for _, number in said], last)
            for _, number in said[: max(0, older - 1)]:
                entries.pop(number, None)
            del said[: max(0, older - 1)]
        self.known_from(until_ms)
        self._packs.insert(0, PackedEntries.of(entries))


def note_newest(entry: Entry, newest: dict[Place, bytes]) -> None:
    """Notes what the next entry of a feed says of its place, for `History.doubt`."""
    place = _place(entry)
    if place is not None:
        newest[place] = entry.data if entry.kind in {"totals", "ward"} else b""


def _place(entry: Entry) -> Place | None:
    """Returns what an entry replaces; None for an alert and for what cannot be told."""
    match entry.kind if entry.kind != "unreadable" else entry.lost:
        case "totals":
            return entry.council, ""
        case "ward" if entry.kind == "ward":
            return entry.council, parse_ward(entry.data).ballot_paper_id
        case "ward":
            return entry.council, ballot_of(entry.data)
        case "ward_gone" if entry.kind == "ward_gone":
            return entry.council, parse_ward_gone(entry.data).ballot_paper_id
        case "national":
            return NIGHT_PLACE
        case _:
            return None


def _stands(state: ElectionState, place: Place) -> Entry | None:
    """Returns how a place stands as an entry, without the night; None if it is not there."""
    name, ballot = place
    council = state.councils.get(name)
    if council is None:
        return None
    data = council.wards_json.get(ballot, b"") if ballot else council.totals_json
    return Entry(BEGINNING, "ward" if ballot else "totals", name, data) if data else None


def _forget_later_alerts(state: ElectionState, time_ms: int) -> None:
    entries = state.alert_entries
    later = {data for feed_id, data in entries if milliseconds(feed_id) > time_ms}
    state.alert_entries = [each for each in entries if milliseconds(each[0]) <= time_ms]
    for council in state.councils.values():
        council.alerts_json = [data for data in council.alerts_json if data not in later]


def _restored(
    state: ElectionState,
    entries: list[tuple[Place, Entry]],
    packed: list[tuple[PackedEntries, dict[int, Place]]],
) -> ElectionState:
    for place, entry in entries:
        _set(state, place, entry)
    for pack, places in packed:
        for number, entry in pack.some(places).items():
            _set(state, places[number], entry)
    return state


def _remove(state: ElectionState, place: Place) -> None:
    """Removes what stands at a place, as if nothing had been said of it."""
    name, ballot = place
    if place == NIGHT_PLACE:
        state.nation.clear()
    elif (council := state.councils.get(name)) is not None:
        if ballot:
            council.wards_json.pop(ballot, None)
            council.unreadable_wards.discard(ballot)
        else:
            council.totals_json = b""
            state.unreadable.pop(name, None)


def _set(state: ElectionState, place: Place, entry: Entry) -> None:
    """Makes a place what an entry says of it, whatever comes after."""
    _remove(state, place)
    name, ballot = place
    if place == NIGHT_PLACE:
        state.nation.apply(entry)
        return
    council = state.councils.setdefault(name, CouncilState())
    if entry.kind == "totals":
        council.totals_json = entry.data
    elif entry.kind == "ward":
        council.wards_json[ballot] = entry.data
    elif entry.lost == "totals":
        state.unreadable[name] = UNKNOWN_VERSION
    elif entry.lost == "ward":
        council.unreadable_wards.add(ballot)
