"""Whatever a request's parameters are, the answer is never that the ticker has failed."""

from __future__ import annotations

import asyncio
import re
import string
from collections import Counter
from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx
import hypothesis
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from services.platform.settings import Settings
from services.ticker.app import create_app
from services.ticker.routes import api, desk, embeds, pages, stream
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, ballot, declared, opened

EXAMPLES = 400
"""Requests of one run, some seconds; the long fuzz sends more."""

TOKEN = "a-token-of-the-desk"  # noqa: S105 -- used only by this test

ROUTES = [
    route
    for router in (api.router, stream.router, pages.router, desk.router, embeds.router)
    for route in router.routes
    if isinstance(route, APIRoute)
]

NUMBERS = st.one_of(
    st.integers().map(str),
    st.integers(-(10**40), 10**40).map(str),
    st.sampled_from(["", "0", "-0", "1e9", "NaN", "inf", "9" * 5_000, "\u0663", "0x1", "1_000"]),
)
REAL = st.sampled_from(
    [ELECTION, COUNCIL, ballot("Ash"), "night", f"council {COUNCIL}", "1-1", "0-0", "json"]
)
ODD = st.sampled_from(
    [
        "local.9999-99-99",
        "local..2014-05-22",
        "local.x.2014-05-22\n",
        "../../etc/passwd",
        "%00",
        "\x00",
        "\ud7ff\uffff",
        "http://[::1",
        "x" * 3_000,
        "1716403800000-0",
        "\uff11-\uff11",
        f"ward {COUNCIL} {ballot('Ash')}",
        f"http://testserver/councils/{COUNCIL}",
    ]
)
VALUES = st.one_of(REAL, ODD, NUMBERS, st.text(max_size=60))
HEADERS = st.text(string.printable.replace("\r", "").replace("\n", ""), max_size=50)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """Returns the address of one of the routes, with its parameters filled at will, and headers."""
    route = draw(st.sampled_from(ROUTES))
    path = route.path
    for name in route.param_convertors:
        path = path.replace(f"{{{name}}}", quote(draw(VALUES), safe="") or "x")
    known = [each.alias for each in route.dependant.query_params]
    names = st.sampled_from([*known, "at", "wall", "x"])
    query = draw(st.lists(st.tuples(names, VALUES), max_size=6))
    text = "&".join(f"{name}={quote(value, safe='')}" for name, value in query)
    headers = {
        "Host": draw(st.sampled_from(["ticker", "[::1", "a b", ""])),
        "Accept": draw(st.sampled_from(["text/html", "*/*", ""])),
        "Last-Event-ID": draw(HEADERS),
        "Authorization": draw(st.one_of(HEADERS, st.just(f"Bearer {TOKEN}"))),
        "If-None-Match": draw(HEADERS),
    }
    return f"{path}?{text}", headers


@pytest.fixture
async def app(settings: Settings, counted: Counted) -> AsyncIterator[FastAPI]:
    """A running ticker with a small night and a desk."""
    await counted.count(opened(), declared("Ash", "PP52"))
    made = create_app(settings.model_copy(update={"desk_token": SecretStr(TOKEN)}))
    async with made.router.lifespan_context(made):
        yield made


async def answer(app: FastAPI, target: str, headers: dict[str, str]) -> int:
    """Returns the status of a request's answer, without waiting for the end of a stream."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": httpx.URL(f"http://x{path}").path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [
            (name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()
        ],
        "client": ("192.0.2.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    status: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def receive() -> dict[str, object]:
        # A client that goes away as soon as it has the status, so that streams end.
        await asyncio.wait([status])
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start" and not status.done():
            status.set_result(int(str(message["status"])))

    await app(scope, receive, send)  # type: ignore[arg-type]
    return status.result()


# Kafka's client uses chance, too, in the loop beside the thread that draws the requests.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
async def test_no_parameter_makes_the_ticker_fail(app: FastAPI) -> None:
    """Junk in paths, queries and headers of every route is refused or ignored, never a 500."""
    loop = asyncio.get_running_loop()
    statuses: Counter[int] = Counter()

    @hypothesis.settings(max_examples=EXAMPLES, deadline=None, database=None)
    @given(requests())
    def ask(request: tuple[str, dict[str, str]]) -> None:
        status = asyncio.run_coroutine_threadsafe(answer(app, *request), loop).result()
        statuses[status] += 1
        assert status != 500

    await asyncio.to_thread(ask)
    assert statuses[200]
    assert statuses[422]


async def test_every_parameter_has_bounds(app: FastAPI) -> None:
    """A parameter that is too long or too large for anything real is refused with 422."""
    for route in ROUTES:
        for parameter in route.dependant.query_params:
            if parameter.alias == "alerts":
                continue
            path = re.sub(r"{[a-z]+}", "x", route.path)
            for value in ("x" * 3_000, "9" * 4_000):
                needed = f"election={ELECTION}&view=night&url=x"
                target = f"{path}?{needed}&{parameter.alias}={value}"
                headers = {"Authorization": f"Bearer {TOKEN}"}

                assert await answer(app, target, headers) == 422, target
        for name in route.param_convertors:
            path = re.sub(r"{[a-z]+}", "x", route.path.replace(f"{{{name}}}", "x" * 300))

            assert await answer(app, f"{path}?view=night", {}) == 422, path
