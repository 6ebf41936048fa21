"""Feeds: what each says of itself in its health, asked again and again for the desk page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import httpx

EVERY_S: Final = 10.0
"""How often feeds are asked: the desk is told of one that has died within so many seconds."""

TIMEOUT_S: Final = 5.0
"""How long a feed may take to answer; it does so from a thread that waits for nothing."""

SHOWN_BYTES: Final = 4_000
"""Of an answer so much is read: a feed names the first three things of each kind."""

_WELL: Final = "ok"


class FeedState(NamedTuple):
    """What a feed says of itself. `wrong` is blank if nothing is."""

    name: str
    wrong: str


class FeedStates:
    """Asks feeds for their health; calls `on_change` whenever one of them says something else.

    `addresses` are those of their health, by the name that the desk has for each.
    """

    def __init__(self, addresses: Mapping[str, str], on_change: Callable[[], None]) -> None:
        self._addresses = addresses
        self._on_change = on_change
        self._wrong = dict.fromkeys(addresses, "not asked yet")

    def all(self) -> tuple[FeedState, ...]:
        """Returns the state of every feed, in the order of the setting."""
        return tuple(FeedState(name, wrong) for name, wrong in self._wrong.items())

    async def run(self) -> None:
        """Asks until cancelled; returns at once if there are no feeds."""
        if not self._addresses:
            return
        # They are the newsroom's own processes, and behind no proxy.
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
            while True:
                said = await asyncio.gather(
                    *(_wrong(client, address) for address in self._addresses.values())
                )
                found = dict(zip(self._addresses, said, strict=True))
                if found != self._wrong:
                    self._wrong = found
                    self._on_change()
                await asyncio.sleep(EVERY_S)


async def _wrong(client: httpx.AsyncClient, address: str) -> str:
    """Returns what is wrong with a feed, by its own words or because it does not answer."""
    try:
        async with client.stream("GET", f"{address}/health/ready") as answer:
            body = b""
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) >= SHOWN_BYTES:
                    break
    except httpx.HTTPError as error:
        return f"does not answer: {type(error).__name__}; see whether it runs"
    text = body[:SHOWN_BYTES].decode(errors="replace").strip()
    if not answer.is_success:
        return text or f"answers {answer.status_code}"
    return text.removeprefix(_WELL).removeprefix(";").strip()
