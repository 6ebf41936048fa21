"""The processes of a night, restarted when they end, as compose would."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from services.platform.namespace import environment
from services.platform.settings import Settings
from services.platform.stack.process import die_with_parent
from tests.chaos import clock
from tests.chaos.clock import Clock
from tests.support.checkout import CHECKOUT

RESTART_DELAY_S = 0.3
STOP_TIMEOUT_S = 20.0


@dataclass(slots=True)
class Member:
    """One process: how it is started, and how it ended each time."""

    command: list[str]
    environment: dict[str, str]
    clock: Clock
    process: asyncio.subprocess.Process | None = None
    keeper: asyncio.Task[None] | None = None
    crash_next: str = ""
    wanted: bool = True
    ends: list[tuple[float, int]] = field(default_factory=list)


def _variables(**settings: str) -> dict[str, str]:
    return {f"LIVECOUNT_{name.upper()}": value for name, value in settings.items()}


class Crew:
    """Processes by name. What ends while it is wanted is started again.

    With `own_clocks` each has a time of day that can be set; further settings as keywords.
    """

    def __init__(
        self, settings: Settings, logs: Path, *, own_clocks: bool = False, **further: str
    ) -> None:
        self._own_clocks = own_clocks
        self._environment = environment(settings) | _variables(settings_file=os.devnull, **further)
        self._logs = logs
        self._members: dict[str, Member] = {}
        logs.mkdir(parents=True, exist_ok=True)

    async def start(self, name: str, *arguments: str, module: str = "", **further: str) -> None:
        """Starts `livecount` with arguments, or a module, under a name; settings as keywords."""
        extra = _variables(**further)
        run = ["-m", "services.cli"] if not module else [module]
        own = Clock(self._logs / f"{name}.clock")
        variables = self._environment | (own.environment() if self._own_clocks else {}) | extra
        member = Member([sys.executable, *run, *arguments], variables, own)
        if name in self._members:
            member.ends = self._members[name].ends
        self._members[name] = member
        await self._spawn(name, member)
        member.keeper = asyncio.create_task(self._keep(name, member))

    async def stop(
        self, name: str, number: signal.Signals = signal.SIGTERM, grace_s: float = STOP_TIMEOUT_S
    ) -> None:
        """Ends a process for good; kills it when it takes longer than its grace."""
        member = self._members[name]
        member.wanted = False
        self.signal(name, number)
        self.signal(name, signal.SIGCONT)
        try:
            await asyncio.wait_for(self._gone(member), grace_s)
        except TimeoutError:
            self.signal(name, signal.SIGKILL)
            await self._gone(member)

    async def stop_all(self) -> None:
        await asyncio.gather(*(self.stop(name) for name in self._members))

    def signal(self, name: str, number: signal.Signals) -> None:
        process = self._members[name].process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)

    def crash_next(self, name: str, point: str) -> None:
        """Lets the next start of a process kill itself at a crash point; later ones do not."""
        self._members[name].crash_next = point

    def set_clock(self, name: str, ahead_s: int) -> None:
        """Sets a process's time of day so far ahead of the system's, also for its restarts."""
        self._members[name].clock.set(ahead_s)

    def ends(self, name: str) -> list[tuple[float, int]]:
        """Returns when a process ended, by `time.time`, and with which status."""
        return self._members[name].ends

    @property
    def names(self) -> list[str]:
        """The processes that are wanted."""
        return [name for name, member in self._members.items() if member.wanted]

    async def _keep(self, name: str, member: Member) -> None:
        while member.process is not None:
            status = await member.process.wait()
            member.ends.append((time.time(), status))
            clock.forget(member.process.pid)
            if not member.wanted:
                return
            await asyncio.sleep(RESTART_DELAY_S)
            if not member.wanted:
                return
            await self._spawn(name, member)

    async def _spawn(self, name: str, member: Member) -> None:
        variables = dict(member.environment)
        if member.crash_next:
            variables["LIVECOUNT_CRASH_AT"] = member.crash_next
            member.crash_next = ""
        with (self._logs / f"{name}.log").open("ab") as log:
            member.process = await asyncio.create_subprocess_exec(
                *member.command,
                cwd=CHECKOUT,
                env=variables,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    async def _gone(self, member: Member) -> None:
        if member.keeper is not None:
            # Shielded: to wait no longer must not end the keeping.
            await asyncio.shield(member.keeper)
