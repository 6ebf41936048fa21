"""Whatever a request to intake is, the answer is never that intake has failed."""

from __future__ import annotations

import asyncio
import json
import os
import string
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import hypothesis
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from schemas.examples import EXAMPLES
from services.intake.http import create_app
from services.intake.producer import DeclarationProducer
from services.platform.settings import Settings
from tests.support.asgi import failed, status_of

TIMES = int(os.environ.get("FUZZ_REQUESTS", "400"))
"""Requests of one run, some seconds; `make fuzz-long` sends more."""

EVENTS = [
    json.loads(EXAMPLES[name].model_dump_json(exclude_none=True)) | {"mode": "rehearsal"}
    for name in ("council.opened", "ward.declared", "ward.status", "council.declared")
]
ODD = st.sampled_from(
    [
        *("", "x" * 3_000, "\x00", "\ud800", "\u202e", "live", "0001-01-01T00:00:00Z", "NaN"),
        *(0, -1, 2**63, 10**400, 1e308, -0.0, True, None),
        *([], {}, [[]], [{}], {"type": "ward.status"}, {"": ""}),
    ]
)
JUNK = st.one_of(ODD, st.recursive(ODD, lambda inner: st.lists(inner, max_size=3), max_leaves=5))
JSON = {"content-type": "application/json"}
HEADER = st.text(string.printable.replace("\r", "").replace("\n", ""), max_size=60)
HEADERS = st.one_of(
    HEADER,
    st.sampled_from(["\xff", "%00", "%e2%80%ae", "1" * 400, "2026-05-08T00:00:00Z", "a b", "{}"]),
)
MEDIA_TYPES = st.sampled_from(
    ["application/json", "application/x-ndjson", "application/jsonl", "text/csv", "", ";;", "\xff"]
)


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """Intake with a real Kafka."""
    async with DeclarationProducer(settings) as producer:
        yield create_app(settings, producer)


def places(value: Any, here: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Returns the place of each value in JSON."""
    inner = enumerate(value) if isinstance(value, list) else ()
    inner = value.items() if isinstance(value, dict) else inner
    return [here, *(place for key, each in inner for place in places(each, (*here, key)))]


def replaced(value: Any, place: tuple[str | int, ...], new: Any) -> Any:
    """Returns JSON with another value at a place."""
    if not place:
        return new
    key, *rest = place
    if isinstance(value, dict):
        return value | {key: replaced(value[key], tuple(rest), new)}
    index = int(key)
    return [*value[:index], replaced(value[index], tuple(rest), new), *value[index + 1 :]]


@st.composite
def events(draw: st.DrawFn) -> Any:
    """Returns a sound event, or one in which some values are junk."""
    event = draw(st.sampled_from(EVENTS))
    for _ in range(draw(st.integers(0, 3))):
        event = replaced(event, draw(st.sampled_from(places(event))), draw(JUNK))
    return event


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Returns a body of one event, of an array or of lines of them, whole or cut; or any bytes."""
    several = [json.dumps(event).encode() for event in draw(st.lists(events(), max_size=4))]
    whole = draw(
        st.sampled_from(
            [
                *several[:1],
                b"[" + b",".join(several) + b"]",
                b"\n".join(several),
                b"\r\n\r\n".join(several) + b"\n",
            ]
        )
    )
    cut = whole[: draw(st.integers(0, len(whole)))]
    depth = b"[" * 100_000
    utf16 = whole.decode().encode("utf-16")
    odd = draw(st.one_of(st.binary(max_size=50), st.sampled_from([cut, depth, utf16])))
    return draw(st.sampled_from([whole, whole, whole, odd]))


@st.composite
def requests(draw: st.DrawFn, document: dict[str, Any]) -> tuple[str, str, dict[str, str], bytes]:
    """Returns a request to an operation of an OpenAPI document: method, path, headers and body."""
    path = draw(st.sampled_from([*document["paths"], "/v1/declarations"]))
    operations = document["paths"][path]
    method = draw(st.sampled_from([*operations, *operations, "get", "post", "put", "head"]))
    names = [each["name"] for each in operations.get(method, {}).get("parameters", ())]
    odd = st.sampled_from([*names, "authorization", "content-length", "content-encoding", "accept"])
    headers = {name: draw(HEADERS) for name in draw(st.lists(odd, max_size=3))}
    query = draw(st.sampled_from(["", "", "?x=%00", f"?{'x' * 3_000}", "?&&=%ff"]))
    return (
        method.upper(),
        path + query,
        {"content-type": draw(MEDIA_TYPES)} | headers,
        draw(bodies()),
    )


# Kafka's client uses chance, too, in the loop beside the thread that draws the requests.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
async def test_no_request_makes_intake_fail(app: FastAPI) -> None:
    """Junk in paths, methods, headers and bodies is refused or ignored: no 5xx but 503."""
    loop = asyncio.get_running_loop()
    statuses: Counter[int] = Counter()

    @hypothesis.settings(max_examples=TIMES, deadline=None, database=None)
    @given(requests(app.openapi()))
    @hypothesis.example(("POST", "/v1/declarations", JSON, json.dumps(EVENTS[0]).encode()))
    @hypothesis.example(("POST", "/v1/declarations", JSON, b"{}"))
    def ask(request: tuple[str, str, dict[str, str], bytes]) -> None:
        method, target, headers, body = request
        asked = status_of(app, target, headers, method=method, body=body)
        status = asyncio.run_coroutine_threadsafe(asked, loop).result()
        statuses[status] += 1
        assert not failed(status)

    await asyncio.to_thread(ask)
    assert statuses[202]
    assert statuses[422]
