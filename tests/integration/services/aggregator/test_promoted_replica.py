"""A replica of Redis that was behind, promoted under its primary's address: nothing is lost."""

from __future__ import annotations

import asyncio
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from services.platform.accounts import ADMIN, redis_secret
from services.platform.settings import Settings
from services.platform.stack.ports import LOOPBACK, free_ports
from services.platform.stack.process import die_with_parent
from services.platform.stack.redis_process import find_redis
from services.platform.stack.stack import Stack
from tests.support.aggregator_night import Declarations, assert_counted, night
from tests.support.services_night import Eventually

ANSWER_RETRIES = 300
"""Every tenth of a second until a server that starts answers."""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack of this module's own, as its Redis is replaced."""
    directory = Path(tempfile.mkdtemp(prefix="livecount-replica-"))
    try:
        with Stack(directory) as running:
            yield running
    finally:
        shutil.rmtree(directory, ignore_errors=True)


class Replica:
    """A replica of a stack's Redis, with the stack's accounts."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self._folder = folder
        self._primary = int(stack.endpoints.redis_address.rpartition(":")[2].split("/")[0])
        (self._own,) = free_ports(1, random.Random())
        self._password = (stack.endpoints.accounts_dir / redis_secret(ADMIN)).read_text()
        primary_data = stack.directory / "redis"
        self._configuration = (
            (stack.directory / "redis.conf").read_text().replace(str(primary_data), str(folder))
        )
        self._process: subprocess.Popen[bytes] | None = None

    def follow(self) -> None:
        """Starts the replica, and returns once it has all that its primary has."""
        self._start(
            self._own,
            f"replicaof {LOOPBACK} {self._primary}\n"
            f"masteruser {ADMIN}\nmasterauth {self._password}\n",
        )
        self._client(self._primary).execute_command("WAIT", 1, 30_000)

    def fall_behind(self) -> None:
        """Cuts it off from its primary: it keeps what it has and learns nothing more."""
        self._client(self._own).replicaof("NO", "ONE")

    def promote(self) -> None:
        """Starts it again with what it has, under the address of its primary, which is gone."""
        self.stop()
        self._start(self._primary, "")
        self._client(self._primary).ping()

    def stop(self) -> None:
        """Ends it; its data stay."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def _start(self, port: int, further: str) -> None:
        file = self._folder / "redis.conf"
        file.write_text(
            self._configuration.replace(f"port {self._primary}\n", f"port {port}\n") + further
        )
        self._process = subprocess.Popen(
            [str(find_redis()), str(file)],
            stdout=subprocess.DEVNULL,
            preexec_fn=die_with_parent,  # noqa: PLW1509 -- one system call
        )

    def _client(self, port: int) -> Any:
        return Redis(
            host=LOOPBACK,
            port=port,
            username=ADMIN,
            password=self._password,
            retry=Retry(ConstantBackoff(0.1), ANSWER_RETRIES),
        )


@pytest.fixture
def replica(stack: Stack, tmp_path: Path) -> Iterator[Replica]:
    """A replica that has not been started."""
    folder = tmp_path / "replica"
    folder.mkdir()
    made = Replica(stack, folder)
    yield made
    made.stop()
    if not stack.running()["redis"]:
        stack.start_redis(empty=True)


async def test_a_replica_that_was_behind_is_rebuilt_from_the_log(  # noqa: PLR0913, PLR0917 -- fixtures
    stack: Stack,
    settings: Settings,
    declarations: Declarations,
    replica: Replica,
    process: Callable[..., Any],
    eventually: Eventually,
) -> None:
    """The worker sees that it is behind, rebuilds it, and no figure and no alert is missing."""
    facts = night(seed=25)
    third = len(facts) // 3
    worker = process("aggregator", "run")
    await declarations.count(facts[:third])
    await asyncio.to_thread(replica.follow)
    replica.fall_behind()
    await declarations.count(facts[third : 2 * third])

    await asyncio.to_thread(stack.kill_redis)
    await asyncio.to_thread(replica.promote)
    assert not await declarations.counted()
    await declarations.send(facts[2 * third :])

    async def counted() -> bool:
        if worker.process.poll() is not None:
            # As whoever supervises it does.
            worker.start()
        return await declarations.counted()

    await eventually(counted)
    await assert_counted(settings, facts)
    assert "redis lost data" in worker.written() or "rebuilt" in worker.written()
