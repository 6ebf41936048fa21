"""The processes of a night, restarted when they end, as compose would."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.platform.namespace import account_environment, environment
from services.platform.settings import Settings
from services.platform.stack.supervisor import LIVECOUNT, Supervisor
from tests.chaos import clock
from tests.chaos.clock import Clock
from tests.chaos.endings import Ending
from tests.support.checkout import CHECKOUT

RESTARTS_MAX = 100_000
"""A long night kills a service hundreds of times, and none is given up."""

LAST_LINES = 5
LINE_CHARS_MAX = 500
"""What is kept of what a process wrote that has ended; a trace is one line of some kilobytes."""

STOP_TIMEOUT_S = 20.0
"""How long a process may take to stop: it may have to give up a Kafka that is away first."""


def _variables(**settings: str) -> dict[str, str]:
    return {f"LIVECOUNT_{name.upper()}": value for name, value in settings.items()}


class Crew(Supervisor):
    """A supervisor whose processes have a night's settings, each with its service's account.

    Further settings are keywords.

    With `own_clocks` each process has a time of day that can be set.
    """

    def __init__(
        self, settings: Settings, logs: Path, *, own_clocks: bool = False, **further: str
    ) -> None:
        super().__init__(
            environment(settings) | _variables(settings_file=os.devnull, **further),
            logs,
            restarts_max=RESTARTS_MAX,
            directory=CHECKOUT,
            ended=self._note_end,
        )
        logs.mkdir(parents=True, exist_ok=True)
        self._settings = settings
        self._clock_files = logs
        self._own_clocks = own_clocks
        self._clocks: dict[str, Clock] = {}
        self.endings: list[Ending] = []
        self._written_before: dict[str, int] = {}

    async def run(self, name: str, *arguments: str, script: str = "", **further: str) -> None:
        """Starts `livecount` with arguments, or a script, under a name; settings as keywords.

        A script is an aggregator, unless it is given an account with `account`.
        """
        account = further.pop("account", "aggregator" if script else arguments[0])
        extra = account_environment(self._settings, account) | _variables(**further)
        if self._own_clocks:
            self._clocks[name] = Clock(self._clock_files / f"{name}.clock")
            extra |= self._clocks[name].environment()
        await self.start(name, arguments, extra, program=[script] if script else LIVECOUNT)

    async def stop(
        self,
        name: str,
        number: signal.Signals = signal.SIGTERM,
        timeout_s: float = STOP_TIMEOUT_S,
    ) -> None:
        """Ends a process for good; kills it if it takes longer than its grace."""
        await super().stop(name, number, timeout_s)

    async def _spawn(
        self, name: str, command: Sequence[str], environment: Mapping[str, str]
    ) -> asyncio.subprocess.Process:
        log = self._logs / f"{name}.log"
        self._written_before[name] = log.stat().st_size if log.exists() else 0
        return await super()._spawn(name, command, environment)

    def _note_end(self, pid: int) -> None:
        """Notes how a process ended that was not told to, and what it wrote last."""
        clock.forget(pid)
        for name in self.names:
            service = self._services[name]
            if service.process.pid == pid:
                with (self._logs / f"{name}.log").open("rb") as log:
                    log.seek(self._written_before[name])
                    lines = log.read().decode(errors="replace").splitlines()[-LAST_LINES:]
                last = "\n".join(line[:LINE_CHARS_MAX] for line in lines)
                self.endings.append(Ending(name, service.ends[-1][1], last))

    def crash_next(self, name: str, point: str) -> None:
        """Lets the next start of a process kill itself at a failpoint; later ones do not."""
        self.set_for_next_start(name, {"LIVECOUNT_CRASH_AT": point})

    def set_clock(self, name: str, ahead_s: int) -> None:
        """Sets a process's time of day so far ahead of the system's, also for its restarts."""
        self._clocks[name].set(ahead_s)
