"""A server process of the local stack: started, found again, stopped, and never left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

STOP_TIMEOUT_S = 10.0
"""How long a server may take to end after SIGTERM; Kafka takes under one second when healthy."""

POLL_INTERVAL_S = 0.02
"""How often an ending or starting process is polled."""

LOG_MAX_BYTES = 20_000_000
"""A longer log is set aside at the next start, in place of the one set aside before."""

# Linux ends a child with the thread that started it. This thread lasts as long as the program.
_STARTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="process-starter")

_PR_SET_PDEATHSIG: Final = 1
# Loaded here, because a child between fork and exec must not import anything.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PARENT = os.getpid()


class ProcessError(RuntimeError):
    """A server process that did not start, or ended by itself."""


class MissingProgramError(ProcessError):
    """A program that the local stack runs is neither on this machine nor among the packages."""


def die_with_parent() -> None:
    """Asks Linux to kill the calling process when its parent dies. For `preexec_fn`.

    Elsewhere there is no such request, and only an orderly end of the parent ends the child.
    Linux means the thread that started the child, so start children from one that lasts.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() == 1 and _PARENT != 1:
        # The parent died before the request was made.
        os._exit(1)


def _command_line(pid: int) -> str:
    """Returns the command line of a process, or an empty string if there is none."""
    try:
        return (
            Path(f"/proc/{pid}/cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode("utf-8", "replace")
        )
    except OSError:
        if Path("/proc/self").exists():
            return ""
    # Systems without /proc have ps.
    shown = subprocess.run(  # noqa: S603 - a number is the only argument
        ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607 - ps stands in different places
        capture_output=True,
        text=True,
        check=False,
        timeout=STOP_TIMEOUT_S,
    )
    return shown.stdout


class Process:
    """One server, recognised by its configuration file, which is on its command line.

    It leads a process group of its own, so that Ctrl-C in a terminal reaches only its owner.
    Another `Process` with the same files, in this or another program, finds it again.
    """

    def __init__(self, name: str, configuration: Path, log: Path) -> None:
        self.name = name
        self.configuration = configuration
        self.log = log
        self._pid_file = configuration.with_suffix(".pid")
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process's id, or None if it does not run."""
        if self._child is not None:
            return self._child.pid if self._child.poll() is None else None
        try:
            pid = int(self._pid_file.read_text())
        except (OSError, ValueError):
            return None
        return pid if str(self.configuration) in _command_line(pid) else None

    def start(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        outlives_parent: bool,
    ) -> None:
        """Starts the server and returns immediately, before it is ready. Appends to its log.

        Unless it `outlives_parent` it is killed when the calling process ends, however it ends.
        """
        self._set_long_log_aside()
        if outlives_parent:
            self._spawn(command, environment, None)
        else:
            _STARTER.submit(self._spawn, command, environment, die_with_parent).result()

    def _spawn(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        before_exec: Callable[[], None] | None,
    ) -> None:
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603 - the command is the stack's own
                command,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # Only one system call happens between fork and exec.
                preexec_fn=before_exec,  # noqa: PLW1509
            )
        self._pid_file.write_text(str(self._child.pid))

    def _set_long_log_aside(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_MAX_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))

    def check(self) -> None:
        """Raises ProcessError with the end of the log if the server does not run."""
        if self.pid is None:
            lines = self.log.read_text(errors="replace").splitlines()[-15:]
            raise ProcessError(
                f"{self.name} ended while it was starting; the end of {self.log}:\n"
                + "\n".join(lines)
            )

    def stop(self) -> None:
        """Ends the server with SIGTERM, and with SIGKILL if that takes over ten seconds."""
        self._signal(signal.SIGTERM)
        if not self._ended_within(STOP_TIMEOUT_S):
            self.kill()
        self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """Kills the server as a crash would; returns when it is gone."""
        self._signal(signal.SIGKILL)
        if not self._ended_within(STOP_TIMEOUT_S):
            raise ProcessError(f"{self.name}: process {self.pid} cannot be killed")

    def _signal(self, number: signal.Signals) -> None:
        pid = self.pid
        if pid is not None:
            try:
                os.killpg(pid, number)
            except ProcessLookupError:
                return

    def _ended_within(self, timeout_s: float) -> bool:
        deadline = time.monotonic() + timeout_s
        while self.pid is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_INTERVAL_S)
        return True
