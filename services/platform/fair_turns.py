"""Turns at beginning a request, shared between clients.

An event loop answers requests in the order in which they came, and takes in nothing new before it
has been round. If somebody sends a thousand at once, everybody else waits for all of them. Here a
few requests begin in each round of the loop, and the clients that wait take turns.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from time import perf_counter
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from services.platform.addresses import client_of

ROUND_S: Final = 0.005
"""How long requests may begin in a round as they come: what is short never has to wait."""

EACH_ROUND: Final = 4
"""Requests that begin in a round if some have to wait: a page takes some 5 ms, and what others
send is looked at after 20."""

GONE: Final = "livecount.gone"
"""The extension of an ASGI scope that says, when it is called, whether the client has gone."""


def _is_here() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Turn:
    """A request that waits. If its client has gone it is ended, which takes no turn."""

    given: asyncio.Future[None]
    gone: Callable[[], bool]


class FairTurns:
    """Begins the requests of each client in turn. A request that has begun is never held up.

    The client that has had the fewest turns since requests began to wait goes first, so that one
    who asks for a single page does not wait for those who ask for hundreds.
    """

    def __init__(
        self, app: ASGIApp, each_round: int = EACH_ROUND, round_s: float = ROUND_S
    ) -> None:
        self._app = app
        self._each_round = each_round
        self._round_s = round_s
        self._round_began: float | None = None
        self._requests: dict[str, deque[_Turn]] = {}
        self._order: list[tuple[int, int, str]] = []
        self._turns_had: dict[str, int] = {}
        self._arrivals = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request when it is its client's turn."""
        if scope["type"] == "http":
            now = perf_counter()
            if self._round_began is None:
                self._begin_round(now)
            if self._order or now - (self._round_began or now) >= self._round_s:
                gone = scope.get("extensions", {}).get(GONE, _is_here)
                client = client_of(scope["client"][0] if scope.get("client") else "")
                await self._turn(client, gone)
                if gone():
                    return
        await self._app(scope, receive, send)

    async def _turn(self, client: str, gone: Callable[[], bool]) -> None:
        turn = _Turn(asyncio.get_running_loop().create_future(), gone)
        if client in self._requests:
            self._requests[client].append(turn)
        else:
            self._requests[client] = deque([turn])
            self._queue(client)
        await turn.given

    def _queue(self, client: str) -> None:
        self._arrivals += 1
        heappush(self._order, (self._turns_had.get(client, 0), self._arrivals, client))

    def _begin_round(self, now: float) -> None:
        self._round_began = now
        asyncio.get_running_loop().call_soon(self._next_round)

    def _next_round(self) -> None:
        self._round_began = None
        left = self._each_round
        while left and self._order:
            _, _, client = heappop(self._order)
            turns = self._requests[client]
            turn = turns.popleft()
            # It is done already if its request was given up.
            if not turn.given.done():
                turn.given.set_result(None)
                if not turn.gone():
                    left -= 1
                    self._turns_had[client] = self._turns_had.get(client, 0) + 1
            if turns:
                self._queue(client)
            else:
                del self._requests[client]
        if self._order:
            self._begin_round(perf_counter())
        else:
            self._turns_had.clear()
