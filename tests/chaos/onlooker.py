"""An onlooker: reads what anybody can of an election while its night goes on."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from random import Random
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx

from services.ticker.pages.past_pages import rounded
from tests.chaos.published import Sightings, in_body, in_json
from tests.fuzz.readers import COUNCIL_PATHS, WARD_PATH

READ_TIMEOUT_S = 10.0
"""A ticker that is killed or waits for Redis gives no answer, and the next page is tried."""

BETWEEN_S = 0.15
"""Between two pages. Some 1,500 are read in a night, which the ticker hardly notices."""

AGAIN_S = 0.5
"""Between two attempts to open a stream while the ticker is away."""

PAST_MS = 120_000
"""How far back the pages of the past are that it asks for."""


class Onlooker:
    """Reads pages of chance, and two streams, while it is open; `answers` are those it got.

    `ballots` are the ballots of the election's councils. Faults strike the ticker, so that a
    request that fails says nothing.
    """

    def __init__(
        self, ticker: str, election: str, ballots: Mapping[str, tuple[str, ...]], chance: Random
    ) -> None:
        self.sightings = Sightings()
        self.answers = 0
        self._client = httpx.AsyncClient(base_url=ticker, timeout=READ_TIMEOUT_S)
        self._election = election
        self._ballots = ballots
        self._chance = chance
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        streams = (f"/v1/stream?election={self._election}", f"/live/{self._election}?view=night")
        self._tasks = [asyncio.create_task(self._pages())]
        self._tasks += [asyncio.create_task(self._stream(path)) for path in streams]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stops reading. Raises what made a reader fail, other than a ticker that was away."""
        for task in self._tasks:
            task.cancel()
        outcomes = await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()
        for outcome in outcomes:
            if isinstance(outcome, Exception) and error is None:
                raise outcome

    async def read_all(self) -> None:
        """Reads every ward's page and every council's, once."""
        for council, ballots in self._ballots.items():
            for template in COUNCIL_PATHS:
                await self._read(template, council, "")
            for ballot in ballots:
                await self._read(WARD_PATH, council, ballot)

    async def _pages(self) -> None:
        while True:
            council = self._chance.choice(list(self._ballots))
            ballot = self._chance.choice(self._ballots[council])
            # A ward's page has most figures, and there are many wards.
            template = self._chance.choice((*COUNCIL_PATHS, *[WARD_PATH] * 4))
            await self._read(template, council, ballot)
            await asyncio.sleep(BETWEEN_S)

    async def _read(self, template: str, council: str, ballot: str) -> None:
        then = rounded(int(time.time() * 1_000) - self._chance.randint(0, PAST_MS))
        path = template.format(
            council=council, ballot=quote(ballot), election=self._election, at=then
        )
        try:
            answer = await self._client.get(path)
        except httpx.HTTPError:
            return
        if answer.status_code != httpx.codes.OK:
            return
        self.answers += 1
        about = council if "{council}" in template else self._election
        media_type = answer.headers["content-type"].partition(";")[0]
        self.sightings.note(template, time.time(), in_body(answer.text, media_type, about))

    async def _stream(self, path: str) -> None:
        """Reads the data of a stream's events, and opens it again when it ends."""
        where = path.partition("?")[0]
        while True:
            try:
                async with self._client.stream("GET", path, timeout=None) as answer:
                    async for line in answer.aiter_lines():
                        name, _, data = line.partition(": ")
                        if name == "data":
                            figures = in_json(json.loads(data), self._election)
                            self.sightings.note(where, time.time(), figures)
            except httpx.HTTPError:
                pass
            await asyncio.sleep(AGAIN_S)
