"""Intake's HTTP service with a real Kafka."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Any

import pytest

from schemas.envelope import content_id, read_headers
from schemas.events import decode_event, encode_event
from schemas.ward import WardStatus
from services.platform.names import Topics
from services.platform.settings import Settings
from tests.support.intake_log import log, notice
from tests.support.stopped import stop
from tests.support.topics import messages_once_readable

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]


async def test_202_means_that_it_is_in_kafka(start: Callable[..., Any], settings: Settings) -> None:
    """The answer gives the partition and offset of the event, which has its headers."""
    intake = await start()
    answer = await intake.post(notice())

    assert answer.status_code == 202
    (record,) = await log(settings)
    event = decode_event(record.value)
    (receipt,) = answer.json()["declarations"]
    assert receipt.keys() == {"id", "partition", "offset", "warnings", "checked"}
    assert receipt["id"] == content_id(encode_event(event))
    assert (receipt["partition"], receipt["offset"]) == (record.partition, record.offset)
    assert event == WardStatus.model_validate(notice())
    assert record.key == b"local.barnet.2014-05-22"
    envelope = read_headers(record.headers)
    assert envelope.type == "livecount.ward.status.v1"
    assert envelope.id == answer.json()["declarations"][0]["id"]


@pytest.mark.parametrize(
    ("media_type", "join"),
    [
        ("application/json", json.dumps),
        ("application/x-ndjson", lambda events: "\n".join(map(json.dumps, events))),
    ],
)
async def test_several_events_keep_their_order(
    start: Callable[..., Any],
    settings: Settings,
    media_type: str,
    join: Callable[[list[Any]], str],
) -> None:
    """All events of an array or of JSON lines are taken, in order."""
    intake = await start()
    content = join([notice(revision) for revision in range(1, 51)]).encode()
    answer = await intake.post(content, content_type=media_type)

    assert answer.status_code == 202
    assert len(answer.json()["declarations"]) == 50
    revisions = [json.loads(record.value)["revision"] for record in await log(settings)]
    assert revisions == list(range(1, 51))


async def test_invalid_post_produces_nothing(start: Callable[..., Any], settings: Settings) -> None:
    """One faulty event refuses the whole request, naming field, value, remedy; the log is empty."""
    intake = await start()
    answer = await intake.post([notice(), notice(revision=0)])
    live = await intake.post(notice(mode="live"))

    assert [answer.status_code, live.status_code] == [422, 422]
    (error,) = answer.json()["errors"]
    assert error == {
        "field": "[1].revision",
        "value": "0",
        "remedy": "Input should be greater than or equal to 1",
    }
    assert "takes only 'rehearsal'" in live.json()["errors"][0]["remedy"]
    assert await log(settings) == []


async def test_body_over_the_limit_is_refused(
    start: Callable[..., Any], settings: Settings
) -> None:
    """More than 8 MiB is answered with 413, with and without a content-length."""
    intake = await start()

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b" " * 1_048_576

    announced = await intake.post(b" " * 8_388_609)
    streamed = await intake.client.post("/v1/declarations", content=chunks())

    assert [announced.status_code, streamed.status_code] == [413, 413]
    assert await log(settings) == []


async def test_token_is_required(start: Callable[..., Any], settings: Settings) -> None:
    """If a token is set, a request without it or with another one is answered with 401."""
    intake = await start(intake_token="the-right-token-1")  # noqa: S106 -- good only here
    without = await intake.post(notice())
    wrong = await intake.post(notice(), authorization="Bearer wrong")
    right = await intake.post(notice(), authorization="Bearer the-right-token-1")

    assert [without.status_code, wrong.status_code, right.status_code] == [401, 401, 202]
    assert without.headers["www-authenticate"] == "Bearer"
    assert len(await log(settings)) == 1


async def test_a_web_page_declares_nothing_where_no_key_is_asked_for(
    start: Callable[..., Any], settings: Settings
) -> None:
    """A page of any site that somebody on this machine opens could send a form to it."""
    intake = await start()
    form = {"content_type": "text/plain"}
    of_page = [
        await intake.post(notice(), **form, origin=origin)
        for origin in ("https://elsewhere.example", str(intake.client.base_url), "null")
    ]

    assert [answer.status_code for answer in of_page] == [403, 403, 403]
    assert of_page[0].json()["errors"][0]["field"] == "Origin"
    assert await log(settings) == []
    assert (await intake.post(notice(), **form)).status_code == 202


async def test_repeat_with_the_same_key_is_answered_alike(
    start: Callable[..., Any], settings: Settings
) -> None:
    """A repeat with the same id gets the first one's place, and the log has one message."""
    intake = await start()
    first = await intake.post(notice(), idempotency_key="desk-17")
    again = await intake.post(notice(), ce_id="desk-17")
    other = await intake.post(notice(revision=2), idempotency_key="desk-17")

    (place,), (same,) = (answer.json()["declarations"] for answer in (first, again))
    assert [same[name] for name in ("id", "partition", "offset")] == [
        "desk-17",
        place["partition"],
        place["offset"],
    ]
    assert other.status_code == 422
    assert other.json()["errors"][0]["field"] == "Idempotency-Key"
    assert len(await log(settings)) == 1


async def test_cloudevents_attributes_are_kept(
    start: Callable[..., Any], settings: Settings
) -> None:
    """In CloudEvents' binary mode the sender's id, source and time are in the log."""
    intake = await start()
    answer = await intake.post(
        notice(),
        ce_specversion="1.0",
        ce_id="a%20b",
        ce_source="/feeds/desk",
        ce_type="livecount.ward.status.v1",
        ce_time="2014-05-23T05:10:00+01:00",
    )
    mistaken = await intake.post(notice(), ce_id="c", ce_type="livecount.ward.declared.v1")

    assert [answer.status_code, mistaken.status_code] == [202, 422]
    (record,) = await log(settings)
    envelope = read_headers(record.headers)
    assert (envelope.id, envelope.source) == ("a b", "/feeds/desk")
    assert envelope.time is not None
    assert envelope.time.isoformat() == "2014-05-23T05:10:00+01:00"


async def test_503_while_kafka_does_not_answer(
    start: Callable[..., Any], settings: Settings, stack: Any, eventually: Eventually
) -> None:
    """If Kafka hangs the answer is 503 with Retry-After; the client's repeat is taken later."""
    intake = await start()
    (kafka,) = [pid for name, pid in stack.running().items() if name.startswith("kafka")]
    await stop(kafka, eventually)
    try:
        answer, ready, live = await asyncio.gather(
            intake.post(notice(), idempotency_key="desk-1"),
            intake.client.get("/health/ready"),
            intake.client.get("/health/live"),
        )
    finally:
        os.kill(kafka, signal.SIGCONT)

    async def repeated() -> Any:
        answered = await intake.post(notice(), idempotency_key="desk-1")
        return answered if answered.status_code != HTTPStatus.SERVICE_UNAVAILABLE else None

    again = await eventually(repeated)
    declarations = Topics(settings.namespace).declarations
    taken = await eventually(lambda: messages_once_readable(settings, declarations))

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert [ready.status_code, live.status_code] == [503, 200]
    assert again.status_code == 202
    assert {json.loads(record.value)["revision"] for record in taken} == {1}


async def test_pages_load_nothing_from_other_hosts(start: Callable[..., Any]) -> None:
    """The OpenAPI document is served with the events' schemas; pages that need a CDN are not."""
    intake = await start()
    document = (await intake.client.get("/openapi.json")).json()

    assert "WardDeclared" in document["components"]["schemas"]
    assert (await intake.client.get("/docs")).status_code == 404
    assert (await intake.client.get("/redoc")).status_code == 404


def test_intake_is_not_exposed_without_a_token(process: Process) -> None:
    """Listening beyond loopback without a token is refused with status 2 and a remedy."""
    running = process("intake", "run", intake_host="0.0.0.0", intake_port="0")  # noqa: S104

    assert running.process.wait(30) == 2
    assert "set LIVECOUNT_INTAKE_TOKEN" in running.written()
