"""The local stack: real servers, found again, stopped, and never left behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from pydantic import SecretStr
from redis.exceptions import AuthenticationError

from services.platform.accounts import KAFKA_ACCOUNTS, REDIS_RULES
from services.platform.kafka import consumer, producer
from services.platform.names import Topics
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.plan import StackPlan
from services.platform.stack.stack import Stack, StackError
from services.platform.topic_differences import topic_differences
from services.platform.topics import TopicError, create_topics
from tests.support.checkout import CHECKOUT

HOLDING_PASSWORDS = ("kafka-1.properties", "redis.conf")

Eventually = Callable[..., Awaitable[object]]


def alive(pid: int) -> bool:
    """Returns whether a process runs; one that ended and was not yet waited for does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        # It ended before its file was opened, or while it was read.
        return False


async def read_one(settings: Settings, topic: str) -> bytes | None:
    """Returns the value of a topic's first message."""
    reader = consumer(settings, topic, group_id=None, client_id="test")
    await reader.start()
    try:
        message = await reader.getone()
    finally:
        await reader.stop()
    value: bytes | None = message.value
    return value


def test_a_cluster_whose_id_looks_like_an_option_starts(tmp_path: Path) -> None:
    """One id by chance in 64 begins with a dash; Kafka's tools must not take it for an option."""
    directory = tmp_path / "stack"
    directory.mkdir()
    plan = StackPlan.new(1, random.Random(1))
    id_with_dash = f"-{plan.cluster_id[1:]}"
    replace(plan, cluster_id=id_with_dash).write(directory / "stack.json")

    with Stack(directory) as running:
        assert all(running.running().values())
    assert f"cluster.id={id_with_dash}" in (directory / "kafka-1/meta.properties").read_text()


async def test_what_is_acknowledged_is_read_back(
    settings: Settings, kafka_producer: AIOKafkaProducer
) -> None:
    """A message that Kafka acknowledged is read back."""
    topic = Topics(settings.namespace).declarations
    await kafka_producer.send_and_wait(topic, b"value", key=b"key")

    assert await read_one(settings, topic) == b"value"


async def test_redis_asks_for_its_password(settings: Settings) -> None:
    """Redis answers an account that knows its password, in the URL or beside it, and no other."""
    async with connect(settings) as redis:
        assert await redis.ping()

    url = settings.redis_url.get_secret_value()
    address = url.rpartition("@")[2]
    name, _, password = url.removeprefix("redis://").partition("@")[0].partition(":")
    without = settings.model_copy(update={"redis_url": SecretStr(f"redis://{name}@{address}")})
    async with connect(without) as redis:
        with pytest.raises(AuthenticationError):
            await redis.ping()
    beside = without.model_copy(update={"redis_password": SecretStr(password)})
    async with connect(beside) as redis:
        assert await redis.ping()


def test_passwords_are_on_no_command_line_and_in_no_log(stack: Stack) -> None:
    """Whoever lists the machine's processes, or reads the logs, sees no account's password."""
    passwords = [file.read_text() for file in stack.endpoints.accounts_dir.iterdir()]
    assert len(set(passwords)) == len(KAFKA_ACCOUNTS) + len(REDIS_RULES)

    shown = [Path(f"/proc/{pid}/cmdline").read_text() for pid in stack.running().values()]
    shown += [log.read_text() for log in (stack.directory / "logs").iterdir()]
    assert not [text for text in shown for password in passwords if password in text]


def test_files_with_passwords_are_their_owners_only(tmp_path: Path) -> None:
    """Each is 0600 in a folder of 0700, also if the folder was there before with wide rights."""
    secrets = tmp_path / "stack" / "secrets"
    secrets.mkdir(parents=True, mode=0o777)
    secrets.chmod(0o777)
    (secrets / "livecount_kafka_intake").write_text("kept-as-it-was")
    (secrets / "livecount_kafka_intake").chmod(0o666)

    with Stack(tmp_path / "stack"):
        pass

    assert (secrets / "livecount_kafka_intake").read_text() == "kept-as-it-was"
    assert secrets.stat().st_mode & 0o777 == 0o700
    made = [*secrets.iterdir(), *(tmp_path / "stack" / name for name in HOLDING_PASSWORDS)]
    assert {file.stat().st_mode & 0o777 for file in made} == {0o600}


def test_servers_listen_on_loopback_only(stack: Stack) -> None:
    """No port of the stack is reached from another machine."""
    pids = {pid for pid in stack.running().values() if pid}
    addresses = {address for pid in pids for address in listening(pid)}

    assert addresses
    assert all(address.endswith("0100007F") for address in addresses)


def listening(pid: int) -> Iterator[str]:
    """Returns the addresses that a process listens on, in the kernel's hexadecimal form."""
    sockets = set(open_files(pid))
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                yield fields[1].partition(":")[0]


def open_files(pid: int) -> Iterator[str]:
    """Returns what a process has open, sockets by number; it may close some meanwhile."""
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            yield str(link.readlink())


async def test_a_stack_that_runs_is_found(stack: Stack) -> None:
    """Starting a stack that runs changes nothing, and leaving it leaves it running."""
    before = stack.running()

    with Stack(stack.directory) as found:
        assert found.endpoints == stack.endpoints

    assert stack.running() == before


def test_another_size_is_refused(stack: Stack) -> None:
    """A stack of one broker is not quietly taken for one of three."""
    with pytest.raises(StackError, match=r"brokers: 3 wanted, but .* holds a stack of 1"):
        Stack(stack.directory, 3).up()


async def test_what_was_written_outlives_a_restart_and_a_crash(own_stack: Stack) -> None:
    """A killed broker comes back with its messages, a killed Redis with its data or without."""
    endpoints = own_stack.endpoints
    settings = endpoints.settings(namespace="test")
    await create_topics(settings)
    sender = producer(settings, client_id="test")
    await sender.start()
    await sender.send_and_wait(Topics("test").alerts, b"kept")
    await sender.stop()

    own_stack.kill_broker(1)
    assert own_stack.running()["kafka-1"] is None
    own_stack.start_broker(1)
    assert await read_one(settings, Topics("test").alerts) == b"kept"

    own_stack.kill_redis()
    own_stack.start_redis(empty=False)
    async with connect(settings) as redis:
        await redis.set("key", "value")
    own_stack.kill_redis()
    own_stack.start_redis(empty=True)
    async with connect(settings) as redis:
        assert await redis.get("key") is None

    own_stack.down()
    assert set(own_stack.running().values()) == {None}
    assert own_stack.up() == endpoints
    assert await read_one(settings, Topics("test").alerts) == b"kept"


def test_a_new_cluster_tracks_eligible_leader_replicas(stack: Stack) -> None:
    """A replica that has all that was acknowledged can lead, also when it is alone."""
    log = (stack.directory / "logs/kafka-1.log").read_text()

    assert "setting feature eligible.leader.replicas.version to 1" in log


async def test_three_brokers_can_lose_one(tmp_path: Path) -> None:
    """With three brokers an acknowledged message is read, and another sent, after one is killed."""
    with Stack(tmp_path / "stack", 3) as three:
        settings = three.endpoints.settings(namespace="test")
        await create_topics(settings)
        assert await topic_differences(settings) == []
        topic = Topics("test").declarations
        sender = producer(settings, client_id="test")
        await sender.start()
        await sender.send_and_wait(topic, b"before", key=b"key")

        three.kill_broker(1)
        await sender.send_and_wait(topic, b"after", key=b"key")
        await sender.stop()

        assert await read_one(settings, topic) == b"before"
        three.start_broker(1)
        assert all(three.running().values())


PROGRAM = """
import signal, sys, time
from pathlib import Path
from services.platform.stack.stack import Stack
# Where the tests run in the background of a shell, they and their children ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
with Stack(Path(sys.argv[1])) as stack:
    print(*stack.running().values(), flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_no_server_outlives_its_program(
    number: signal.Signals, tmp_path: Path, eventually: Eventually
) -> None:
    """A program that starts a stack and is killed, ended or interrupted leaves no process."""
    program = subprocess.Popen(  # noqa: ASYNC220 - it returns at once
        [sys.executable, "-c", PROGRAM, tmp_path / "stack"], cwd=CHECKOUT, stdout=subprocess.PIPE
    )
    assert program.stdout is not None
    pids = [int(pid) for pid in program.stdout.readline().split()]
    assert len(pids) == 2
    assert all(alive(pid) for pid in pids)

    program.send_signal(number)
    program.communicate()

    await eventually(lambda: not any(alive(pid) for pid in pids))


def livecount(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a command of the checkout in a directory of its own."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("LIVECOUNT_")
    }
    return subprocess.run(
        [sys.executable, "-m", "services.cli", *arguments],
        cwd=directory,
        env=environment | {"PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_commands_from_up_to_down(tmp_path: Path) -> None:
    """What `stack up` starts outlives it, `topics` finds it, and `stack down` ends it.

    All of them work in a folder below, too.
    """
    (tmp_path / ".local" / "stack").mkdir(parents=True)
    below = tmp_path / "results" / "thursday"
    below.mkdir(parents=True)
    assert livecount(tmp_path, "stack", "status").returncode == 1
    try:
        up = livecount(tmp_path, "stack", "up")
        assert (up.returncode, up.stderr) == (0, "")
        assert livecount(below, "stack", "up").stdout == up.stdout
        assert livecount(below, "stack", "status").returncode == 0

        file = tmp_path / ".local" / "settings.env"
        assert file.stat().st_mode & 0o777 == 0o600
        assert f"LIVECOUNT_ACCOUNTS_DIR={tmp_path}/.local/stack/secrets" in file.read_text()

        made = livecount(below, "topics", "create")
        assert (made.returncode, made.stderr) == (0, "")
        assert "made live.declarations" in made.stdout
        assert livecount(tmp_path, "topics", "create").stdout == ""
        listed = livecount(tmp_path, "topics", "list")
        assert (listed.returncode, len(listed.stdout.splitlines())) == (
            0,
            made.stdout.count("made live."),
        )

        kept = livecount(tmp_path, "topics", "delete")
        assert kept.returncode == 1
        removed = livecount(tmp_path, "topics", "delete", "--yes")
        assert "removed live.declarations" in removed.stdout
        missing = livecount(tmp_path, "topics", "list")
        assert missing.returncode == 1
        assert "live.declarations: missing; make it with livecount topics create" in missing.stderr
    finally:
        down = livecount(tmp_path, "stack", "down")
    assert down.returncode == 0
    assert livecount(tmp_path, "stack", "status").returncode == 1


def test_unusable_settings_are_named(tmp_path: Path) -> None:
    """A setting that cannot be used is named with its value, status 2, and no secret is shown."""
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "settings.env").write_text(
        "LIVECOUNT_KAFKA_PARTITIONS=none\nLIVECOUNT_REDIS_URL=redis://:hunter2@host\n"
    )

    ended = livecount(tmp_path, "topics", "list")

    assert ended.returncode == 2
    assert "LIVECOUNT_KAFKA_PARTITIONS: 'none'" in ended.stderr
    assert "hunter2" not in ended.stderr + ended.stdout


async def test_topics_that_differ_are_named(settings: Settings) -> None:
    """New topics are as planned, making them again changes nothing, and a difference is said."""
    assert await topic_differences(settings) == []
    assert await create_topics(settings) == []

    other = settings.model_copy(update={"kafka_partitions": 3, "kafka_min_insync_replicas": 2})
    differences = await topic_differences(other)

    name = Topics(settings.namespace).declarations
    assert f"{name}: 8 partitions, expected 3" in differences
    assert f"{name}: min.insync.replicas is 1, expected 2" in differences


async def test_more_copies_than_brokers_is_refused(settings: Settings) -> None:
    """Topics that need more brokers than there are are refused, naming the topic and the reason."""
    other = settings.model_copy(update={"namespace": "copies", "kafka_replication_factor": 3})

    with pytest.raises(TopicError, match=r"copies\..*3 time"):
        await create_topics(other)


def test_an_absent_kafka_is_said(tmp_path: Path) -> None:
    """Where no broker answers the command says where it looked and what to set."""
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "settings.env").write_text(
        "LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:1\n"
    )

    ended = livecount(tmp_path, "topics", "create")

    assert ended.returncode == 1
    assert "error: 127.0.0.1:1: Kafka does not answer; start it" in ended.stderr
    assert "Traceback" not in ended.stderr
