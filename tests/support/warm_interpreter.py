"""An interpreter that has imported the services, and forks a process for each request.

Importing them takes most of a second of processor time, for each of the hundreds of processes
that tests start. A forked process imports nothing again; all else in it is as in a new one.

Run as `python -m tests.support.warm_interpreter DESCRIPTOR`, by `tests/support/warm_start.py`.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import socket
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import services
from services.platform import failpoints
from services.platform.stack.process import die_with_parent

MESSAGE_MAX_BYTES = 1_000_000
"""More than an environment can have: Linux limits that of a new process to some 100,000 bytes."""

STREAMS = 3
"""Standard input, output and errors."""

RUN_AS_MAIN = {"services.cli"}
"""What is run as the main module, and so imported by each process anew."""


def import_services() -> None:
    """Imports every module of the services."""
    for module in pkgutil.walk_packages(services.__path__, "services."):
        if module.name not in RUN_AS_MAIN:
            importlib.import_module(module.name)
    # What is imported is never freed, and the pages it is in stay shared.
    gc.collect()
    gc.freeze()
    # A fork takes over the calling thread only; the others' locks would stay locked.
    assert threading.active_count() == 1, threading.enumerate()


def serve(door: socket.socket) -> str | None:
    """Answers requests. In each forked process it returns the module to run, else None at the end.

    A request with a `pid` asks for a process's exit status, which is null while it runs. Any
    other, which comes with the descriptors of the standard streams, asks for a process and is
    answered with its id, by that process.
    """
    while True:
        message, descriptors, *_ = socket.recv_fds(door, MESSAGE_MAX_BYTES, STREAMS)
        if not message:
            return None
        request = json.loads(message)
        if "pid" in request:
            ended, status = os.waitpid(request["pid"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if ended else None
            door.send(json.dumps(answer).encode())
        elif os.fork() == 0:
            _become(request, descriptors)
            door.send(json.dumps(os.getpid()).encode())
            door.close()
            return str(request["module"])
        else:
            for descriptor in descriptors:
                os.close(descriptor)


def _become(request: dict[str, Any], streams: Sequence[int]) -> None:
    """Makes this process what `subprocess.Popen` would have started."""
    os.setsid()
    die_with_parent()
    for standard, descriptor in enumerate(streams):
        os.dup2(descriptor, standard)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    # The only module that reads the environment when it is imported.
    importlib.reload(failpoints)
    sys.argv[1:] = request["arguments"]


if __name__ == "__main__":
    import_services()
    to_run = serve(socket.socket(fileno=int(sys.argv[1])))
    if to_run is not None:
        runpy.run_module(to_run, run_name="__main__", alter_sys=True)
