"""What can be found on a ticker: the names of each election, and postcodes if there is a table."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals
from services.ticker.feed.election_state import ElectionState
from services.ticker.finding.names import NamedPlace, Names
from services.ticker.finding.postcodes import Area, Postcodes, postcode_of

INDEXED_MAX: Final = 8
"""Elections whose names are kept indexed, some 20 MB each for a night of 4,000 wards."""

_Fingerprint = tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found.

    `postcode` is set if the query is one; `postcode_known` is False if it is not in the table, and
    None if there is no table.
    """

    places: tuple[NamedPlace, ...]
    postcode: str = ""
    postcode_known: bool | None = None


class Finder:
    """Finds places in elections, whose names are indexed when they are first searched."""

    def __init__(self, postcodes: Postcodes | None = None) -> None:
        self._postcodes = postcodes
        self._indexing = asyncio.Lock()
        self._indexed: OrderedDict[str, tuple[_Fingerprint, Names]] = OrderedDict()

    @property
    def knows_postcodes(self) -> bool:
        """Whether there is a table of postcodes."""
        return self._postcodes is not None

    async def find(self, query: str, state: ElectionState) -> Found:
        """Returns what a query finds in an election: places by name, or a postcode's ward."""
        postcode = postcode_of(query)
        names = await self._names(state)
        if not postcode:
            return Found(tuple(names.find(query)))
        if self._postcodes is None:
            return Found((), postcode, None)
        area = self._postcodes.area(postcode)
        if area is None:
            return Found((), postcode, postcode_known=False)
        return Found(_places(area, names), postcode, postcode_known=True)

    async def near(self, query: str, state: ElectionState, hits_max: int) -> list[NamedPlace]:
        """Returns the places whose names are like a text, the likeliest first."""
        return (await self._names(state)).find(query, hits_max)

    async def _names(self, state: ElectionState) -> Names:
        async with self._indexing:
            return await self._indexed_names(state)

    async def _indexed_names(self, state: ElectionState) -> Names:
        opened = state.opened()
        # A ward's id is made of its name, so that other names come with other ids.
        fingerprint = tuple(
            (each.council, each.name, hash(frozenset(state.councils[each.council].wards_json)))
            for each in opened
        )
        known = self._indexed.get(state.election)
        if known is None or known[0] != fingerprint:
            # Some 200 ms for a night of 4,000 wards, beside the event loop.
            known = (fingerprint, await asyncio.to_thread(Names, _named(state)))
            self._indexed[state.election] = known
            while len(self._indexed) > INDEXED_MAX:
                self._indexed.popitem(last=False)
        self._indexed.move_to_end(state.election)
        return known[1]


def _named(state: ElectionState) -> list[NamedPlace]:
    return [
        place
        for totals in state.opened()
        for place in (_council(totals), *_wards(totals, state.councils[totals.council].wards))
    ]


def _council(totals: CouncilTotals) -> NamedPlace:
    address = f"/councils/{totals.council}"
    return NamedPlace("council", totals.name, address, totals.election, gss=totals.council_gss)


def _wards(totals: CouncilTotals, wards: Iterable[WardTotals]) -> Iterator[NamedPlace]:
    for ward in wards:
        yield NamedPlace(
            "ward",
            ward.ward,
            f"/councils/{totals.council}/wards/{ward.ballot_paper_id}",
            totals.election,
            within=totals.name,
            gss=ward.ward_gss,
            ballot=ward.ballot_paper_id,
        )


def _places(area: Area, names: Names) -> tuple[NamedPlace, ...]:
    """Returns the wards and councils of an area that this election has, wards first."""
    found = (names.with_ballot(code) or names.with_gss(code) for code in area)
    return tuple(each for each in found if each is not None)
