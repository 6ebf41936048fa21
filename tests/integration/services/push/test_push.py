"""Readers' notifications, on a real Kafka, with push services of the test's own."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from aiokafka import AIOKafkaProducer

from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from tests.support.notifier_receivers import a_milestone, an_alert, publish
from tests.support.push_server import CONTACT, PushServer, push_settings, vapid_claims

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]

BARNET = "local.barnet.2014-05-22"
CHILDS_HILL = "local.barnet.childs-hill.2014-05-22"
NIGHT = "local.2014-05-22"


class Pushing:
    """A running `livecount push`, as pages reach it."""

    def __init__(self, process: Process, servers: list[PushServer], **further: str) -> None:
        (self._port,) = free_ports(1, random.Random())
        self.running = process("push", "run", **push_settings(servers, self._port), **further)
        self._client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self._port}")

    async def is_ready(self) -> bool:
        """Returns whether it can work."""
        try:
            return (await self._client.get("/health/ready")).status_code == 200
        except httpx.HTTPError:
            return False

    async def key(self) -> dict[str, Any]:
        """Returns the public key and what it is for."""
        return (await self._client.get("/v1/push/key")).json()

    async def post(self, route: str, body: object, **headers: str) -> httpx.Response:
        """Sends what a page would send."""
        return await self._client.post(f"/v1/push/{route}", json=body, headers=headers)

    async def close(self) -> None:
        """Closes the client."""
        await self._client.aclose()


@pytest.fixture
async def pushing(process: Process, eventually: Eventually) -> Any:
    """Starts `livecount push` for some push services, and waits until it is ready."""
    started: list[Pushing] = []

    async def start(*servers: PushServer, **further: str) -> Pushing:
        made = Pushing(process, list(servers), **further)
        started.append(made)
        await eventually(made.is_ready)
        return made

    yield start
    for each in started:
        await each.close()


async def test_a_reader_is_told_a_call_that_only_the_browser_can_read(
    settings: Settings, kafka_producer: AIOKafkaProducer, pushing: Any, eventually: Eventually
) -> None:
    """Encrypted for the browser, signed with the newsroom's key, marked as a rehearsal."""
    async with PushServer() as server:
        push = await pushing(server)
        browser = server.browser("ann")
        answer = await push.post("subscribe", browser.asks(BARNET))
        alert = an_alert(1, paragraph="The Conservatives have held Barnet.")
        await publish(kafka_producer, settings, [alert])
        await eventually(lambda: server.delivered)
        key = await push.key()

    (got,) = server.delivered
    assert answer.json() == {"following": [{"about": BARNET, "kinds": ["calls"]}]}
    assert got.content["title"] == "REHEARSAL: Barnet"
    assert got.content["body"] == "The Conservatives have held Barnet."
    assert got.content["path"] == f"/councils/{BARNET}#alert-{alert.id}"
    assert got.content["tag"] == got.headers["topic"] == alert.id
    assert (got.headers["urgency"], got.headers["content-encoding"]) == ("high", "aes128gcm")
    assert 0 < int(got.headers["ttl"]) <= 4 * 3_600
    claims = vapid_claims(got.headers["authorization"])
    assert (claims["aud"], claims["sub"], claims["k"]) == (server.url, CONTACT, key["key"])
    assert time.time() < claims["exp"] < time.time() + 24 * 3_600


async def test_everybody_is_told_what_they_asked_for_and_nothing_else(
    settings: Settings, kafka_producer: AIOKafkaProducer, pushing: Any, eventually: Eventually
) -> None:
    """By council, ward and election, and by changes, calls, full results or everything."""
    asked = {
        "calls": (BARNET, "calls"),
        "changes": (BARNET, "changes"),
        "results": (BARNET, "results"),
        "night": (NIGHT, "all"),
        "ward": (CHILDS_HILL, "all"),
        "other": ("local.brent.2014-05-22", "all"),
    }
    ward = {"kind": "knife_edge", "ballots": (CHILDS_HILL,), "control": None, "outcome": None}
    hold = an_alert(1, cause=None, cause_revision=0)
    gain = an_alert(2, change=True, cause=None, cause_revision=0)
    edge = an_alert(3, change=None, **ward)
    full = an_alert(4, kind="result", cause=None, cause_revision=0)
    mark, last = a_milestone(5), an_alert(6, change=True, kind="control", cause=CHILDS_HILL)
    async with PushServer() as server:
        push = await pushing(server)
        browsers = {name: server.browser(name) for name in asked}
        for name, what in asked.items():
            await push.post("subscribe", browsers[name].asks(*what))
        await publish(kafka_producer, settings, [hold, gain, edge, full, mark, last])
        await eventually(lambda: len(server.delivered) >= 14)

    def told(name: str) -> set[str]:
        return {each["tag"] for each in server.of(browsers[name])}

    assert told("calls") == {hold.id, gain.id, last.id}
    assert told("changes") == {gain.id, last.id}
    assert told("results") == {full.id}
    assert told("night") == {each.id for each in (hold, gain, edge, full, mark, last)}
    assert told("ward") == {edge.id, last.id}
    assert told("other") == set()


async def test_a_withdrawal_takes_the_place_of_the_call(
    settings: Settings, kafka_producer: AIOKafkaProducer, pushing: Any, eventually: Eventually
) -> None:
    """It comes after the call, under the call's tag and topic, and says that it is withdrawn."""
    call = an_alert(1)
    withdrawal = an_alert(
        2, action="retract", retracts=call.id, text="WITHDRAWN: CON HOLD Barnet, a correction."
    )
    async with PushServer() as server:
        push = await pushing(server)
        browser = server.browser("ann")
        await push.post("subscribe", browser.asks(BARNET))
        await publish(kafka_producer, settings, [call])
        await eventually(lambda: server.of(browser))
        await publish(kafka_producer, settings, [withdrawal])
        await eventually(lambda: server.of(browser)[1:])

    first, second = server.delivered
    assert first.content["tag"] == second.content["tag"] == second.headers["topic"] == call.id
    assert second.content["body"] == "Withdrawn: CON HOLD Barnet, a correction."
    assert (first.content["withdrawn"], second.content["withdrawn"]) == (False, True)
    assert second.content["path"].endswith(f"#alert-{withdrawal.id}")


async def test_subscriptions_outlast_a_kill_and_nothing_is_lost(
    settings: Settings, kafka_producer: AIOKafkaProducer, pushing: Any, eventually: Eventually
) -> None:
    """Killed after sending and before remembering, it sends the same again under the same tag."""
    alerts = [an_alert(number) for number in range(4)]
    async with PushServer() as server:
        first = await pushing(server, crash_at="push.sent:2")
        browser = server.browser("ann")
        await first.post("subscribe", browser.asks(BARNET))
        await publish(kafka_producer, settings, alerts[:2])
        await eventually(lambda: first.running.process.poll() is not None)
        await publish(kafka_producer, settings, alerts[2:])
        second = await pushing(server)
        await eventually(lambda: {each["tag"] for each in server.of(browser)} == ids(alerts))
        answer = await second.post("following", browser.mine())

    tags = [each["tag"] for each in server.of(browser)]
    assert first.running.process.poll() == -signal.SIGKILL
    assert tags[:2] == [alerts[0].id, alerts[1].id]
    assert len(tags) > len(set(tags))
    assert tags[-3:] == [each.id for each in alerts[1:]]
    assert answer.json()["following"] == [{"about": BARNET, "kinds": ["calls"]}]


async def test_what_was_withdrawn_while_push_was_away_is_not_told_anew(
    settings: Settings, kafka_producer: AIOKafkaProducer, pushing: Any, eventually: Eventually
) -> None:
    """After a stop by a signal, which ends well, only the withdrawal goes out."""
    call = an_alert(1)
    withdrawal = an_alert(2, action="retract", retracts=call.id, text="WITHDRAWN: it.")
    async with PushServer() as server:
        first = await pushing(server)
        browser = server.browser("ann")
        await first.post("subscribe", browser.asks(BARNET))
        assert first.running.end() == 0
        await publish(kafka_producer, settings, [call, withdrawal])
        await pushing(server)
        await eventually(lambda: server.of(browser))

    assert [each["withdrawn"] for each in server.of(browser)] == [True]


async def test_nobody_is_told_what_was_before_push_first_ran(
    settings: Settings, kafka_producer: AIOKafkaProducer, pushing: Any, eventually: Eventually
) -> None:
    """Alerts of an older log, or of one that was restored, are no news."""
    await publish(kafka_producer, settings, [an_alert(1)])
    async with PushServer() as server:
        push = await pushing(server)
        browser = server.browser("ann")
        await push.post("subscribe", browser.asks(BARNET))
        await publish(kafka_producer, settings, [an_alert(2)])
        await eventually(lambda: server.of(browser))

    assert [each["tag"] for each in server.of(browser)] == [an_alert(2).id]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_has_ended_is_removed(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    pushing: Any,
    eventually: Eventually,
    status: int,
) -> None:
    """What a push service does not know any more is not kept, and not asked a second time."""
    answers = {"/gone": status}
    async with PushServer(lambda path, _: web.Response(status=answers.get(path, 201))) as server:
        push = await pushing(server)
        gone, there = server.browser("gone"), server.browser("there")
        for browser in (gone, there):
            await push.post("subscribe", browser.asks(BARNET))
        await publish(kafka_producer, settings, [an_alert(1)])

        async def is_removed() -> bool:
            return (await push.post("following", gone.mine())).status_code == 404

        await eventually(is_removed)
        await publish(kafka_producer, settings, [an_alert(2)])
        await eventually(lambda: server.of(there)[1:])

    assert [each.path for each in server.delivered].count("/gone") == 1


async def test_a_push_service_that_asks_to_wait_is_waited_for_and_holds_up_no_other(
    settings: Settings, kafka_producer: AIOKafkaProducer, pushing: Any, eventually: Eventually
) -> None:
    """After 429 with Retry-After it is tried again then; the other has everything meanwhile."""
    arrived: list[float] = []

    def busy(_path: str, number: int) -> web.Response:
        arrived.append(time.monotonic())
        later = web.Response(status=429, headers={"Retry-After": "3"})
        return later if number == 1 else web.Response(status=201)

    async with PushServer(busy) as slow, PushServer() as quick:
        push = await pushing(slow, quick)
        waiting, other = slow.browser("waiting"), quick.browser("other")
        for browser in (waiting, other):
            await push.post("subscribe", browser.asks(BARNET))
        alerts = [an_alert(number) for number in range(5)]
        await publish(kafka_producer, settings, alerts)
        await eventually(lambda: len(quick.of(other)) == 5)
        before = len(slow.of(waiting))
        await eventually(lambda: len(slow.of(waiting)) == 5)

    assert before == 0
    assert arrived[1] - arrived[0] >= 3.0
    assert [each["tag"] for each in slow.of(waiting)] == [each.id for each in alerts]


async def test_no_redirect_is_followed(
    settings: Settings, kafka_producer: AIOKafkaProducer, pushing: Any, eventually: Eventually
) -> None:
    """What a push service leads to is sent nothing, and the message is not tried again."""
    async with PushServer() as inside:
        target = inside.browser("target").endpoint

        def leads(path: str, _number: int) -> web.Response:
            there = web.Response(status=201)
            return (
                web.Response(status=307, headers={"Location": target}) if "led" in path else there
            )

        async with PushServer(leads) as server:
            push = await pushing(server)
            led, other = server.browser("led"), server.browser("other")
            for browser in (led, other):
                await push.post("subscribe", browser.asks(BARNET))
            await publish(kafka_producer, settings, [an_alert(1)])
            await eventually(lambda: server.of(other))
            await publish(kafka_producer, settings, [an_alert(2)])
            await eventually(lambda: len(server.delivered) == 4)

    assert inside.delivered == []
    assert [each.status for each in server.delivered if each.path == "/led"] == [307, 307]


async def test_a_tap_ends_it(
    settings: Settings, kafka_producer: AIOKafkaProducer, pushing: Any, eventually: Eventually
) -> None:
    """Whoever has ended one thing or everything is told of it no more, also if it is repeated."""
    async with PushServer() as server:
        push = await pushing(server)
        leaving, staying = server.browser("leaving"), server.browser("staying")
        for browser in (leaving, staying):
            await push.post("subscribe", browser.asks(BARNET))
            await push.post("subscribe", browser.asks(NIGHT, "all"))
        left = await push.post("unsubscribe", leaving.mine(about=NIGHT))
        ended = [await push.post("unsubscribe", leaving.mine()) for _ in range(2)]
        await publish(kafka_producer, settings, [an_alert(1)])
        await eventually(lambda: server.of(staying))

    assert left.json()["following"] == [{"about": BARNET, "kinds": ["calls"]}]
    assert [(each.status_code, each.json()) for each in ended] == [(200, {"following": []})] * 2
    assert [len(server.of(browser)) for browser in (leaving, staying)] == [0, 1]


async def test_a_browser_that_changes_its_subscription_goes_on(
    settings: Settings, kafka_producer: AIOKafkaProducer, pushing: Any, eventually: Eventually
) -> None:
    """The new one follows what the old one did, which is ended."""
    async with PushServer() as server:
        push = await pushing(server)
        old, new = server.browser("old"), server.browser("new")
        await push.post("subscribe", old.asks(BARNET))
        body = {"old": old.mine(), "subscription": new.subscription()}
        renewed = await push.post("renew", body)
        await publish(kafka_producer, settings, [an_alert(1)])
        await eventually(lambda: server.of(new))
        gone = await push.post("following", old.mine())

    assert renewed.json()["following"] == [{"about": BARNET, "kinds": ["calls"]}]
    assert server.of(old) == []
    assert gone.status_code == 404


async def test_bounds_are_refused_with_a_reason(pushing: Any) -> None:
    """Each answer says what is wrong and what helps, and shows no secret."""
    async with PushServer() as server:
        push = await pushing(server, push_subscriptions_max="1")
        ann, ben = server.browser("ann"), server.browser("ben")
        asks = ann.asks(BARNET)
        elsewhere = {**asks["subscription"], "endpoint": "http://169.254.169.254/latest"}  # type: ignore[dict-item]
        wrong = {**asks["subscription"], "keys": {"p256dh": "B" * 87, "auth": ann.auth}}  # type: ignore[dict-item]
        many = [{"about": f"local.c{number}.2014-05-22", "kinds": ["all"]} for number in range(51)]
        refusals = {
            "not of a push service": (
                422,
                await push.post("subscribe", {**asks, "subscription": elsewhere}),
            ),
            "not a public key": (
                422,
                await push.post("subscribe", {**asks, "subscription": wrong}),
            ),
            "50 items": (422, await push.post("subscribe", {**asks, "following": many})),
            "neither a council": (422, await push.post("subscribe", ann.asks("barnet"))),
            "kinds": (422, await push.post("subscribe", ann.asks(BARNET, "gossip"))),
            "rehearsal": (422, await push.post("subscribe", {**asks, "rehearsal": False})),
            "bytes": (413, await push.post("subscribe", {**asks, "more": "x" * 20_000})),
            "no such subscription": (404, await push.post("following", ann.mine())),
        }
        assert (await push.post("subscribe", asks)).status_code == 200
        refusals |= {
            "room for": (503, await push.post("subscribe", ben.asks(BARNET))),
            "secret": (403, await push.post("unsubscribe", ann.mine(auth=ben.auth))),
            "page": (
                403,
                await push.post("unsubscribe", ann.mine(), origin="https://evil.example"),
            ),
        }
        statuses = [(await push.post("subscribe", asks)).status_code for _ in range(70)]
        slowed = await push.post("subscribe", asks)

    for reason, (status, answer) in refusals.items():
        assert (answer.status_code, reason in answer.json()["detail"]) == (status, True), (
            answer.text
        )
        assert ann.auth not in answer.text
    assert set(statuses) == {200, 429}
    assert int(slowed.headers["retry-after"]) >= 1
    assert "try again in" in slowed.json()["detail"]
    assert ann.auth not in push.running.written()
    assert "/ann" not in push.running.written()


@pytest.mark.parametrize(
    ("missing", "says"),
    [("push_contact", "LIVECOUNT_PUSH_CONTACT"), ("push_private_key", "livecount push keys")],
)
async def test_push_says_what_it_needs_to_start(
    process: Process, eventually: Eventually, missing: str, says: str
) -> None:
    """Without a key or a contact it ends with status 2 and what helps."""
    given = push_settings([], 0) | {missing: "", "push_services": "fcm.googleapis.com"}
    running = process("push", "run", **given)
    await eventually(lambda: running.process.poll() is not None)

    assert running.process.poll() == 2
    assert says in running.written()


async def test_keys_are_made_once_and_only_their_owner_can_read_them(
    process: Process, eventually: Eventually, tmp_path: Path
) -> None:
    """The private key is in its file alone; a second try would end all subscriptions."""
    folder = tmp_path / "secrets"
    ends = []
    for _ in range(2):
        running = process("push", "keys", "--folder", str(folder))
        await eventually(lambda running=running: running.process.poll() is not None)
        ends.append((running.process.poll(), running.written()))
    file = folder / "livecount_push_private_key"

    assert [status for status, _ in ends] == [0, 2]
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert file.read_text().strip() not in ends[0][1] + ends[1][1]
    assert "public key B" in ends[0][1]
    assert "there already" in ends[1][1]


def ids(alerts: list[Any]) -> set[str]:
    """Returns the ids of alerts."""
    return {alert.id for alert in alerts}
