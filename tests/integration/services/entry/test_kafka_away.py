"""What the desk is told while Kafka is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from services.intake.producer import DeclarationProducer
from services.platform.settings import Settings
from services.platform.stack.stack import Stack
from services.platform.topics import create_topics
from tests.support.entering import at_the_desk, entering, hidden, text_of
from tests.support.intake_log import log
from tests.support.keys import added, audit, invited
from tests.support.polls import CON, LAB, ballot, opened, ward
from tests.support.sources import by, content, result
from tests.support.stringing import at_the_count

Eventually = Callable[..., Awaitable[object]]

NORTH = result("north", 900, 500)


@pytest.fixture
async def away(own_stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a stack of which a test may end Kafka, with its topics."""
    for name in ("LIVECOUNT_SETTINGS_FILE", "LIVECOUNT_SECRETS_DIR"):
        monkeypatch.delenv(name, raising=False)
    settings = own_stack.endpoints.settings(namespace="away")
    await create_topics(settings)
    return settings


async def test_a_decision_without_kafka_is_not_known_and_can_be_made_afterwards(
    own_stack: Stack, away: Settings, eventually: Eventually, tmp_path: Path
) -> None:
    """The page says so, what was typed stays in the form, and the audit has both attempts."""
    async with DeclarationProducer(away) as producer:
        await producer.publish_all(
            [opened(ward("north", 1, {CON: 1, LAB: 1})), by("site", "second", NORTH)]
        )
    keys, north = tmp_path / "keys.toml", ballot("north")
    token = added(keys, "desk-1", role="desk")
    accept = f"accept {content(NORTH)}"
    async with entering(away, keys) as entry, at_the_desk(entry.url, token) as desk:
        own_stack.kill_broker(1)

        async def says_so() -> bool:
            return "Kafka cannot be reached" in (await desk.get("/desk")).text

        await eventually(says_so)
        answer = await desk.decide(north, accept, "the sheet says so")
        assert answer.status_code == 503
        assert "Not known whether it was decided" in answer.text
        assert 'value="the sheet says so"' in answer.text
        assert (await desk.get("/health/ready")).status_code == 503
        await asyncio.to_thread(own_stack.start_broker, 1)

        async def is_ready() -> bool:
            return (await desk.get("/health/ready")).status_code == 200

        await eventually(is_ready)
        if "Held" in (await desk.get(f"/desk/{north}")).text:
            again = text_of((await desk.decide(north, accept, "again")).text)
            assert "Decided: North, Barsetshire: CON 1" in again

    decided = [each for each in await log(away) if b"desk.decided" in each.value]
    assert decided
    noted = [each.action for each in await audit(away)]
    assert "failed" in noted


async def test_a_result_without_kafka_is_sent_again_and_counts_once(
    own_stack: Stack, away: Settings, eventually: Eventually, tmp_path: Path
) -> None:
    """The page says that it is not known, and has what was typed to be sent again."""
    async with DeclarationProducer(away) as producer:
        await producer.publish(opened(ward("north", 1, {CON: 1, LAB: 1}), total=9))
    keys, north = tmp_path / "keys.toml", ballot("north")
    token = invited(keys, "stringer-1")
    async with entering(away, keys) as entry, at_the_count(entry.url, token) as ann:
        checked = await ann.check_sheet(north, votes_0="480", votes_1="520")
        own_stack.kill_broker(1)
        answer = await ann.press_send(checked)
        assert answer.status_code == 503
        assert "It is not known whether this was received." in text_of(answer.text)
        await asyncio.to_thread(own_stack.start_broker, 1)

        async def is_received() -> bool:
            again = await ann.press_send(checked)
            return "Received. Counted." in text_of(again.text)

        await eventually(is_received)

    said = [each for each in await log(away) if b"ward.declared" in each.value]
    assert len({dict(each.headers)["ce_id"] for each in said}) == 1
    assert "failed" in [each.action for each in await audit(away)]


async def test_people_without_kafka_go_on_and_use_new_invitations_afterwards(
    own_stack: Stack, away: Settings, eventually: Eventually, tmp_path: Path
) -> None:
    """Whoever is signed in stays so; signing out works; an invitation may be used again later."""
    keys = tmp_path / "keys.toml"
    ann, bob = invited(keys, "ann-able", "viewer"), invited(keys, "bob-baker", "viewer")
    async with (
        entering(away, keys) as entry,
        at_the_desk(entry.url) as known,
        at_the_desk(entry.url) as new,
    ):
        assert (await known.open(ann)).status_code == 303
        own_stack.kill_broker(1)
        again = await known.open(ann)
        page = await known.get("/desk")
        unknown = await new.open(bob)
        left = await known.send("/sign-out", hidden(page.text))
        after = await known.get("/desk")
        await asyncio.to_thread(own_stack.start_broker, 1)

        async def is_let_in() -> bool:
            return (await new.open(bob)).status_code == 303

        await eventually(is_let_in)

    assert (again.status_code, page.status_code, unknown.status_code) == (303, 200, 503)
    assert "Press the button again" in text_of(unknown.text)
    assert left.url.path == after.url.path == "/sign-in"
