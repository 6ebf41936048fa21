"""Runs services as processes of their own, restarts those that end, and stops them all.

The local counterpart of a compose file's restart policy, for the demo, rehearsals and tests.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
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

LIVECOUNT = ("-m", "services.cli")
"""What Python is given to run `livecount`."""


class ServiceGaveUpError(RuntimeError):
    """A service ended more often than it is restarted."""


@dataclass(slots=True)
class _Service:
    """One service: how it is started, its present process, and how it ended each time."""

    command: Sequence[str]
    environment: Mapping[str, str]
    process: asyncio.subprocess.Process
    ends: list[tuple[float, int]]
    keeper: asyncio.Task[None] | None = None
    next_start: dict[str, str] = field(default_factory=dict)
    wanted: bool = True


class Supervisor:
    """Service processes that live as long as this context and not longer.

    The processes die with this one even when it is killed. Their output goes to one log file
    each, in `logs`. `ended` is called with the process id of each that has ended.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        logs: Path,
        *,
        restarts_max: int = RESTARTS_MAX,
        directory: Path | None = None,
        ended: Callable[[int], None] = lambda _pid: None,
    ) -> None:
        self._environment = dict(environment)
        self._logs = logs
        self._restarts_max = restarts_max
        self._directory = directory
        self._ended = ended
        self._services: dict[str, _Service] = {}
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
        await self.stop_all()

    async def start(
        self,
        name: str,
        arguments: Sequence[str],
        extra: Mapping[str, str] | None = None,
        *,
        program: Sequence[str] = LIVECOUNT,
    ) -> None:
        """Starts a program, `livecount` as a rule, under a name, and restarts it when it ends.

        Returns once the process exists, which is before it is ready.
        """
        command = [sys.executable, *program, *arguments]
        environment = {**self._environment, **(extra or {})}
        process = await self._spawn(name, command, environment)
        ends = self._services[name].ends if name in self._services else []
        service = _Service(command, environment, process, ends)
        service.keeper = asyncio.create_task(self._keep(name, service))
        self._services[name] = service

    async def stop(
        self,
        name: str,
        number: signal.Signals = signal.SIGTERM,
        timeout_s: float = STOP_TIMEOUT_S,
    ) -> None:
        """Ends a service for good with a signal, and with SIGKILL if that takes too long."""
        service = self._services[name]
        service.wanted = False
        self.signal(name, number)
        # A process that a test has halted takes no other signal.
        self.signal(name, signal.SIGCONT)
        try:
            await asyncio.wait_for(self._gone(service), timeout_s)
        except TimeoutError:
            self.signal(name, signal.SIGKILL)
            await self._gone(service)

    async def stop_all(self) -> None:
        """Ends every service, all at the same time."""
        await asyncio.gather(*(self.stop(name) for name in self._services))

    def signal(self, name: str, number: signal.Signals) -> None:
        """Sends a service a signal, unless its process has just ended."""
        process = self._services[name].process
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)

    def kill(self, name: str) -> None:
        """Kills a service as a crash would; it is then restarted."""
        self.signal(name, signal.SIGKILL)

    def set_for_next_start(self, name: str, variables: Mapping[str, str]) -> None:
        """Sets environment variables for a service's next start, and for no later one."""
        self._services[name].next_start.update(variables)

    def ends(self, name: str) -> list[tuple[float, int]]:
        """Returns when a service's processes ended, by `time.time`, and with which status."""
        return self._services[name].ends

    @property
    def names(self) -> list[str]:
        """The services that were started and not stopped."""
        return [name for name, service in self._services.items() if service.wanted]

    def check(self) -> None:
        """Raises ServiceGaveUpError, naming the service, if one is down for good."""
        for name, service in self._services.items():
            if service.wanted and service.keeper is not None and service.keeper.done():
                raise ServiceGaveUpError(
                    f"{name} failed {self._restarts_max} times; see {self._logs / name}.log"
                )

    async def _keep(self, name: str, service: _Service) -> None:
        for restarts in range(self._restarts_max + 1):
            pid = service.process.pid
            status = await service.process.wait()
            service.ends.append((time.time(), status))
            self._ended(pid)
            if not service.wanted or restarts == self._restarts_max:
                return
            await asyncio.sleep(RESTART_DELAY_S)
            if not service.wanted:
                return
            self.restarts += 1
            environment = {**service.environment, **service.next_start}
            service.next_start.clear()
            service.process = await self._spawn(name, service.command, environment)

    async def _spawn(
        self, name: str, command: Sequence[str], environment: Mapping[str, str]
    ) -> asyncio.subprocess.Process:
        with (self._logs / f"{name}.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *command,
                cwd=self._directory,
                env=dict(environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    async def _gone(self, service: _Service) -> None:
        if service.keeper is not None:
            # Shielded: giving up waiting must not end the task that keeps the service.
            await asyncio.shield(service.keeper)
