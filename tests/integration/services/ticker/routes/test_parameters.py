"""Whatever a request's parameters are, the answer is never that the ticker has failed."""

from __future__ import annotations

import asyncio
import os
import re
import string
from collections import Counter
from collections.abc import AsyncIterator
from urllib.parse import quote

import hypothesis
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from services.platform.settings import Settings
from services.ticker.app import create_app
from services.ticker.routers import DATA, PAGES
from tests.support.asgi import failed, status_of
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, ballot, declared, opened

pytestmark = pytest.mark.redis_only

EXAMPLES = int(os.environ.get("FUZZ_REQUESTS", "400"))
"""Requests of one run, some seconds; `make fuzz-long` sends more."""

TOKEN = "a-token-of-the-desk"  # noqa: S105 -- used only by this test

ROUTES = [
    route for router in (*DATA, *PAGES) for route in router.routes if isinstance(route, APIRoute)
]

NUMBERS = st.one_of(
    st.integers().map(str),
    st.integers(-(10**40), 10**40).map(str),
    st.sampled_from(["", "0", "-0", "1e9", "NaN", "inf", "9" * 5_000, "\u0663", "0x1", "1_000"]),
)
REAL = st.sampled_from(
    [
        *(ELECTION, COUNCIL, ballot("Ash"), "night", f"council {COUNCIL}"),
        *("1-1", "0-0", "json", "cy", f"council {COUNCIL} cy"),
    ]
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
METHODS = st.sampled_from(["GET"] * 8 + ["HEAD", "POST", "OPTIONS", "DELETE"])
HEADERS = st.text(string.printable.replace("\r", "").replace("\n", ""), max_size=50)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, dict[str, str], str]:
    """Returns the address of one of the routes, its parameters at will, headers, and a method."""
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
    return f"{path}?{text}", headers, draw(METHODS)


@pytest.fixture
async def app(settings: Settings, counted: Counted) -> AsyncIterator[FastAPI]:
    """A running ticker with a small night and a desk."""
    await counted.count(opened(), declared("Ash", "PP52"))
    made = create_app(settings.model_copy(update={"desk_token": SecretStr(TOKEN)}))
    async with made.router.lifespan_context(made):
        yield made


# Kafka's client uses chance, too, in the loop beside the thread that draws the requests.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
async def test_no_parameter_makes_the_ticker_fail(app: FastAPI) -> None:
    """Junk in paths, queries and headers of every route is refused or ignored: no 5xx but 503."""
    loop = asyncio.get_running_loop()
    statuses: Counter[int] = Counter()

    @hypothesis.settings(max_examples=EXAMPLES, deadline=None, database=None)
    @given(requests())
    def ask(request: tuple[str, dict[str, str], str]) -> None:
        target, headers, method = request
        asked = status_of(app, target, headers, method=method)
        status = asyncio.run_coroutine_threadsafe(asked, loop).result()
        statuses[status] += 1
        # What oEmbed asks for where a format is not offered.
        is_refused_format = status == 501 and target.startswith("/oembed?")
        assert is_refused_format or not failed(status)

    await asyncio.to_thread(ask)
    assert statuses[200]
    assert statuses[422]


def test_every_operation_of_the_document_is_asked_for(settings: Settings) -> None:
    """What OpenAPI says that the ticker takes is among what this sends."""
    sent = {
        (route.path, parameter.alias)
        for route in ROUTES
        for parameter in (
            *route.dependant.path_params,
            *route.dependant.query_params,
            *route.dependant.header_params,
        )
    }
    stated = {
        (path, parameter["name"])
        for path, operations in create_app(settings).openapi()["paths"].items()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
    }

    assert stated
    assert stated <= sent


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

                assert await status_of(app, target, headers) == 422, target
        for name in route.param_convertors:
            path = re.sub(r"{[a-z]+}", "x", route.path.replace(f"{{{name}}}", "x" * 300))

            assert await status_of(app, f"{path}?view=night", {}) == 422, path
