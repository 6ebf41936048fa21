"""What Redis would hold, in memory: written as `commit.lua` does, read as the ticker does."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator

from schemas.totals import CouncilTotals
from schemas.ward_totals import WardGone
from services.aggregator.changes import EncodedChange
from services.audit.stored import StoredCouncil
from services.ticker.feed.election_state import CouncilState, ElectionState
from services.ticker.feed.entry import BEGINNING, Entry
from services.ticker.feed.parsing import parse_totals

BEGIN_MS = 1_778_185_800_000
"""The time of the first entry: ten in the evening of 7 May 2026."""


class MemoryStore:
    """Councils and feeds. It has the methods of the ticker's `ReadOnlyStore`."""

    def __init__(self) -> None:
        self.councils: dict[str, StoredCouncil] = {}
        self._feeds: defaultdict[str, list[Entry]] = defaultdict(list)
        self._number = 0
        self._written = asyncio.Event()

    async def rebuilds(self) -> int:
        """Returns how often everything was written anew: never, here."""
        return 0

    def commit(self, change: EncodedChange) -> list[Entry]:
        """Writes a change, and returns its entries of the feed."""
        known = self.councils.get(change.council)
        wards = dict(known.wards) if known else {}
        entries = []
        for ballot, ward in change.wards:
            if ward:
                wards[ballot] = ward
                entries.append(self._entry("ward", change.council, ward))
            elif wards.pop(ballot, None) is not None:
                gone = WardGone(council=change.council, ballot_paper_id=ballot)
                entries.append(
                    self._entry("ward_gone", change.council, gone.model_dump_json().encode())
                )
        if change.totals:
            entries.append(self._entry("totals", change.council, change.totals))
            entries += [self._entry("alert", change.council, each.json) for each in change.alerts]
        self.councils[change.council] = StoredCouncil(
            totals=change.totals or (known.totals if known else b""),
            state=change.state,
            version=change.version,
            offset=change.offset,
            partition=change.partition,
            wards=wards,
            alerts=(*(known.alerts if known else ()), *(each.json for each in change.alerts)),
        )
        self._feeds[change.election] += entries
        self._written.set()
        return entries

    def _entry(self, kind: str, council: str, data: bytes) -> Entry:
        self._number += 1
        feed_id = f"{BEGIN_MS + 1_000 * self._number}-0".encode()
        fields = {b"type": kind.encode(), b"council": council.encode(), b"data": data}
        return Entry.read(feed_id, fields)

    async def elections(self) -> list[str]:
        return sorted(self._feeds, reverse=True)

    async def election(self, election: str) -> ElectionState:
        state = ElectionState(election, at=await self.last_id(election))
        poll = election.rpartition(".")[2]
        for name, stored in self.councils.items():
            if name.endswith(poll):
                state.councils[name] = CouncilState(
                    stored.totals, dict(stored.wards), list(stored.alerts)
                )
        return state

    async def last_id(self, election: str) -> str:
        feed = self._feeds[election]
        return feed[-1].id if feed else BEGINNING

    async def last_ids(self, elections: list[str]) -> dict[str, str]:
        return {election: await self.last_id(election) for election in elections}

    async def totals(self, election: str) -> tuple[int, list[CouncilTotals]]:
        found = (await self.election(election)).councils.values()
        return len(found), [parse_totals(each.totals_json) for each in found if each.totals_json]

    async def entries(self, election: str, until: str) -> AsyncIterator[list[Entry]]:
        assert until == await self.last_id(election)
        yield list(self._feeds[election])

    async def new_entries(self, election: str, after: str) -> list[Entry]:
        while await self.last_id(election) == after:
            self._written.clear()
            await self._written.wait()
        return [entry for entry in self._feeds[election] if _number(entry.id) > _number(after)]

    async def versions(self, election: str) -> tuple[str, dict[str, int]]:
        state = await self.election(election)
        return state.at, {totals.council: totals.version for totals in state.opened()}

    async def has_entry(self, election: str, feed_id: str) -> bool:
        return feed_id == BEGINNING or any(each.id == feed_id for each in self._feeds[election])


def _number(feed_id: str) -> int:
    return int(feed_id.partition("-")[0])
