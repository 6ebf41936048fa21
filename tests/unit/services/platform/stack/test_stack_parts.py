"""The parts of the local stack that need no server: versions, ports, jars, configuration."""

from __future__ import annotations

import hashlib
import io
import random
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from rich.console import Console

from services.platform.stack.java import major_version
from services.platform.stack.kafka_jars import (
    KAFKA_VERSION,
    Jar,
    JarError,
    cache_directory,
    fetch_jars,
    locked_jars,
)
from services.platform.stack.kafka_process import BrokerAddress, broker_properties
from services.platform.stack.plan import StackPlan
from services.platform.stack.ports import PortError, free_ports, is_free
from services.platform.stack.process import ProcessError
from services.platform.stack.redis_process import RedisServer, version
from services.platform.stack.secret_files import write_secrets
from services.platform.stack.stack import Stack, StackError


@pytest.mark.parametrize(
    ("shown", "major"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "25" 2025-09-16', 25),
        ('java version "1.8.0_391"', 8),
        ("Unable to locate a Java Runtime.", None),
    ],
)
def test_javas_version_is_read(shown: str, major: int | None) -> None:
    """The major number is read from what every Java shows, old numbering included."""
    assert major_version(shown) == major


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("Redis server v=6.2.14 sha=40305114:0 malloc=libc bits=64", (6, 2)),
        ("Redis server v=8.0.1 sha=00000000:1 malloc=jemalloc", (8, 0)),
        ("command not found", None),
    ],
)
def test_redis_version_is_read(shown: str, expected: tuple[int, int] | None) -> None:
    """Major and minor number are read from what every Redis shows."""
    assert version(shown) == expected


def test_ports_are_free_different_and_not_handed_to_clients() -> None:
    """Ports differ, are free, and lie below those that outgoing connections are given."""
    ports = free_ports(7, random.Random(1))

    assert len(set(ports)) == 7
    assert all(is_free(port) and port < 32_768 for port in ports)


def test_a_taken_port_is_seen() -> None:
    """A port that a server listens on is not free, and the plan moves away from it."""
    plan = StackPlan.new(1, random.Random(2))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", plan.redis_port))
        taken.listen()

        assert not is_free(plan.redis_port)
        moved = plan.on_free_ports(random.Random(3))

    assert moved.redis_port != plan.redis_port
    assert moved.cluster_id == plan.cluster_id


def test_too_few_ports_are_said() -> None:
    """More ports than there are is an error that says so, not an endless search."""
    with pytest.raises(PortError, match="fewer than 20000 are free"):
        free_ports(20_000, random.Random(4))


def test_a_plan_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    """A plan survives the disk, in a file that nobody else can read; rubbish is no plan."""
    file = tmp_path / "stack.json"
    plan = StackPlan.new(3, random.Random(5))
    plan.write(file)

    assert StackPlan.read(file) == plan
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("{}")
    assert StackPlan.read(file) is None
    assert StackPlan.read(tmp_path / "missing.json") is None


def test_redis_password_stands_in_a_private_file(tmp_path: Path) -> None:
    """The password is in a configuration file that its owner alone can read."""
    write_secrets(tmp_path / "secrets")
    (tmp_path / "secrets" / "livecount_redis_ticker").write_text("secret")
    server = RedisServer(tmp_path, 20_001, tmp_path / "secrets")
    server.configure()

    file = tmp_path / "redis.conf"
    assert "user default off\n" in file.read_text()
    assert "user ticker on >secret ~* " in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


def test_three_brokers_keep_three_copies() -> None:
    """Of three brokers each keeps a copy and two must confirm; one alone confirms by itself."""
    brokers = [BrokerAddress(node, 20_000 + node, 21_000 + node) for node in (1, 2, 3)]

    three = broker_properties(brokers[0], brokers, Path("/data"), "secret")
    one = broker_properties(brokers[0], brokers[:1], Path("/data"), "secret")

    assert "default.replication.factor=3\nmin.insync.replicas=2\n" in three
    assert "default.replication.factor=1\nmin.insync.replicas=1\n" in one
    assert "1@127.0.0.1:21001,2@127.0.0.1:21002,3@127.0.0.1:21003" in three
    for properties in (one, three):
        assert "listeners=CLIENTS://127.0.0.1:20001,CONTROLLER://127.0.0.1:21001" in properties
        assert "auto.create.topics.enable=false" in properties


def test_every_jar_is_pinned() -> None:
    """The lock file names Kafka's own jars at one version, each with its size and hash."""
    jars = locked_jars()

    own = [jar for jar in jars if jar.group == "org.apache.kafka"]
    assert {jar.version for jar in own} == {KAFKA_VERSION}
    assert {"kafka_2.13", "kafka-clients", "kafka-server"} <= {jar.artifact for jar in own}
    assert all(len(jar.sha256) == 64 and jar.size_bytes > 0 for jar in jars)


def test_a_broken_jar_is_not_whole(tmp_path: Path) -> None:
    """A jar that was cut short or changed does not count as fetched."""
    jar = Jar("g.h", "a", "1", 4, hashlib.sha256(b"test").hexdigest())
    assert not jar.is_intact(tmp_path)

    jar.path(tmp_path).parent.mkdir(parents=True)
    jar.path(tmp_path).write_bytes(b"test")
    assert jar.is_intact(tmp_path)
    assert jar.path(tmp_path) == tmp_path / "g" / "h" / "a" / "1" / "a-1.jar"

    jar.path(tmp_path).write_bytes(b"tes")
    assert not jar.is_intact(tmp_path)


def test_no_network_is_said_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a network the error names the jar, what happened and what to do."""
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    with pytest.raises(JarError) as caught:
        fetch_jars(tmp_path, Console(file=io.StringIO()))

    assert f"{KAFKA_VERSION} could not be downloaded" in str(caught.value)
    assert "connect to the network once" in str(caught.value)


def test_the_cache_is_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jars are kept in the user's cache directory, wherever that is set to be."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory() == tmp_path / "livecount" / "maven"

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_directory() == tmp_path / ".cache" / "livecount" / "maven"


def test_a_stack_of_two_brokers_is_refused(tmp_path: Path) -> None:
    """Two brokers cannot lose one and keep a majority, so the choice is one or three."""
    with pytest.raises(StackError, match="brokers: 2; choose 1 or 3"):
        Stack(tmp_path, 2)


def test_a_stack_that_never_ran_says_so(tmp_path: Path) -> None:
    """Asking a directory without a stack for its address says how to start one."""
    stack = Stack(tmp_path)

    assert stack.running() == {}
    with pytest.raises(StackError, match="livecount stack up"):
        _ = stack.endpoints
    stack.down()


def test_a_directory_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A place that cannot hold a directory is named, with what to do."""
    (tmp_path / "file").write_text("")

    with pytest.raises(StackError, match="choose another place"):
        Stack(tmp_path / "file" / "stack").up()


async def test_a_server_that_ends_at_once_shows_its_log(
    tmp_path: Path, eventually: Callable[..., Awaitable[object]]
) -> None:
    """A server that does not start is reported with the end of its log."""
    server = RedisServer(tmp_path, 20_002, tmp_path)
    (tmp_path / "logs").mkdir()
    server.process.start(
        ["sh", "-c", "echo wrong configuration; exit 3"], {}, outlives_parent=False
    )
    await eventually(lambda: server.process.pid is None)

    with pytest.raises(
        ProcessError, match=r"redis ended while it was starting(.|\n)*wrong configuration"
    ):
        server.process.check()
