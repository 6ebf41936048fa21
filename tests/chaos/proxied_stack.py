"""Brokers and Redis behind proxies: servers of a night whose network can fail."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from services.platform.accounts import ADMIN, kafka_secret, password
from services.platform.settings import Settings
from services.platform.stack.kafka_process import login_properties
from services.platform.stack.ports import free_ports, is_listening
from services.platform.stack.process import die_with_parent
from services.platform.stack.redis_process import find_redis
from services.platform.stack.stack import Stack
from tests.chaos.proxy import LOOPBACK, Network

START_TIMEOUT_S = 90.0
DISK_ROOM_BYTES = 4_096
"""What Redis may still write when its disk is nearly full."""


class ProxiedStack:
    """A stack that clients reach through proxies; the harness itself reaches it directly.

    Each broker has a second listener, which advertises its proxy, as in a cluster behind a load
    balancer. So brokers reach each other without a proxy.
    """

    def __init__(self, directory: Path, brokers: int, random: object) -> None:
        self.directory = directory
        self.brokers = brokers
        self._random = random
        self._stack = Stack(directory, brokers)
        self._network = Network()
        self._redis: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts brokers, Redis and their proxies. Blocks for some ten seconds."""
        endpoints = self._stack.up()
        self._direct = endpoints
        self._redis_port = int(endpoints.redis_address.rpartition(":")[2].partition("/")[0])
        ports = free_ports(self.brokers, self._random)
        self.kafka_links = [self._network.proxy(port) for port in ports]
        self.redis_link = self._network.proxy(self._redis_port)
        for node in self._nodes():
            self._stack.kill_broker(node)
        for node, port, link in zip(self._nodes(), ports, self.kafka_links, strict=True):
            self._add_listener(node, port, link.port)
        self.start_brokers()
        self._stack.kill_redis()
        self.start_redis(empty=True)

    def stop(self) -> None:
        """Ends everything."""
        self._network.close()
        self.kill_redis()
        self._stack.down()

    def settings(self, namespace: str, *, direct: bool) -> Settings:
        """Returns settings that lead to the stack, directly or through the proxies."""
        links = ",".join(f"{LOOPBACK}:{link.port}" for link in self.kafka_links)
        reached = self._direct
        if not direct:
            reached = replace(
                reached,
                kafka_bootstrap_servers=links,
                redis_address=f"{LOOPBACK}:{self.redis_link.port}/0",
            )
        return reached.settings(namespace=namespace)

    def kill_broker(self, node: int) -> None:
        self._stack.kill_broker(node)

    def start_broker(self, node: int) -> None:
        self._stack.start_broker(node)

    def start_brokers(self) -> None:
        """Starts all brokers at the same time, as each would wait for the others."""
        with ThreadPoolExecutor(self.brokers) as pool:
            list(pool.map(self._stack.start_broker, self._nodes()))

    def kill_brokers(self) -> None:
        for node in self._nodes():
            self._stack.kill_broker(node)

    def signal_broker(self, node: int, number: signal.Signals) -> None:
        pid = self._stack.running()[f"kafka-{node}"]
        if pid is not None:
            os.kill(pid, number)

    def signal_redis(self, number: signal.Signals) -> None:
        if self._redis is not None:
            self._redis.send_signal(number)

    def kill_redis(self) -> None:
        if self._redis is not None:
            self._redis.kill()
            self._redis.wait(10)

    def start_redis(self, *, empty: bool) -> None:
        """Starts Redis; it ignores SIGXFSZ, so that a full disk is an error and not a signal."""
        if empty:
            shutil.rmtree(self.directory / "redis", ignore_errors=True)
        (self.directory / "redis").mkdir(exist_ok=True)
        with (self.directory / "logs" / "redis.log").open("ab") as log:
            self._redis = subprocess.Popen(
                [str(find_redis()), str(self.directory / "redis.conf")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                # Python ignores SIGXFSZ, and so do the processes that it starts with this.
                restore_signals=False,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one system call
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not is_listening(self._redis_port):
            if time.monotonic() > deadline or self._redis.poll() is not None:
                raise RuntimeError(f"redis does not listen; see {self.directory}/logs/redis.log")
            time.sleep(0.02)

    def fill_disk(self) -> None:
        """Lets no file of Redis grow further, as a full disk would."""
        if self._redis is not None:
            files = [file for file in (self.directory / "redis").rglob("*") if file.is_file()]
            size = max(file.stat().st_size for file in files) + DISK_ROOM_BYTES
            resource.prlimit(self._redis.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def empty_disk(self) -> None:
        """Gives Redis its disk back."""
        if self._redis is not None:
            unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            resource.prlimit(self._redis.pid, resource.RLIMIT_FSIZE, unlimited)

    def cut_kafka(self) -> None:
        for link in self.kafka_links:
            self._network.cut(link)

    def cut_redis(self) -> None:
        self._network.cut(self.redis_link)

    def mend_kafka(self) -> None:
        for link in self.kafka_links:
            link.mend()

    def mend_redis(self) -> None:
        self.redis_link.mend()

    def _nodes(self) -> range:
        return range(1, self.brokers + 1)

    def _add_listener(self, node: int, port: int, advertised: int) -> None:
        file = self.directory / f"kafka-{node}.properties"
        lines = []
        for line in file.read_text().splitlines():
            if line.startswith("listeners="):
                line += f",LINKED://{LOOPBACK}:{port}"  # noqa: PLW2901
            elif line.startswith("advertised.listeners="):
                line += f",LINKED://{LOOPBACK}:{advertised}"  # noqa: PLW2901
            elif line.startswith("listener.security.protocol.map="):
                line += ",LINKED:SASL_PLAINTEXT"  # noqa: PLW2901
            lines.append(line)
        login = login_properties("LINKED", password(self._direct.accounts_dir, kafka_secret(ADMIN)))
        file.write_text("\n".join(lines) + "\n" + login)
