"""What every test can ask for: a real stack, settings of its own, and the project's processes."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from aiokafka import AIOKafkaProducer
from pydantic import SecretStr
from redis.asyncio import Redis

from services.intake.producer import DeclarationProducer
from services.platform.accounts import ADMIN, account_settings
from services.platform.kafka import producer
from services.platform.names import Keys
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.java import find_java
from services.platform.stack.kafka_jars import KAFKA_VERSION
from services.platform.stack.redis_process import find_redis
from services.platform.stack.stack import Stack
from services.platform.topics import create_topics, delete_topics
from tests.support.keys import added, invited
from tests.support.warm_start import WarmStart

POLL_S = 0.02
"""How often a waiting test checks its condition."""

WAIT_S = 90.0
"""How long it waits. On a busy machine a process takes tens of seconds to start."""

Value = TypeVar("Value")


def pytest_report_header() -> str:
    """Shows in the log what the tests run against."""
    return f"real Apache Kafka {KAFKA_VERSION} and Redis, {find_redis()}, on {find_java()}"


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A running stack for this test run only: real Kafka and Redis, gone at the end."""
    directory = Path(tempfile.mkdtemp(prefix="livecount-stack-"))
    try:
        with Stack(directory) as running:
            yield running
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
async def settings(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[Settings]:
    """The administrator's settings for the stack, in a namespace for this test.

    With its topics, unless the test is marked `redis_only`: to make and to delete them takes as
    long as many a test.
    """
    for name in [name for name in os.environ if name.startswith("LIVECOUNT_")]:
        monkeypatch.delenv(name)
    made = stack.endpoints.settings(namespace=f"test-{secrets.token_hex(6)}")
    has_topics = request.node.get_closest_marker("redis_only") is None
    if has_topics:
        await create_topics(made)
    yield made
    if has_topics:
        await delete_topics(made)
    async with connect(made) as redis:
        async for key in redis.scan_iter(Keys(made.namespace).pattern(), count=1_000):
            await redis.unlink(key)


@pytest.fixture
async def redis(settings: Settings) -> AsyncIterator[Redis]:
    """The Redis of the test's settings."""
    async with connect(settings) as client:
        yield client


@pytest.fixture
async def kafka_producer(settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    """A started producer that may write to every topic."""
    started = producer(settings, client_id="test")
    await started.start()
    yield started
    await started.stop()


@pytest.fixture
async def night(settings: Settings, request: pytest.FixtureRequest) -> None:
    """A night that has been opened, with what is `OPENING` in the test's module."""
    async with DeclarationProducer(settings) as opening:
        await opening.publish(request.module.OPENING)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """Where the file of keys is."""
    return tmp_path / "keys.toml"


@pytest.fixture
def token(keys: Path) -> str:
    """The token of a stringer's invitation."""
    return invited(keys, "stringer-1", person="Ann Able", councils=("barsetshire",))


@pytest.fixture
def desk_token(keys: Path) -> str:
    """The token of the desk's key."""
    return added(keys, "desk-1", role="desk")


@pytest.fixture
def eventually() -> Callable[..., Awaitable[object]]:
    """Waits for a condition: see `wait_until`."""
    return wait_until


async def wait_until(
    condition: Callable[[], Value | Awaitable[Value]], timeout_s: float = WAIT_S
) -> Value:
    """Returns the condition's first true value; fails if there is none in time.

    The condition is called again and again; it may be a coroutine function.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if isinstance(value, Awaitable):
            value = await value
        if value:
            return value
        if time.monotonic() > deadline:
            pytest.fail(f"{condition!r} was not true within {timeout_s} s; last value: {value!r}")
        await asyncio.sleep(POLL_S)


class Running:
    """A `livecount` process and what it wrote."""

    def __init__(
        self,
        starter: WarmStart,
        module: str,
        arguments: Sequence[str],
        environment: dict[str, str],
        log: Path,
    ) -> None:
        self.module = module
        self.arguments = list(arguments)
        self.log = log
        self._starter = starter
        self._environment = environment
        self.start()

    def start(self) -> None:
        """Starts the process, also again after it has ended."""
        self.process = self._starter.start(self.module, self.arguments, self._environment, self.log)

    def written(self) -> str:
        """Returns everything written so far, both streams together."""
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        """Kills the process as a crash would, and waits until it is gone."""
        self.end(signal.SIGKILL)

    def end(self, number: signal.Signals = signal.SIGTERM, timeout_s: float = 30.0) -> int:
        """Sends a signal, waits for the end, and returns the exit status."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
        return self.process.wait(timeout_s)


@pytest.fixture(scope="session")
def warm_start() -> Iterator[WarmStart]:
    """What starts the project's processes, for this test run."""
    starter = WarmStart()
    yield starter
    starter.close()


@pytest.fixture
def process(
    settings: Settings, warm_start: WarmStart, tmp_path: Path
) -> Iterator[Callable[..., Running]]:
    """Starts `livecount` processes at the test's settings, each with its service's account.

    They are killed at the end.

    `process("ticker", "run", ticker_port="8123")`: arguments, then further settings by name.
    `module` is another module to be run in place of the command line.
    """
    started: list[Running] = []

    def start(*arguments: str, module: str = "services.cli", **further: str) -> Running:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("LIVECOUNT_")
        }
        environment |= settings_environment(own_account(settings, *arguments[:2]))
        environment |= {f"LIVECOUNT_{name.upper()}": value for name, value in further.items()}
        log = tmp_path / f"process-{len(started)}.log"
        running = Running(warm_start, module, arguments, environment, log)
        started.append(running)
        return running

    yield start
    for running in started:
        running.kill()
        sys.stdout.write(f"--- livecount {' '.join(running.arguments)}\n{running.written()}\n")


def own_account(settings: Settings, command: str, subcommand: str = "") -> Settings:
    """Returns the settings with the account that a command of `livecount` has."""
    accounts = {
        "intake": "intake",
        "declare": "audit",
        "aggregator": "aggregator",
        "nation run": "nation",
        "nation projection": "audit",
        "rebuild": "aggregator",
        "notifier": "notifier",
        "push run": "push",
        "entry": "entry",
        "ticker": "ticker",
        "watch": "ticker",
        "verify": "audit",
        "council": "audit",
        "explain": "audit",
        "rejects": "audit",
        "ready": "audit",
        "archive": "audit",
        "access": "audit",
        "alerts": "audit",
    }
    return account_settings(
        settings, accounts.get(f"{command} {subcommand}", accounts.get(command, ADMIN))
    )


def settings_environment(settings: Settings) -> dict[str, str]:
    """Returns the environment variables that give another process the same settings."""
    environment = {"LIVECOUNT_SETTINGS_FILE": os.devnull}
    for name in settings.model_fields_set - {"accounts_dir"}:
        value = getattr(settings, name)
        plain = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        environment[f"LIVECOUNT_{name.upper()}"] = plain
    return environment
