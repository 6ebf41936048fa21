"""Clients that ask for much do not hold up those that ask for little."""

from __future__ import annotations

import asyncio

from starlette.types import Message, Receive, Scope, Send

from services.platform.fair_turns import GONE, FairTurns


async def _receive() -> Message:
    return {"type": "http.disconnect"}


async def _send(_: Message) -> None:
    return


async def _asked(*clients: str, gone: str = "") -> list[str]:
    """Returns the order in which requests begin that clients send in this order, all at once."""
    begun: list[str] = []

    async def application(scope: Scope, _: Receive, __: Send) -> None:
        begun.append(scope["client"][0])

    turns = FairTurns(application, each_round=1, round_s=0.0)

    def scope(client: str) -> Scope:
        extensions = {GONE: lambda: client == gone}
        return {"type": "http", "client": (client, 1), "extensions": extensions}

    await asyncio.gather(*(turns(scope(client), _receive, _send) for client in clients))
    return begun


async def test_a_single_request_does_not_wait_for_hundreds() -> None:
    """Who has had no turn yet goes before a client that has had some."""
    begun = await _asked(*["many"] * 300, "one")

    assert begun.index("one") <= 2
    assert len(begun) == 301


async def test_clients_take_turns() -> None:
    """While several wait, each has as many turns as the others."""
    begun = await _asked(*["a"] * 10, *["b"] * 10, *["c"] * 10)

    assert {name: begun[1:16].count(name) for name in "abc"} == {"a": 5, "b": 5, "c": 5}


async def test_nothing_is_begun_for_a_client_that_has_gone() -> None:
    """A request whose client went away while it waited is left out."""
    assert "b" not in await _asked("a", "a", "b", "a", gone="b")


async def test_short_requests_wait_for_nobody() -> None:
    """Requests that take no time begin in the order in which they come."""
    begun: list[str] = []

    async def application(scope: Scope, _: Receive, __: Send) -> None:
        begun.append(scope["client"][0])

    turns = FairTurns(application, each_round=1, round_s=60.0)
    order = ["a", "a", "b", "a", "c"]
    for client in order:
        await turns({"type": "http", "client": (client, 1)}, _receive, _send)

    assert begun == order
