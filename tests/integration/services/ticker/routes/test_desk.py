from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from pydantic import SecretStr, ValidationError

from schemas.base import Model
from schemas.desk import DeskDecided
from schemas.events import encode_event
from schemas.examples import DELIVERY, REJECT
from schemas.ward import WardDeclared
from services.platform.names import Topics
from services.platform.settings import Settings
from tests.support.counted import Counted
from tests.support.sources import by, content
from tests.support.ticking import COUNCIL, ELECTION, Reader, declared, opened, ticking

TOKEN = "a-token-of-the-desk"  # noqa: S105 -- used only by this test

Eventually = Callable[..., Awaitable[object]]


@pytest.fixture
def open_desk(settings: Settings) -> Settings:
    """Settings with a token for the desk."""
    return settings.model_copy(update={"desk_token": SecretStr(TOKEN)})


async def publish(producer: AIOKafkaProducer, topic: str, record: Model) -> None:
    """Publishes a record as the notifier and the aggregator do."""
    await producer.send_and_wait(topic, record.model_dump_json().encode(), key=b"key")


async def test_there_is_no_desk_without_a_token(settings: Settings) -> None:
    """A ticker is open to the public, so the desk exists only if it is locked."""
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url) as client:
        answers = [await client.get(path, auth=("", "")) for path in ("/desk", "/desk/live")]

        assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize(
    "authorization",
    ["", "Basic", "Basic %%%", "Basic Ondyb25n", "Bearer wrong", f"Digest {TOKEN}"],
)
async def test_the_desk_asks_for_its_token(open_desk: Settings, authorization: str) -> None:
    """With another token, or none, neither the page nor its stream is served."""
    async with ticking(open_desk) as url, httpx.AsyncClient(base_url=url) as client:
        for path in ("/desk", "/desk/live"):
            answer = await client.get(path, headers={"Authorization": authorization})

            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"].startswith("Basic ")


async def test_guesses_of_the_token_are_slowed(open_desk: Settings) -> None:
    """After ten wrong tokens an address has to wait; another one is admitted meanwhile."""
    async with ticking(open_desk) as url:
        guesses = [httpx.BasicAuth("desk", f"a-wrong-token-{number:03}") for number in range(20)]
        async with httpx.AsyncClient(base_url=url) as client:
            answers = [await client.get("/desk", auth=guess) for guess in guesses]
        elsewhere = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
        async with httpx.AsyncClient(base_url=url, transport=elsewhere) as client:
            admitted = await client.get("/desk", auth=("desk", TOKEN))

    assert [answer.status_code for answer in answers[:10]] == [401] * 10
    refused = [answer for answer in answers[10:] if answer.status_code == 429]
    assert refused
    assert int(refused[0].headers["Retry-After"]) >= 1
    assert admitted.status_code == 200


def test_a_short_token_is_refused() -> None:
    """A token that can be guessed opens no desk."""
    with pytest.raises(ValidationError, match="desk_token"):
        Settings(desk_token=SecretStr("guess-me"))


async def test_the_desk_shows_what_was_not_delivered_and_not_counted(
    open_desk: Settings, kafka_producer: AIOKafkaProducer, eventually: Eventually
) -> None:
    """It shows what was in Kafka before, and what comes while the page is open."""
    topics = Topics(open_desk.namespace)
    failed = DELIVERY.model_copy(update={"status": "failed", "detail": "answered 500"})
    await publish(kafka_producer, topics.deliveries, failed)
    await publish(kafka_producer, topics.rejects, REJECT)
    async with (
        ticking(open_desk) as url,
        httpx.AsyncClient(base_url=url, auth=("desk", TOKEN)) as client,
    ):

        async def loaded() -> str:
            page = (await client.get("/desk")).text
            return page if "Still reading" not in page else ""

        page = str(await eventually(loaded))
        headers = (await client.get("/desk")).headers
        address = f"{url.replace('//', f'//desk:{TOKEN}@')}/desk/live"
        async with Reader(address) as reader:
            later = failed.model_copy(update={"channel": "morning-editor"})
            await publish(kafka_producer, topics.deliveries, later)
            await eventually(lambda: "morning-editor" in str(reader.events))

    assert "newsdesk" in page
    assert "answered 500" in page
    assert DELIVERY.text in page
    assert "livecount rejects show 3/1207" in page
    assert headers["Cache-Control"] == "no-store"


async def test_the_desk_lists_what_is_held_until_it_has_decided(
    open_desk: Settings, counted: Counted, kafka_producer: AIOKafkaProducer, eventually: Eventually
) -> None:
    """With the figures, the reason and the commands; no public page has a figure of it."""
    held = by("site", "second", declared("Ash", "PP52"))
    assert isinstance(held, WardDeclared)
    await counted.count(opened(), held)
    reject = REJECT.model_copy(
        update={
            "reason": "held",
            "detail": "it waits for a second source, or the desk",
            "value": encode_event(held),
        }
    )
    await publish(kafka_producer, Topics(open_desk.namespace).rejects, reject)
    shown = f"livecount review show {held.ballot_paper_id}"
    async with (
        ticking(open_desk) as url,
        httpx.AsyncClient(base_url=url, auth=("desk", TOKEN)) as client,
    ):

        async def listed() -> str:
            page = (await client.get("/desk")).text
            return page if shown in page else ""

        page = str(await eventually(listed))
        public = "".join(
            [
                (await client.get(path)).text
                for path in (
                    f"/councils/{COUNCIL}",
                    f"/councils/{COUNCIL}/wards/{held.ballot_paper_id}",
                    f"/elections/{ELECTION}",
                    f"/v1/councils/{COUNCIL}/wards",
                    f"/v1/councils/{COUNCIL}/wards.csv",
                )
            ]
        )
        accepted = DeskDecided(
            council=held.council,
            ballot_paper_id=held.ballot_paper_id,
            mode=held.mode,
            revision=1,
            ruling="accept",
            content=content(held),
            by="Ann",
            reason="sheet",
        )
        await counted.count(accepted)

        async def is_gone() -> bool:
            return shown not in (await client.get("/desk")).text

        await eventually(is_gone)

    assert "Ann Conservative (CON) 2,000" in page
    assert "site: it waits for a second source, or the desk" in page
    assert "Being checked" in public
    assert [figure for figure in ("1,990", "1990", "41.5") if figure in public] == []


async def test_the_desk_says_that_kafka_is_away(
    open_desk: Settings, eventually: Eventually
) -> None:
    """Without Kafka the page says so, and the rest is served as before."""
    away = open_desk.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:9"})
    async with (
        ticking(away) as url,
        httpx.AsyncClient(base_url=url, auth=("desk", TOKEN)) as client,
    ):

        async def said() -> bool:
            return "Kafka cannot be reached" in (await client.get("/desk")).text

        await eventually(said)
        assert (await client.get("/v1/elections")).status_code == 200
