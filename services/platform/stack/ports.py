"""Free loopback ports for servers that come and go."""

from __future__ import annotations

import random
import socket

LOOPBACK = "127.0.0.1"

# Below the range that systems hand to outgoing connections (32768 upwards on Linux, 49152 on
# macOS). There a client that keeps dialling a stopped server may be given the very port that it
# dials, and the server could not come back.
_FIRST, _LAST = 20_000, 32_000

ATTEMPTS_MAX = 1_000
"""Ports tried before giving up; with one in two taken, ten would do."""


class PortError(RuntimeError):
    """A port that is taken, or no port that is free."""


def is_free(port: int) -> bool:
    """Returns whether a server could listen on a loopback port now."""
    with socket.socket() as probe:
        # As servers do; otherwise a connection that ended a minute ago would make it look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def is_listening(port: int) -> bool:
    """Returns whether a server accepts connections on a loopback port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1.0):
            return True
    except OSError:
        return False


def free_ports(count: int, chance: random.Random) -> list[int]:
    """Returns different ports that are free now. Raises PortError if there are too few."""
    found: set[int] = set()
    for _ in range(ATTEMPTS_MAX):
        port = chance.randrange(_FIRST, _LAST)
        if port not in found and is_free(port):
            found.add(port)
        if len(found) == count:
            return sorted(found)
    raise PortError(f"ports {_FIRST} to {_LAST}: fewer than {count} are free; stop other servers")
