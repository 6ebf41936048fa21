"""The processes of an audience: the server that is measured, and the one that holds its readers."""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.audience_night import ELECTION
from benchmarks.stream_readers import AudienceError
from services.platform.namespace import account_environment
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports

READY_TIMEOUT_S = 180.0
COMMAND_TIMEOUT_S = 400.0
SERVER_CORE, OTHERS_CORE = 0, 1
"""The server has a core, and readers, Redis and what drives them another."""

Figures = dict[str, Any]


def cpu_and_memory(pid: int) -> tuple[float, float]:
    """Returns the processor seconds a process has used, and its memory in MB."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return ticks / 100, pages * resource.getpagesize() / 1e6


async def until_ready(port: int) -> None:
    """Returns once the server listens."""
    deadline = time.monotonic() + READY_TIMEOUT_S
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return


class Readers:
    """The process that holds the readers."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls) -> Readers:
        """Returns a process without any reader yet."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.stream_readers"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            limit=2**26,
        )
        return cls(process)

    async def __call__(self, *command: object) -> Figures:
        """Has a command done, and returns its answer. Raises AudienceError if it failed."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        async with asyncio.timeout(COMMAND_TIMEOUT_S):
            line = await self._process.stdout.readline()
        answer: Figures = json.loads(line) if line else {"error": "the readers have ended"}
        if "error" in answer:
            raise AudienceError(answer["error"])
        return answer

    async def end(self) -> None:
        """Ends the process."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


class Server:
    """The ticker or one of the floors, on a core of its own; it can be killed and started again."""

    def __init__(self, kind: str, settings: Settings) -> None:
        (self.port,) = free_ports(1, random.Random())  # noqa: S311 - a port, not a secret
        module = ["benchmarks.stream_floor", str(self.port), ELECTION, kind.partition(", ")[2]]
        self.has_pages = kind == "ticker"
        self._module = ["services.cli", "ticker", "run"] if kind == "ticker" else module
        outside = {k: v for k, v in os.environ.items() if not k.startswith("LIVECOUNT_")}
        self._environment = outside | {
            "LIVECOUNT_SETTINGS_FILE": os.devnull,
            "LIVECOUNT_NAMESPACE": settings.namespace,
            **account_environment(settings, "ticker"),
            "LIVECOUNT_TICKER_PORT": str(self.port),
        }
        self.start()

    def start(self) -> None:
        """Starts the process."""
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", *self._module], env=self._environment
        )
        os.sched_setaffinity(self._process.pid, {SERVER_CORE})

    def used(self) -> tuple[float, float]:
        """Returns the processor seconds that the process has used, and its memory in MB."""
        return cpu_and_memory(self._process.pid)

    def kill(self) -> None:
        """Ends the process at once."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(20)
