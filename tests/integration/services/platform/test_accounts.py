"""Each account does what it needs, and is refused everything else; nobody is in without one."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    TopicAuthorizationFailedError,
)
from pydantic import SecretStr
from redis.exceptions import AuthenticationError, NoPermissionError

from services.platform import kafka
from services.platform.account_requests import every_grant, known_grants
from services.platform.accounts import (
    ACCOUNTS,
    ADMIN,
    REDIS_RULES,
    Account,
    Grant,
    account_settings,
    grants,
    kafka_secret,
)
from services.platform.brokers import ask, connected
from services.platform.names import Keys, Topics, group
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.stack import Stack
from services.platform.topics import TopicError, create_topics, delete_topics
from tests.support.topics import messages

KINDS = (
    "declarations",
    "totals",
    "wards",
    "alerts",
    "rejects",
    "deliveries",
    "holds",
    "audit",
    "sessions",
    "subscriptions",
)
TIMEOUT_S = 30.0
REFUSED = (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)

each_account = pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.name)


async def allowed(attempt: Awaitable[Any]) -> bool:
    """Returns whether Kafka allowed something; every other failure fails the test."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            await attempt
    except REFUSED:
        return False
    return True


async def write(settings: Settings, topic: str) -> None:
    """Writes a message as all our services do."""
    producer = kafka.producer(settings, "test")
    try:
        await producer.start()
        await producer.send_and_wait(topic, b"forged", key=b"key")
    finally:
        await producer.stop()


async def write_plainly(settings: Settings, topic: str) -> None:
    """Writes a message without what an idempotent producer asks for first."""
    async with AIOKafkaProducer(**kafka.connection(settings)) as producer:
        await producer.send_and_wait(topic, b"forged", key=b"key")


async def read(settings: Settings, topic: str) -> None:
    """Reads a topic's first message, outside every group."""
    reader = kafka.consumer(settings, topic, group_id=None, client_id="test")
    try:
        await reader.start()
        await reader.getone()
    finally:
        await reader.stop()


async def join(settings: Settings, topic: str, service: str) -> None:
    """Joins a service's group, as another worker of it would."""
    name = group(settings.namespace, service)
    reader = kafka.consumer(settings, topic, group_id=name, client_id="test")
    try:
        await reader.start()
        await reader.getone()
    finally:
        with suppress(KafkaError):
            await reader.stop()


@each_account
@pytest.mark.parametrize("kind", KINDS)
async def test_an_account_writes_to_its_topics_and_to_no_other(
    account: Account, kind: str, settings: Settings
) -> None:
    """Of every account and topic: what is not in the table is refused, and nothing is written."""
    own, topic = account_settings(settings, account.name), f"{settings.namespace}.{kind}"

    assert await allowed(write(own, topic)) is (kind in account.writes)
    assert await allowed(write_plainly(own, topic)) is (kind in account.writes)

    assert len(await messages(settings, topic)) == (2 if kind in account.writes else 0)


@each_account
async def test_an_account_reads_its_topics_and_no_other(
    account: Account, settings: Settings
) -> None:
    """Of every account and topic: what is not in the table cannot be read."""
    own = account_settings(settings, account.name)
    for kind in KINDS:
        topic = f"{settings.namespace}.{kind}"
        await write(settings, topic)

        assert await allowed(read(own, topic)) is (kind in account.reads), topic


@pytest.mark.parametrize(
    ("name", "service"), [("notifier", "aggregator"), ("ticker", "notifier"), ("audit", "notifier")]
)
async def test_no_account_joins_a_group_that_is_not_its_own(
    name: str, service: str, settings: Settings
) -> None:
    """Whoever could join would be given partitions, and its service would miss them."""
    topic = Topics(settings.namespace).rejects
    await write(settings, topic)

    assert not await allowed(join(account_settings(settings, name), topic, service))


@each_account
async def test_no_account_makes_or_removes_topics(account: Account, settings: Settings) -> None:
    """Nor does it grant rights, of which making topics is a part."""
    own = account_settings(settings, account.name)

    with pytest.raises(TopicError, match="AuthorizationFailed"):
        await create_topics(own.model_copy(update={"namespace": "made-by-no-admin"}))
    with pytest.raises(TopicError, match="AuthorizationFailed"):
        await delete_topics(own)


@each_account
async def test_an_account_ends_at_its_namespace(account: Account, settings: Settings) -> None:
    """An account that is granted a namespace is refused in one that it was not granted."""
    other = settings.model_copy(update={"namespace": f"{settings.namespace}-other"})
    await create_topics(other.model_copy(update={"accounts_dir": None}))
    try:
        own = account_settings(other, account.name)
        for topic in Topics(other.namespace).all():
            assert not await allowed(write_plainly(own, topic))
            assert not await allowed(read(own, topic))
    finally:
        await delete_topics(other)


@pytest.mark.parametrize(
    "update",
    [
        {"kafka_security_protocol": "PLAINTEXT"},
        {"kafka_sasl_password": SecretStr("wrong")},
        {"kafka_sasl_username": "nobody"},
        {"kafka_sasl_username": ADMIN, "kafka_sasl_password": SecretStr("wrong")},
        {"kafka_sasl_mechanism": "PLAIN"},
    ],
    ids=["no account", "wrong password", "unknown account", "guessed admin", "other mechanism"],
)
async def test_without_an_account_nobody_reaches_kafka(
    update: dict[str, Any], settings: Settings
) -> None:
    """Neither no credential nor a wrong one nor another account's is an entry."""
    intruder = account_settings(settings, "intake").model_copy(
        update={"request_timeout_ms": 2_000} | update
    )

    with pytest.raises(KafkaConnectionError):
        await write(intruder, Topics(settings.namespace).declarations)


async def test_no_account_but_the_brokers_reaches_the_controller(
    stack: Stack, settings: Settings
) -> None:
    """Its port lets in the administrator only: no service, and nobody without a password."""
    (line,) = [
        line
        for line in (stack.directory / "kafka-1.properties").read_text().splitlines()
        if line.startswith("controller.quorum.voters=")
    ]
    controller = line.partition("@")[2]
    for update in ({}, {"kafka_security_protocol": "PLAINTEXT"}):
        intruder = account_settings(settings, "intake").model_copy(
            update={"kafka_bootstrap_servers": controller, **update}
        )
        with pytest.raises(KafkaConnectionError):
            async with connected(intruder, "test"):
                pass


@pytest.mark.parametrize("name", sorted(REDIS_RULES.keys() - {ADMIN, "aggregator", "nation"}))
async def test_only_the_workers_of_the_count_write_to_redis(name: str, settings: Settings) -> None:
    """The other accounts read; what they write, change or remove is refused."""
    key = Keys(settings.namespace).elections()
    async with connect(settings) as admin:
        await admin.sadd(key, "local.2014-05-22")
    async with connect(account_settings(settings, name)) as redis:
        assert await redis.smembers(key) == {b"local.2014-05-22"}
        for refused in (
            redis.sadd(key, "forged"),
            redis.delete(key),
            redis.eval("return redis.call('DEL', KEYS[1])", 1, key),
            redis.flushall(),
            redis.config_get("*"),
            redis.acl_list(),
            redis.keys("*"),
        ):
            with pytest.raises(NoPermissionError):
                await refused


async def test_the_nation_reaches_no_council_in_redis(settings: Settings) -> None:
    """It writes nights, and neither reads nor changes what the aggregator counts."""
    keys = Keys(settings.namespace)
    council = "local.barnet.2014-05-22"
    async with connect(account_settings(settings, "nation")) as redis:
        assert await redis.hset(keys.night("local.2014-05-22"), "offset", 1)
        assert await redis.set(keys.night_counted().watermark(0), 1)
        for refused in (
            redis.hset(keys.council(council), "totals", "{}"),
            redis.hget(keys.council(council), "totals"),
            redis.set(keys.watermark(0), 1),
            redis.delete(keys.log()),
            redis.flushall(),
            redis.acl_list(),
        ):
            with pytest.raises(NoPermissionError):
                await refused


async def test_the_aggregator_does_not_administer_redis(settings: Settings) -> None:
    """It may write its keys, and neither empty the server nor read its accounts."""
    async with connect(account_settings(settings, "aggregator")) as redis:
        assert await redis.set(Keys(settings.namespace).watermark(0), 1)
        for refused in (redis.flushall(), redis.acl_list(), redis.config_get("*")):
            with pytest.raises(NoPermissionError):
                await refused


@pytest.mark.parametrize("name", ["intake", "notifier", "", "default"])
async def test_whoever_has_no_business_in_redis_is_not_let_in(
    name: str, settings: Settings
) -> None:
    """Intake and the notifier have no account there, and the default one is closed."""
    address = settings.redis_url.get_secret_value().rpartition("@")[2]
    secret = "guessed" if name else ""
    url = f"redis://{name}:{secret}@{address}" if name else f"redis://{address}"
    intruder = settings.model_copy(update={"redis_url": SecretStr(url)})

    async with connect(intruder) as redis:
        with pytest.raises(AuthenticationError):
            await redis.ping()


async def test_a_password_that_changed_is_set_by_making_topics_again(
    settings: Settings,
) -> None:
    """The old password is no entry any more, and the new one is."""
    assert settings.accounts_dir is not None
    before = account_settings(settings, "intake")
    file = settings.accounts_dir / kafka_secret("intake")
    kept = file.read_text()
    try:
        file.write_text("another-password-of-the-test")
        await create_topics(settings)
        await write(account_settings(settings, "intake"), Topics(settings.namespace).declarations)
        with pytest.raises(KafkaConnectionError):
            await write(before, Topics(settings.namespace).declarations)
    finally:
        file.write_text(kept)
        await create_topics(settings)


async def test_rights_go_with_the_topics(settings: Settings) -> None:
    """What `topics create` grants is exactly the table, and `topics delete` takes it back."""

    async def found() -> set[Grant]:
        async with connected(settings, "test") as client:
            every = known_grants(await ask(client, every_grant()))
        return {grant for grant in every if grant.name.startswith(f"{settings.namespace}.")}

    assert await found() == set(grants(settings.namespace))
    await delete_topics(settings)
    assert await found() == set()


async def test_making_topics_needs_no_accounts_where_there_are_none(
    settings: Settings,
) -> None:
    """Without `accounts_dir` topics are made, and nothing is granted to anybody."""
    without = settings.model_copy(
        update={"namespace": f"{settings.namespace}-bare", "accounts_dir": None}
    )
    assert len(await create_topics(without)) == len(Topics("x").all())
    async with connected(settings, "test") as client:
        every = known_grants(await ask(client, every_grant()))
    await delete_topics(without)

    assert not [grant for grant in every if grant.name.startswith(without.namespace)]
    assert dataclasses.asdict(grants("x")[0])["account"] == "intake"
