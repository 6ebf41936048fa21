#!/usr/bin/env -S python -IS
"""A container's health check: exit status 0 if its service is ready.

`healthcheck ticker` asks at LIVECOUNT_TICKER_PORT, if it is set; else, and without a name, at
LIVECOUNT_METRICS_PORT, and where that is not set either there is nothing to ask. It imports nothing
of livecount, so that a check every second costs little at the start.

Docker restarts only what has ended. So a process that hangs is ended here: one that takes
connections and for 15 seconds says nothing, or that it makes no progress.
"""

import http.client
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence

TIMEOUT_S = 5.0
"""Health is answered by a thread of its own, or within milliseconds."""

HUNG_TRIES = 3
"""Answers that have to be missing in a row, TIMEOUT_S each."""

HEALTHY, UNHEALTHY = 0, 1
OK = 200


def fault(port: str, path: str, timeout_s: float) -> str:
    """Returns what is answered instead of 200, blank if nothing. Raises ConnectionRefusedError."""
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=timeout_s)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return "" if answer.status == OK else answer.read(1_000).decode("utf-8", "replace").strip()
    except ConnectionRefusedError:
        raise
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {error!r}"
    finally:
        connection.close()


def hangs(port: str, timeout_s: float) -> bool:
    """Returns whether live is answered in none of HUNG_TRIES."""
    for _ in range(HUNG_TRIES):
        began_s = time.monotonic()
        if not fault(port, "/health/live", timeout_s):
            return False
        time.sleep(max(0.0, timeout_s - (time.monotonic() - began_s)))
    return True


def check(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    end_service: Callable[[], None],
    timeout_s: float = TIMEOUT_S,
) -> int:
    """Asks, prints why the service is not ready, and calls `end_service` if it hangs."""
    metrics = environment.get("LIVECOUNT_METRICS_PORT", "")
    named = [environment.get(f"LIVECOUNT_{name.upper()}_PORT", "") for name in arguments[:1]]
    port = next(filter(None, [*named, metrics]), "")
    if not port:
        return HEALTHY
    try:
        why = fault(port, "/health/ready", timeout_s)
        if not why:
            return HEALTHY
        sys.stdout.write(why + "\n")
        if metrics and hangs(metrics, timeout_s):
            end_service()
    except ConnectionRefusedError:
        # It starts, or has ended.
        sys.stdout.write(f"nothing listens at {port}\n")
    return UNHEALTHY


def end_container() -> None:
    """Ends every process of the container but its init, which ends with the service."""
    os.kill(-1, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(check(sys.argv[1:], os.environ, end_container))
