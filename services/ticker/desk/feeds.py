"""Feeds: what each says of itself in its health, asked again and again for the desk page."""

from __future__ import annotations

import asyncio
import re
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

_SOME: Final = re.compile(r"((\w+): \d+) \((.*?)\)?")
"""A line of a feed's health: of what kind, how many, and the first of them."""

_REMEDIES: Final = {
    "broken": "What was said stands, and it is asked again by itself. See whether its address or"
    " its form has changed.",
    "late": "Nothing was said an hour after it was expected. See whether the count is late.",
    "refused": "Correct the key, or the figures; it is sent again within a quarter of an hour.",
    "findings": "Correct what the source says, or prepare the night again and restart the feed;"
    " all else counts.",
}


class FeedFault(NamedTuple):
    """One thing that is wrong with a feed, with the first of those concerned and what to do."""

    what: str
    each: tuple[str, ...] = ()
    remedy: str = ""


class FeedState(NamedTuple):
    """What a feed says of itself. `wrong` is blank if nothing is."""

    name: str
    wrong: str

    @property
    def faults(self) -> tuple[FeedFault, ...]:
        """What is wrong with the feed, one for each line of what it says."""
        return tuple(map(_fault, self.wrong.splitlines()))

    @property
    def kinds(self) -> str:
        """What is wrong in few words, which stay the same as long as it does."""
        return ", ".join(fault.what.partition(":")[0] for fault in self.faults)


def _fault(line: str) -> FeedFault:
    found = _SOME.fullmatch(line)
    if found is None:
        return FeedFault(line)
    return FeedFault(found[1], tuple(found[3].split(" | ")), _REMEDIES.get(found[2], ""))


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
