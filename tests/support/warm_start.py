"""Starts the project's processes from an interpreter that has imported the services already."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from services.platform.stack.process import die_with_parent
from tests.support.checkout import CHECKOUT
from tests.support.warm_interpreter import MESSAGE_MAX_BYTES

ANSWER_TIMEOUT_S = 120.0
"""The first answer waits for the imports, which take seconds, on a busy machine many."""

RUN_TIMEOUT_S = 120.0
"""How long a command that ends by itself may take, on a busy machine."""

POLL_S = 0.01
"""How often a process that is waited for is asked about."""


class WarmProcess:
    """A process started by `WarmStart`, with what tests use of `subprocess.Popen`."""

    def __init__(self, starter: WarmStart, pid: int) -> None:
        self._starter = starter
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Returns the exit status, None while the process runs."""
        if self.returncode is None:
            self.returncode = self._starter.status(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Returns the exit status once there is one. Raises subprocess.TimeoutExpired."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(POLL_S)
        return status

    def send_signal(self, number: int) -> None:
        """Sends a signal, if the process has not ended."""
        # A process that was not asked about since it ended keeps its id.
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Asks the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kills the process."""
        self.send_signal(signal.SIGKILL)


Process = WarmProcess | subprocess.Popen[bytes]

READ_BY_THE_LOADER = "LD_PRELOAD"
"""The variable that the system reads before a program begins, such as for another clock. A forked
process would not have what it names, so one with this variable is started anew."""


class WarmStart:
    """One interpreter with the services imported. Any thread may use it; it blocks."""

    def __init__(self) -> None:
        self._door, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._door.settimeout(ANSWER_TIMEOUT_S)
        self._one_at_a_time = threading.Lock()
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("LIVECOUNT_")
        }
        with theirs:
            self._interpreter = subprocess.Popen(
                [sys.executable, "-m", "tests.support.warm_interpreter", str(theirs.fileno())],
                cwd=CHECKOUT,
                env=environment,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                # One system call, so that a killed test run leaves nothing behind.
                preexec_fn=die_with_parent,  # noqa: PLW1509
            )

    def start(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> Process:
        """Starts `python -m module` with arguments in a session of its own, in the checkout.

        Both of its streams are appended to the log.
        """
        with log.open("ab") as opened, Path(os.devnull).open("rb") as nothing:
            if READ_BY_THE_LOADER in environment:
                return subprocess.Popen(
                    [sys.executable, "-m", module, *arguments],
                    cwd=CHECKOUT,
                    env=environment,
                    stdin=nothing,
                    stdout=opened,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=die_with_parent,  # noqa: PLW1509 - as above
                )
            return self._start(module, arguments, environment, (nothing, opened, opened))

    def run(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Runs `python -m module` to its end, with what is given on its standard input."""
        with TemporaryFile() as stdin, TemporaryFile() as stdout, TemporaryFile() as stderr:
            stdin.write(given.encode())
            stdin.seek(0)
            streams = (stdin, stdout, stderr)
            running = self._start(module, arguments, environment, streams)
            try:
                status = running.wait(RUN_TIMEOUT_S)
            finally:
                running.kill()
            written = []
            for stream in (stdout, stderr):
                stream.seek(0)
                written.append(stream.read().decode())
        return subprocess.CompletedProcess([module, *arguments], status, *written)

    def status(self, pid: int) -> int | None:
        """Returns a process's exit status, None while it runs; once only."""
        found: int | None = self._ask({"pid": pid}, [])
        return found

    def close(self) -> None:
        """Ends the interpreter, and with it every process that it has started."""
        self._door.close()
        self._interpreter.wait(ANSWER_TIMEOUT_S)

    def _start(
        self,
        module: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        streams: Sequence[IO[bytes]],
    ) -> WarmProcess:
        request = {
            "module": module,
            "arguments": list(arguments),
            "environment": dict(environment),
        }
        return WarmProcess(self, self._ask(request, [stream.fileno() for stream in streams]))

    def _ask(self, request: dict[str, Any], descriptors: list[int]) -> Any:
        with self._one_at_a_time:
            socket.send_fds(self._door, [json.dumps(request).encode()], descriptors)
            answer = self._door.recv(MESSAGE_MAX_BYTES)
        assert answer, "the interpreter that starts processes has ended"
        return json.loads(answer)
