"""A running engine: its process, and what it uses of the machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.engine import Engine
from services.platform.namespace import account_environment
from services.platform.settings import Settings
from services.platform.stack.process import die_with_parent

CHECKOUT = Path(__file__).resolve().parent.parent
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Usage:
    """What the engine and the servers had used at a time.

    Processor time is by name, the engine's under an empty one.
    """

    at: float
    cpu_s: dict[str, float]
    memory_peak_bytes: int


@dataclass(slots=True)
class Running:
    """A started engine. As a context manager it is killed at the end, with all it started."""

    engine: Engine
    settings: Settings
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    servers: Mapping[str, int] = field(default_factory=dict)
    samples: list[Usage] = field(default_factory=list)
    started: float = 0.0
    _process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.started = time.time()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own modules
                [sys.executable, *self.engine.arguments],
                cwd=CHECKOUT,
                env={
                    **environment(self.settings, self.engine.account),
                    # What an engine leaves behind goes when the logs go.
                    "TMPDIR": str(self.log.parent),
                    "APP_DATADIR": str(self.log.with_suffix(".faust")),
                    **self.environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # One system call, so that a killed benchmark leaves nothing behind.
                preexec_fn=die_with_parent,  # noqa: PLW1509
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process is not None
        return self._process.pid

    def check(self) -> None:
        """Raises RuntimeError with the end of its log if the engine has ended by itself."""
        if self._process is None or self._process.poll() is None:
            return
        tail = self.log.read_text(errors="replace")[-2_000:]
        raise RuntimeError(f"{self.engine.name} ended with {self._process.returncode}:\n{tail}")

    def sample(self) -> Usage:
        """Records and returns what the process has used by now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        used = {name: _cpu_s(pid) for name, pid in {"": self.pid, **self.servers}.items()}
        usage = Usage(time.time(), used, int(peak.split()[1]) * 1_024)
        self.samples.append(usage)
        return usage

    def cpu_s_at(self, at: float, name: str = "") -> float:
        """Returns the processor time used at a time, interpolated between samples."""
        before = [each for each in self.samples if each.at <= at]
        after = [each for each in self.samples if each.at > at]
        if not before or not after:
            return (before or after)[-1 if before else 0].cpu_s[name]
        start, end = before[-1], after[0]
        fraction = (at - start.at) / (end.at - start.at)
        return start.cpu_s[name] + fraction * (end.cpu_s[name] - start.cpu_s[name])


def environment(settings: Settings, account: str) -> dict[str, str]:
    """Returns environment variables that lead a child process to the same Kafka and Redis."""
    outside = {
        name: value for name, value in os.environ.items() if not name.startswith("LIVECOUNT_")
    }
    return outside | {
        "LIVECOUNT_SETTINGS_FILE": os.devnull,
        "LIVECOUNT_NAMESPACE": settings.namespace,
        "LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "LIVECOUNT_KAFKA_PARTITIONS": str(settings.kafka_partitions),
        **account_environment(settings, account),
    }


def _cpu_s(pid: int) -> float:
    """Returns the processor time that a process has used, its threads' included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND
