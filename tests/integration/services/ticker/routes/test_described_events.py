"""The events of the stream are just those that the OpenAPI document describes."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from services.platform.settings import Settings
from services.ticker.app import create_app
from services.ticker.broadcast.frame import Frame
from services.ticker.broadcast.subscriber import DISPLACED, TOO_SLOW, reset_event
from services.ticker.broadcast.subscribers import HEARTBEAT
from services.ticker.feed.election_views import BROKEN
from services.ticker.feed.entry import Entry
from services.ticker.feed.follower import FRESH, STALE
from services.ticker.feed.parsing import READABLE_KINDS
from services.ticker.routes.stream_events import EVENTS, component_name
from tests.support.counted import Counted
from tests.support.ticking import ELECTION, WARDS, Reader, declared, opened, ticking

pytestmark = pytest.mark.redis_only

Eventually = Callable[..., Awaitable[object]]


def validator(document: dict[str, Any], name: str) -> Draft202012Validator:
    """Returns what judges a value by a schema of the document."""
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    )


def parsed(frame: bytes) -> dict[str, Any]:
    """Returns a server-sent event as the document describes it, without an id of its own."""
    fields = dict(line.split(": ", 1) for line in frame.decode().strip().split("\n"))
    return fields | {"data": json.loads(fields["data"])}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(Settings()).openapi()


async def test_what_a_stream_sends_is_as_described(
    settings: Settings, counted: Counted, eventually: Eventually, document: dict[str, Any]
) -> None:
    """Every event of a council that opens, declares and is called, by its name."""
    await counted.count(opened())
    async with ticking(settings) as url:
        async with Reader(f"{url}/v1/stream?election={ELECTION}&after=0-0") as reader:
            await counted.count(*(declared(ward, "PP52") for ward in WARDS))
            await eventually(lambda: reader.of("alert"))
        sent = [{"id": each.id, "event": each.name, "data": each.data} for each in reader.events]

    assert {event["event"] for event in sent} >= {"totals", "ward", "alert"}
    for event in sent:
        assert event["event"] in EVENTS
        assert [*validator(document, "StreamEvent").iter_errors(event)] == []


@pytest.mark.parametrize(
    "frame", [HEARTBEAT, STALE, FRESH, TOO_SLOW, DISPLACED, BROKEN, reset_event("17-0")]
)
def test_signs_of_the_stream_itself_are_as_described(
    frame: Frame, document: dict[str, Any]
) -> None:
    """A client that knows the document knows what to do when it is cut off, or behind."""
    event = parsed(frame.events)

    assert event["event"] in EVENTS
    assert [*validator(document, "StreamEvent").iter_errors(event)] == []


def test_every_kind_of_entry_is_an_event_that_is_described(document: dict[str, Any]) -> None:
    """And nothing is described that is neither an entry of the feed nor a sign of the stream."""
    of_itself = {"reset", "stale", "fresh", "closed", "beat"}

    assert set(EVENTS) == {*READABLE_KINDS, *of_itself}
    for name, event in EVENTS.items():
        schema = document["components"]["schemas"][component_name(name)]
        (example,) = schema["examples"]

        assert schema["properties"]["event"] == {"const": name}
        assert [*validator(document, component_name(name)).iter_errors(example)] == []
        assert ("id" in schema["properties"]) == event.has_id
    assert [*validator(document, "AlertEvent").iter_errors({})] != []


def test_an_entry_of_each_kind_comes_under_its_name_with_its_id(document: dict[str, Any]) -> None:
    """The night's event is shorter than what it is made from, and fits all the same."""
    for kind in READABLE_KINDS:
        data = EVENTS[kind].example.model_dump_json(by_alias=True).encode()
        about = EVENTS[kind].example.model_dump().get("council") or ""
        fields = {b"type": kind.encode(), b"data": data, b"council": about.encode()}
        event = parsed(Entry.read(b"17-0", fields).frame)

        assert (event["event"], event["id"]) == (kind, "17-0")
        assert [*validator(document, "StreamEvent").iter_errors(event)] == []


async def test_the_description_is_a_page_too(client: httpx.AsyncClient) -> None:
    """Every path and every schema has its place on it, and each link leads to one; no script."""
    page = await client.get("/v1/docs")
    described = (await client.get("/v1/openapi.json")).json()

    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    for path in described["paths"]:
        assert f"GET {path}</code>" in page.text
    for name in described["components"]["schemas"]:
        assert f'id="schema-{name}"' in page.text
    links = {part.partition('"')[0] for part in page.text.split('href="#')[1:]}
    assert all(f'id="{link}"' in page.text for link in links)
    assert "https://" not in page.text.partition("<main")[0]
    assert (await client.get("/v1")).headers["Location"] == "/v1/docs"


async def test_the_document_says_all_that_a_client_asks_first(
    settings: Settings, counted: Counted
) -> None:
    """Where it is served, on which terms, by whom, and what every parameter is."""
    await counted.count(opened())
    named = settings.model_copy(
        update={"public_url": "https://count.example.org", "newsroom": "The Argus"}
    )
    async with ticking(named) as url, httpx.AsyncClient(base_url=url) as client:
        described = (await client.get("/v1/openapi.json")).json()

    assert described["servers"] == [{"url": "https://count.example.org"}]
    assert described["info"]["contact"]["name"] == "The Argus"
    assert described["info"]["license"]["name"] == "MIT"
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert operation["description"], path
            assert {"404", "422", "503"} <= operation["responses"].keys(), path
            for status, answer in operation["responses"].items():
                assert answer["description"] not in {"", "Successful Response"}, (path, status)
            for parameter in operation.get("parameters", ()):
                assert parameter["description"], (path, parameter["name"])
    assert "HTTPValidationError" not in described["components"]["schemas"]
