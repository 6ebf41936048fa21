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

TIMEOUT_S = 5.0
"""Health is answered by a thread of its own, or within milliseconds."""

HUNG_TRIES = 3
"""Answers that have to be missing in a row, TIMEOUT_S each."""

HEALTHY, UNHEALTHY = 0, 1
OK = 200


def fault(port: str, path: str) -> str:
    """Returns what is answered instead of 200, blank if nothing. Raises ConnectionRefusedError."""
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=TIMEOUT_S)
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


def hangs(port: str) -> bool:
    """Returns whether live is answered in none of HUNG_TRIES."""
    for _ in range(HUNG_TRIES):
        began_s = time.monotonic()
        if not fault(port, "/health/live"):
            return False
        time.sleep(max(0.0, TIMEOUT_S - (time.monotonic() - began_s)))
    return True


def main() -> int:
    """Asks, prints why the service is not ready, and ends it if it hangs."""
    metrics = os.environ.get("LIVECOUNT_METRICS_PORT", "")
    named = [os.environ.get(f"LIVECOUNT_{name.upper()}_PORT", "") for name in sys.argv[1:2]]
    port = next(filter(None, [*named, metrics]), "")
    if not port:
        return HEALTHY
    try:
        why = fault(port, "/health/ready")
        if not why:
            return HEALTHY
        sys.stdout.write(why + "\n")
        if metrics and hangs(metrics):
            # Every process of the container but its init, which ends with the service.
            os.kill(-1, signal.SIGKILL)
    except ConnectionRefusedError:
        # It starts, or has ended.
        sys.stdout.write(f"nothing listens at {port}\n")
    return UNHEALTHY


if __name__ == "__main__":
    sys.exit(main())
