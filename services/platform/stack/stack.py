"""The local stack: real Kafka and real Redis as processes on loopback, in one directory."""

from __future__ import annotations

import fcntl
import random
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console

from services.platform.stack.endpoints import Endpoints
from services.platform.stack.java import find_java
from services.platform.stack.kafka_jars import JarError, cache_directory, fetch_jars
from services.platform.stack.kafka_process import Broker, KafkaRuntime
from services.platform.stack.plan import StackPlan
from services.platform.stack.ports import LOOPBACK, PortError, is_listening
from services.platform.stack.process import POLL_INTERVAL_S, Process, ProcessError
from services.platform.stack.redis_process import RedisServer, find_redis
from services.platform.stack.secret_files import write_secrets
from services.platform.stack.servers import CURRENT, Servers

START_TIMEOUT_S = 90.0
"""Kafka listens after about three seconds; a cold machine under load has taken many more."""

DISK_FREE_MIN_BYTES = 500_000_000
"""More than a night with its logs takes; with less Kafka could stop in the middle of it."""

BROKERS_CHOICE = (1, 3)
"""One to try things; three, to be able to lose one."""


class StackError(RuntimeError):
    """The stack cannot be started or stopped; the message says why and what to do."""


class Stack:
    """Kafka and Redis in one directory: configuration, data, logs and what runs.

    As a context manager it starts what does not run, and at the end stops it if it was the one
    that started it. Its processes die with the calling process unless they outlive it. Every
    method blocks. A lock keeps two users of one directory apart.
    """

    def __init__(
        self,
        directory: Path,
        brokers: int = 1,
        *,
        outlives_parent: bool = False,
        console: Console | None = None,
        servers: Servers = CURRENT,
    ) -> None:
        if brokers not in BROKERS_CHOICE:
            raise StackError(f"brokers: {brokers}; choose 1 or 3")
        self.directory = directory.resolve()
        self.started = False
        self._brokers_wanted = brokers
        self._outlives_parent = outlives_parent
        self._servers = servers
        self._console = console or Console(stderr=True)
        self._brokers: list[Broker] = []
        self._redis: RedisServer | None = None
        self._plan: StackPlan | None = None
        self._adopt(StackPlan.read(self._plan_file))

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.started:
            self.down()

    @property
    def endpoints(self) -> Endpoints:
        """The addresses of the stack. Raises StackError if it was never started."""
        certificates = self._servers.certificates
        return Endpoints(
            ",".join(f"{LOOPBACK}:{broker.address.port}" for broker in self._brokers),
            f"{LOOPBACK}:{self._redis_server().port}/0",
            len(self._brokers),
            self._secrets.resolve(),
            certificates.authority if certificates else None,
        )

    def running(self) -> dict[str, int | None]:
        """Returns each server's process id by name, None for one that does not run."""
        return {process.name: process.pid for process in self._processes()}

    def up(self) -> Endpoints:
        """Starts what does not run, waits until all of it answers, and returns where it is.

        Raises StackError, after ending what runs, if something is missing: the network for
        the first download, disk space, a port, a runtime.
        """
        with self._locked():
            self._adopt(StackPlan.read(self._plan_file))
            self._refuse_other_size()
            running = self.running()
            if running and all(running.values()):
                return self.endpoints
            self._refuse_full_disk()
            try:
                self._start_all()
            except BaseException as error:
                # Also after Ctrl-C nothing may be left behind.
                self._stop_all()
                if isinstance(error, JarError | PortError | ProcessError | OSError):
                    raise StackError(str(error)) from error
                raise
            self.started = True
            return self.endpoints

    def down(self) -> None:
        """Ends every server of the directory, whoever started it. Data and logs stay."""
        with self._locked():
            self._adopt(StackPlan.read(self._plan_file))
            self._stop_all()
            self.started = False

    def kill_broker(self, node_id: int) -> None:
        """Kills a broker, counted from 1, as a crash would. Its data stay."""
        self._brokers[node_id - 1].process.kill()

    def start_broker(self, node_id: int) -> None:
        """Starts a broker that was killed, on its port, with its data; waits until it answers."""
        broker = self._brokers[node_id - 1]
        broker.start(self._kafka_runtime(), outlives_parent=self._outlives_parent)
        self._wait(broker.process, broker.address.port)

    def kill_redis(self) -> None:
        """Kills Redis as a crash would. Its data stay."""
        self._redis_server().process.kill()

    def start_redis(self, *, empty: bool) -> None:
        """Starts Redis after it was killed, on its port, with its data or without any."""
        redis = self._redis_server()
        if empty:
            redis.empty()
        redis.start(self._servers.redis or find_redis(), outlives_parent=self._outlives_parent)
        self._wait(redis.process, redis.port, redis.has_loaded)

    @property
    def _plan_file(self) -> Path:
        return self.directory / "stack.json"

    @property
    def _secrets(self) -> Path:
        return self.directory / "secrets"

    def _adopt(self, plan: StackPlan | None) -> None:
        if plan is None or plan == self._plan:
            return
        self._plan = plan
        certificates = self._servers.certificates
        self._brokers = [
            Broker(self.directory, address, self._secrets, certificates) for address in plan.brokers
        ]
        self._redis = RedisServer(self.directory, plan.redis_port, self._secrets, certificates)

    def _redis_server(self) -> RedisServer:
        if self._redis is None:
            raise StackError(f"{self.directory}: no stack here; start it with livecount stack up")
        return self._redis

    def _processes(self) -> list[Process]:
        processes = [broker.process for broker in self._brokers]
        return [*processes, self._redis.process] if self._redis else processes

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.directory / "logs").mkdir(exist_ok=True)
            lock = (self.directory / "lock").open("w")
        except OSError as error:
            raise StackError(f"{self.directory}: {error.strerror}; choose another place") from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _refuse_other_size(self) -> None:
        if self._brokers and len(self._brokers) != self._brokers_wanted:
            raise StackError(
                f"brokers: {self._brokers_wanted} wanted, but {self.directory} holds a stack of"
                f" {len(self._brokers)}; end it and remove the directory, or choose that number"
            )

    def _refuse_full_disk(self) -> None:
        free_bytes = shutil.disk_usage(self.directory).free
        if free_bytes < DISK_FREE_MIN_BYTES:
            raise StackError(
                f"{self.directory}: {free_bytes // 1_000_000} MB of disk free;"
                f" make room for at least {DISK_FREE_MIN_BYTES // 1_000_000} MB"
            )

    def _kafka_runtime(self) -> KafkaRuntime:
        jars = fetch_jars(cache_directory(), self._console, self._servers.kafka_jars)
        return KafkaRuntime(find_java(), tuple(jars))

    def _start_all(self) -> None:
        runtime = self._kafka_runtime()
        if not any(self.running().values()):
            chance = random.SystemRandom()
            plan = self._plan or StackPlan.new(self._brokers_wanted, chance)
            self._adopt(plan.on_free_ports(chance))
            if self._plan is not None:
                self._plan.write(self._plan_file)
        write_secrets(self._secrets)
        redis = self._redis_server()
        redis.configure()
        if redis.process.pid is None:
            redis.start(self._servers.redis or find_redis(), outlives_parent=self._outlives_parent)
        addresses = [broker.address for broker in self._brokers]
        idle = [broker for broker in self._brokers if broker.process.pid is None]
        for broker in idle:
            broker.configure(addresses)
        with ThreadPoolExecutor(len(self._brokers)) as pool:
            # Formatting takes a second each, so they are formatted at the same time.
            list(pool.map(lambda broker: broker.prepare(runtime, self._cluster_id()), idle))
        for broker in idle:
            broker.start(runtime, outlives_parent=self._outlives_parent)
        self._wait(redis.process, redis.port, redis.has_loaded)
        for broker in self._brokers:
            self._wait(broker.process, broker.address.port)

    def _cluster_id(self) -> str:
        return self._plan.cluster_id if self._plan else ""

    def _stop_all(self) -> None:
        processes = self._processes()
        if processes:
            with ThreadPoolExecutor(len(processes)) as pool:
                list(pool.map(Process.stop, processes))

    def _wait(self, process: Process, port: int, ready: Callable[[], bool] = lambda: True) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not (is_listening(port) and ready()):
            process.check()
            if time.monotonic() > deadline:
                raise ProcessError(
                    f"{process.name} does not answer on port {port} after"
                    f" {START_TIMEOUT_S:.0f} s; see {process.log}"
                )
            time.sleep(POLL_INTERVAL_S)
        # Some other program may have taken the port.
        process.check()
