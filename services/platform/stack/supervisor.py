"""Runs services as processes of their own, restarts those that fail, and ends them all.

The local counterpart of a compose file's restart policy, for the demo and for rehearsals.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from services.platform.stack.process import die_with_parent

RESTARTS_MAX = 20
"""Restarts of one service before it is given up: more than a night of faults needs."""

RESTART_DELAY_S = 0.5
"""Pause before a restart, so that a service that cannot start does not take the processor."""

STOP_TIMEOUT_S = 5.0
"""How long a service may take to end after SIGTERM before it is killed."""


class ServiceGaveUpError(RuntimeError):
    """A service failed more often than it is restarted."""


class Runner:
    """Service processes that live as long as this context and not longer.

    The processes die with this one even when it is killed. Their output goes to one log file
    each, in `logs`.
    """

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self._environment = dict(environment)
        self._logs = logs
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self.restarts = 0

    async def __aenter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for keeper in self._keepers.values():
            keeper.cancel()
        await asyncio.gather(*self._keepers.values(), return_exceptions=True)
        await asyncio.gather(*(self._end(process) for process in self._processes.values()))

    async def start(
        self, name: str, arguments: Sequence[str], extra: Mapping[str, str] | None = None
    ) -> None:
        """Starts `livecount` with arguments under a name, and keeps it running.

        Returns once the process exists, which is before it is ready.
        """
        environment = {**self._environment, **(extra or {})}
        self._processes[name] = await self._spawn(name, arguments, environment)
        self._keepers[name] = asyncio.create_task(self._keep(name, arguments, environment))

    def kill(self, name: str) -> None:
        """Kills a service as a crash would; it is then restarted."""
        self._processes[name].kill()

    def check(self) -> None:
        """Raises ServiceGaveUpError, naming the service, when one is down for good."""
        for name, keeper in self._keepers.items():
            if keeper.done() and not keeper.cancelled():
                raise ServiceGaveUpError(
                    f"{name} failed {RESTARTS_MAX} times; see {self._logs / name}.log"
                )

    async def _keep(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str]
    ) -> None:
        for _ in range(RESTARTS_MAX):
            await self._processes[name].wait()
            await asyncio.sleep(RESTART_DELAY_S)
            self.restarts += 1
            self._processes[name] = await self._spawn(name, arguments, environment)
        await self._processes[name].wait()

    async def _spawn(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str]
    ) -> asyncio.subprocess.Process:
        with (self._logs / f"{name}.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "services.cli",
                *arguments,
                env=dict(environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_TIMEOUT_S)
        except TimeoutError:
            process.kill()
            await process.wait()
