"""A stringer at a count: a client that fills in the forms of entry as a browser does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.support.entering import Desk, hidden


class Stringer(Desk):
    """Somebody with the key of a stringer."""

    async def ward(self, ballot: str) -> httpx.Response:
        """Returns the page of a ward with its form."""
        return await self.get(f"/wards/{ballot}")

    async def fields(self, ballot: str) -> dict[str, str]:
        """Returns the hidden fields of a ward's form of figures."""
        page = await self.ward(ballot)
        assert page.status_code == 200, page.text
        return hidden(page.text.partition('class="people"')[0])

    async def check(self, ballot: str, **given: str) -> httpx.Response:
        """Fills in a ward's form and has it checked; returns what is read back."""
        return await self.send(f"/wards/{ballot}", await self.fields(ballot) | names(given))

    async def check_sheet(self, ballot: str, **votes: str) -> httpx.Response:
        """As `check`, with marks for those with the most votes, as a sheet has them."""
        page = (await self.ward(ballot)).text
        seats = int(page.partition('data-seats="')[2].partition('"')[0])
        return await self.check(ballot, **(marks(votes, seats) | votes))

    async def notice(self, ballot: str, say: str, **given: str) -> httpx.Response:
        """Says how a count stands, and returns what is read back."""
        page = (await self.ward(ballot)).text.partition('class="sheet notices"')[2]
        return await self.send(f"/wards/{ballot}", hidden(page) | {"say": say} | given)

    async def press_send(self, checked: httpx.Response) -> httpx.Response:
        """Sends what a page reads back, and returns the page that it leads to."""
        assert checked.status_code == 200, checked.text
        path = str(checked.url.path)
        return await self.send(f"{path}/send", hidden(checked.text.partition("read-back")[2]))

    async def declare(self, ballot: str, **given: str) -> httpx.Response:
        """Fills in a ward's form as from a sheet, reads it back and sends it."""
        return await self.press_send(await self.check_sheet(ballot, **given))

    async def take_back(self, ballot: str) -> httpx.Response:
        """Takes back what was sent of a ward, reads it back and sends it."""
        page = (await self.get(f"/wards/{ballot}/sent")).text.partition('take-back"')[2]
        given = hidden(page) | {"say": "withdraw"}
        return await self.press_send(await self.send(f"/wards/{ballot}", given))


def marks(given: dict[str, str], seats: int) -> dict[str, str]:
    """Returns the marks of those with the most votes among what is typed."""
    votes = {name: int(text) for name, text in given.items() if name.startswith("votes_")}
    most = sorted(votes, key=lambda name: -votes[name])[:seats]
    return {name.replace("votes_", "elected_"): "yes" for name in most}


def names(given: dict[str, str]) -> dict[str, str]:
    """Returns fields by their names in the form: `votes_0` is `votes-0`."""
    return {name.replace("_", "-"): value for name, value in given.items()}


@asynccontextmanager
async def at_the_count(url: str, token: str = "") -> AsyncIterator[Stringer]:
    """A stringer, who has opened their invitation if there is a token."""
    stringer = Stringer(url)
    async with stringer.client:
        if token:
            assert (await stringer.open(token)).headers["location"] == "/wards"
        yield stringer
