"""Kafka and Redis over TLS, with accounts, as the manifests for Kubernetes reach them."""

from __future__ import annotations

import asyncio
import base64
import random
import socket
import ssl
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from pydantic import SecretStr
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoPermissionError

from services.intake.producer import DeclarationProducer
from services.platform.accounts import ADMIN, account_settings, kafka_secret, password, redis_secret
from services.platform.errors import KafkaUnavailableError
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.java import find_java
from services.platform.stack.kafka_jars import cache_directory, fetch_jars
from services.platform.stack.kafka_process import (
    Broker,
    BrokerAddress,
    KafkaRuntime,
    login_properties,
)
from services.platform.stack.ports import LOOPBACK, free_ports
from services.platform.stack.secret_files import write_secrets
from services.platform.stack.stack import Stack
from services.platform.topics import create_topics
from tests.support.manifests import environment


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    """An authority that no system knows, with its certificate in ca.crt."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.crt"))
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.crt"))
    return made


@pytest.fixture
async def tls_address(stack: Stack, authority: trustme.CA) -> AsyncIterator[str]:
    """Where Redis answers over TLS, which this process ends: the server of the stack has none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(LOOPBACK).configure_cert(context)
    host, port = stack.endpoints.redis_address.partition("/")[0].split(":")

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(host, int(port))
        await asyncio.gather(carry(reader, inner_writer), carry(inner_reader, writer))

    async with await asyncio.start_server(serve, LOOPBACK, 0, ssl=context) as server:
        yield f"{LOOPBACK}:{server.sockets[0].getsockname()[1]}"


def redis_settings(stack: Stack, address: str, cafile: Path) -> Settings:
    """Returns the aggregator's settings of Redis as its manifest gives them, led to a server."""
    given = environment("aggregator")
    url = given["LIVECOUNT_REDIS_URL"].replace(given["VALKEY_ADDRESS"], address)
    url = url.replace("/etc/livecount/authorities/valkey.crt", str(cafile))
    known = password(stack.endpoints.accounts_dir, redis_secret("aggregator"))
    return Settings(redis_url=SecretStr(url), redis_password=SecretStr(known))


async def test_redis_is_reached_over_tls_with_the_authority_and_the_account(
    stack: Stack, tls_address: str, tmp_path: Path
) -> None:
    """By the address that the manifest makes, and the password of its own file."""
    async with connect(redis_settings(stack, tls_address, tmp_path / "ca.crt")) as client:
        assert await client.ping()
        # What the account may not do says which it is.
        with pytest.raises(NoPermissionError, match="User aggregator"):
            await client.acl_whoami()


async def test_a_redis_of_another_authority_is_refused(
    stack: Stack, tls_address: str, tmp_path: Path
) -> None:
    """Nothing is sent to it."""
    async with connect(redis_settings(stack, tls_address, tmp_path / "other.crt")) as client:
        with pytest.raises(RedisConnectionError, match="certificate verify failed"):
            await client.ping()


class TlsBroker(Broker):
    """A broker that listens with TLS as well, on a port of its own."""

    tls_port = 0
    pem = Path()

    def configure(self, every: list[BrokerAddress]) -> None:
        """Adds a listener to what brokers of the local stack have."""
        super().configure(every)
        file = self.process.configuration
        known = password(file.parent, kafka_secret(ADMIN))
        lines = [
            f"{line},TLS://{LOOPBACK}:{self.tls_port}"
            if line.startswith(("listeners=", "advertised.listeners="))
            else f"{line},TLS:SASL_SSL"
            if line.startswith("listener.security.protocol.map=")
            else line
            for line in file.read_text().splitlines()
        ]
        lines += [
            "listener.name.tls.ssl.keystore.type=PEM",
            f"listener.name.tls.ssl.keystore.location={self.pem}",
            login_properties("TLS", known),
        ]
        file.write_text("\n".join(lines))


@pytest.fixture
async def broker(
    authority: trustme.CA, tmp_path: Path, eventually: Callable[..., Awaitable[object]]
) -> AsyncIterator[TlsBroker]:
    """A running broker with TLS, its accounts and the topics."""
    port, controller_port, tls_port = free_ports(3, random.Random())
    write_secrets(tmp_path)
    (tmp_path / "logs").mkdir()
    made = TlsBroker(tmp_path, BrokerAddress(1, port, controller_port), tmp_path)
    made.tls_port, made.pem = tls_port, tmp_path / "broker.pem"
    made.pem.write_bytes(as_kafka_reads_it(authority.issue_cert(LOOPBACK)))
    made.configure([made.address])
    runtime = KafkaRuntime(find_java(), tuple(fetch_jars(cache_directory(), print)))
    made.prepare(runtime, base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="))
    made.start(runtime, outlives_parent=False)
    try:
        await eventually(lambda: listens(port) and listens(tls_port))
        await create_topics(
            account_settings(
                Settings(
                    kafka_bootstrap_servers=f"{LOOPBACK}:{port}",
                    kafka_partitions=1,
                    accounts_dir=tmp_path,
                ),
                ADMIN,
            )
        )
        yield made
    finally:
        made.process.stop()


def listens(port: int) -> bool:
    """Returns whether somebody accepts connections on a port of loopback."""
    with socket.socket() as tried:
        return tried.connect_ex((LOOPBACK, port)) == 0


def as_kafka_reads_it(certificate: trustme.LeafCert) -> bytes:
    """Returns a key and its certificates as one PEM file, the key as PKCS #8."""
    key = load_pem_private_key(certificate.private_key_pem.bytes(), None)
    whole = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return whole + b"".join(each.bytes() for each in certificate.cert_chain_pems)


def kafka_settings(broker: TlsBroker, folder: Path, cafile: str) -> Settings:
    """Returns intake's settings of Kafka as its manifest gives them, led to a broker."""
    given = {
        key.removeprefix("LIVECOUNT_").lower(): value
        for key, value in environment("intake").items()
        if key.startswith("LIVECOUNT_KAFKA_")
    }
    return Settings.model_validate(
        given
        | {
            "kafka_bootstrap_servers": f"{LOOPBACK}:{broker.tls_port}",
            "kafka_ssl_cafile": folder / cafile,
            "kafka_sasl_password": password(folder, kafka_secret("intake")),
        }
    )


async def test_kafka_is_reached_over_tls_with_the_authority_and_the_account(
    broker: TlsBroker, tmp_path: Path
) -> None:
    """Intake's account, by SCRAM; and a broker of another authority is told apart."""
    async with DeclarationProducer(kafka_settings(broker, tmp_path, "ca.crt")) as intake:
        assert await intake.reachable()

    with pytest.raises(KafkaUnavailableError):
        async with DeclarationProducer(kafka_settings(broker, tmp_path, "other.crt")):
            pass
