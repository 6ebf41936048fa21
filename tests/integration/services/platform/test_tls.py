"""Kafka and Redis that speak TLS and nothing else: what works over it, and what is refused.

The certificates are those that `scripts/certificates` makes, for the name 127.0.0.1 and not for
localhost.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import ssl
import stat
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography import x509
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from services.intake.message import Message
from services.platform.exit_status import ExitStatus
from services.platform.names import Topics
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.stack import Stack
from tests.chaos.clock import Clock, forget
from tests.fuzz.door import accepted
from tests.support.aggregator_night import assert_counted, expected, ids, night
from tests.support.certificates import expired, make_certificates, servers_with_tls
from tests.support.notifier_receivers import Receiver
from tests.support.services_night import LONG_S, Eventually, Process, Services, is_counted
from tests.support.topics import messages

CHANNEL = """
[[channels]]
name = "desk"
webhook = "{url}"
rehearsal = true
within_seats = 1000
kinds = ["control"]
"""

LONGER_THAN_A_CERTIFICATE_S = 400 * 86_400
BEFORE_A_CERTIFICATE_S = -2 * 86_400

OTHER_NAME = (
    "the server's certificate has another name: Hostname mismatch, certificate is not valid for"
    " 'localhost'; use the name that it has, or give the server one with this name"
)
EXPIRED = "the server's certificate has expired, or that of its authority; give it a new one"
NOT_BELIEVED = "the server's certificate is of an authority that is not believed"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where the stack and its certificates are."""
    made = Path(tempfile.mkdtemp(prefix="livecount-tls-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def stack(folder: Path) -> Iterator[Stack]:
    """A stack that speaks TLS only, in place of the one that other tests share."""
    with Stack(folder / "stack", servers=servers_with_tls(folder)) as running:
        yield running


@pytest.fixture
async def services(
    settings: Settings, process: Process, eventually: Eventually, tmp_path: Path
) -> AsyncIterator[tuple[Services, Receiver]]:
    """The services of a night, and a receiver of its alerts."""
    async with Receiver() as receiver:
        channels = tmp_path / "channels.toml"
        channels.write_text(CHANNEL.format(url=receiver.url))
        running = Services(settings, process, eventually, channels)
        await running.ready()
        yield running, receiver
        await running.close()


def elsewhere(settings: Settings, **update: Any) -> dict[str, str]:
    """Returns further settings for a process that goes to localhost, which is the same place."""
    return {
        "kafka_bootstrap_servers": settings.kafka_bootstrap_servers.replace(
            "127.0.0.1", "localhost"
        ),
        "redis_url": settings.redis_url.get_secret_value().replace("127.0.0.1", "localhost"),
        **update,
    }


async def ended(running: Any) -> tuple[int, str]:
    """Returns the status with which a process ended by itself, and what it wrote."""
    status = await asyncio.to_thread(running.process.wait, 120)
    return status, running.written()


@pytest.mark.timeout(600)
async def test_a_night_over_tls_equals_the_count_by_the_rules(  # noqa: PLR0913, PLR0917 -- fixtures
    settings: Settings,
    stack: Stack,
    folder: Path,
    services: tuple[Services, Receiver],
    process: Process,
    eventually: Eventually,
) -> None:
    """Declared, counted, told and shown; half of it after both servers were given new certificates.

    `livecount verify` finds no difference either.
    """
    # Kafka's clients ask for its leaders again after up to half a minute, so this takes minutes.
    running, receiver = services
    # As intake takes them: it names parties by the register.
    taken: list[tuple[Any, Message]] = [
        accepted(fact.model_dump(mode="json"), settings.namespace)
        for fact in night(seed=24, councils=3)
    ]
    declared, facts = [message for _, message in taken], [event for event, _ in taken]
    right = expected(facts)
    half = len(declared) // 2
    await running.declare(declared[:half])
    await running.counted()

    before = (folder / "tls/kafka.pem").read_bytes()
    make_certificates(folder / "tls", "--renew")
    assert (folder / "tls/kafka.pem").read_bytes() != before
    await asyncio.to_thread(stack.kill_broker, 1)
    await asyncio.to_thread(stack.start_broker, 1)
    await asyncio.to_thread(stack.kill_redis)
    await asyncio.to_thread(stack.start_redis, empty=False)

    def restarted() -> None:
        """Starts what has ended for an outage, as whoever supervises it does."""
        for name in running.ended:
            running.running[name].start()

    async def counted() -> bool:
        restarted()
        return await is_counted(settings)

    async def told() -> bool:
        restarted()
        return set(receiver.ids) >= controls

    restarted()
    await running.ready()
    await running.declare(declared[half:])
    await eventually(counted, timeout_s=LONG_S)

    await assert_counted(settings, facts)
    published = [
        json.loads(record.value)
        for record in await messages(settings, Topics(settings.namespace).alerts)
    ]
    assert {alert["id"] for alert in published} == ids(right)
    controls = {alert["id"] for alert in published if alert["kind"] == "control"}
    await eventually(told, timeout_s=LONG_S)
    page = await running.ticker.get("/councils/local.council-0.2026-05-07")
    assert page.status_code == httpx.codes.OK
    assert "Council-0" in page.text
    status, text = await ended(process("verify"))
    assert status == 0, text


async def test_a_server_by_another_name_is_refused(settings: Settings, process: Process) -> None:
    """Whoever starts a command or a worker reads which name the certificate has not.

    The exit statuses are those of a Kafka and of a Redis that is away.
    """
    other = elsewhere(settings)
    kafka = {"kafka_bootstrap_servers": other["kafka_bootstrap_servers"]}
    redis = {"redis_url": other["redis_url"].replace("admin:", "aggregator:")}

    for arguments, further, expected_status in (
        (("topics", "list"), kafka, ExitStatus.FAILED),
        (("aggregator", "run"), kafka, ExitStatus.KAFKA_UNAVAILABLE),
        (("aggregator", "run"), redis, ExitStatus.REDIS_UNAVAILABLE),
        (("verify",), redis, ExitStatus.FAILED),
    ):
        status, text = await ended(process(*arguments, **further))
        assert (status, OTHER_NAME in text) == (expected_status, True), text


async def test_a_certificate_that_has_expired_is_refused(
    process: Process, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By a client whose clock is past its end; and one before its beginning says that."""
    for ahead_s, reason in (
        (LONGER_THAN_A_CERTIFICATE_S, EXPIRED),
        (BEFORE_A_CERTIFICATE_S, "the server's certificate is not valid yet"),
    ):
        clock = Clock(tmp_path / "clock")
        clock.set(ahead_s)
        for name, value in clock.environment().items():
            monkeypatch.setenv(name, value)
        for command in (("topics", "list"), ("aggregator", "run")):
            running = process(*command)
            status, text = await ended(running)
            forget(running.process.pid)
            assert status != 0
            assert reason in text, text


async def test_redis_with_an_expired_certificate_is_refused_and_served_again(
    settings: Settings, redis: Redis, folder: Path
) -> None:
    """A certificate that is changed while Redis runs is that of all connections from then on."""
    directory = folder / "tls"
    try:
        await use(redis, expired(directory))
        with pytest.raises(RedisConnectionError, match=re.escape(EXPIRED)):
            async with connect(settings) as other:
                await other.ping()
    finally:
        await use(redis, directory / "redis.pem")
    async with connect(settings) as other:
        assert await other.ping()


async def use(redis: Redis, file: Path) -> None:
    """Has Redis use another certificate."""
    await redis.config_set("tls-cert-file", str(file), "tls-key-file", str(file))


async def test_the_systems_authorities_do_not_stand_for_ones_own(process: Process) -> None:
    """Without the file of the authority the certificate is refused, and its setting is named."""
    for name, command in (("kafka", ("topics", "list")), ("redis", ("verify",))):
        status, text = await ended(process(*command, **{f"{name}_ssl_cafile": ""}))
        assert status == ExitStatus.FAILED
        assert NOT_BELIEVED in text, text
        assert f"name the authority's file in LIVECOUNT_{name.upper()}_SSL_CAFILE" in text


async def test_a_client_without_tls_is_refused_and_told_what_to_set(
    settings: Settings, process: Process
) -> None:
    """Also one that has the password of its account."""
    plain = settings.redis_url.get_secret_value().replace("rediss://", "redis://")
    status, text = await ended(
        process("topics", "list", kafka_security_protocol="SASL_PLAINTEXT", kafka_ssl_cafile="")
    )
    assert status == ExitStatus.FAILED
    assert "see that LIVECOUNT_KAFKA_SECURITY_PROTOCOL is what the broker speaks" in text

    status, text = await ended(process("verify", redis_url=plain, redis_ssl_cafile=""))
    assert status == ExitStatus.FAILED
    assert "if Redis speaks TLS at this port, begin LIVECOUNT_REDIS_URL with rediss://" in text


async def test_servers_speak_no_tls_before_1_2(settings: Settings) -> None:
    """Neither with a client that would."""
    redis_port = urlsplit(settings.redis_url.get_secret_value()).port
    kafka_port = settings.kafka_bootstrap_servers.rpartition(":")[2]
    for port in (redis_port, kafka_port):
        context = ssl.create_default_context(cafile=settings.kafka_ssl_cafile)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        # Else OpenSSL itself would not begin with such an old one.
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            await asyncio.open_connection("127.0.0.1", int(port or 0), ssl=context)


def test_keys_are_for_their_owner_and_certificates_last_a_year(tmp_path: Path) -> None:
    """A renewal changes the certificates of the servers and never the authority's key."""
    made = make_certificates(tmp_path / "tls")
    key = tmp_path / "tls/authority.key"
    before = {file: file.read_bytes() for file in (key, made.authority, made.kafka, made.redis)}

    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert make_certificates(tmp_path / "tls") == made
    assert {file: file.read_bytes() for file in before} == before
    make_certificates(tmp_path / "tls", "--renew")
    assert (key.read_bytes(), made.authority.read_bytes()) == (before[key], before[made.authority])
    for server in (made.kafka, made.redis):
        assert server.read_bytes() != before[server]
        certificate = x509.load_pem_x509_certificate(server.read_bytes())
        lasts = certificate.not_valid_after_utc - certificate.not_valid_before_utc
        assert lasts == timedelta(days=397)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.DNSName) == [server.stem]
        # The authority's own key is in no file that a container is given.
        assert key.read_bytes() not in server.read_bytes()
