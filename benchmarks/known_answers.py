"""Readers who have everything already: answers 304 of one ticker process in a second.

Each of some connections asks again and again for what it has, and sends its ETag. The next request
goes out when the answer to the one before is there. Client and ticker have a core each.

    python -m benchmarks.known_answers --seconds 10 --turns 3
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import statistics
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.audience import PAGE
from benchmarks.audience_night import ELECTION, counted, write
from benchmarks.audience_processes import OTHERS_CORE, Server, until_ready
from services.platform.names import Keys
from services.platform.namespace import clear
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.stack.stack import Stack

CONNECTIONS = 16
DECLARED = 2_000
"""Half of the night's declarations, so that pages have what they have at midnight."""

PATHS = (
    f"/elections/{ELECTION}",
    PAGE,
    f"/v1/elections/{ELECTION}",
    f"/v1{PAGE}",
)
_ETAG = re.compile(rb"\r\netag: ([^\r]+)\r\n", re.IGNORECASE)


class Client(asyncio.Protocol):
    """One connection that asks until it is told to stop. `wrong` counts answers that are no 304."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._rest = b""
        self.answered = self.wrong = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Asks for the first time."""
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Counts an answer, and asks again. A 304 ends with its headers."""
        self._rest += data
        if self._rest.endswith(b"\r\n\r\n"):
            self.answered += 1
            self.wrong += not self._rest.startswith(b"HTTP/1.1 304")
            self._rest = b""
            self.transport.write(self._request)


async def etag_of(port: int, path: str) -> bytes:
    """Returns the ETag of what is at a path."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    found = _ETAG.search(head)
    if found is None:
        raise RuntimeError(f"{path} has no ETag: {head.decode()}")
    return found[1]


async def measure(server: Server, path: str, seconds: float) -> dict[str, Any]:
    """Returns how many answers a second there were, and what they took of the ticker."""
    etag = await etag_of(server.port, path)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: ".encode() + etag
    loop = asyncio.get_running_loop()
    cpu_before, _ = server.used()
    began = time.perf_counter()
    made = [
        await loop.create_connection(
            lambda: Client(request + b"\r\n\r\n"), "127.0.0.1", server.port
        )
        for _ in range(CONNECTIONS)
    ]
    await asyncio.sleep(seconds)
    elapsed = time.perf_counter() - began
    cpu, _ = server.used()
    for transport, _ in made:
        transport.close()
    answered = sum(client.answered for _, client in made)
    return {
        "path": path,
        "answers_per_s": round(answered / elapsed),
        "answers_per_cpu_s": round(answered / max(cpu - cpu_before, 0.01)),
        "wrong": sum(client.wrong for _, client in made),
        "load": round(os.getloadavg()[0], 2),
    }


async def run(settings: Settings, seconds: float, turns: int) -> list[dict[str, Any]]:
    """Returns the figures of each path and turn."""
    keys = Keys(settings.namespace)
    async with connect(settings) as redis:
        await clear(redis, settings.namespace)
        for _, commands in islice(counted(keys, 1), DECLARED):
            await write(redis, commands)
    server = Server("ticker", settings)
    try:
        await until_ready(server.port)
        return [await measure(server, path, seconds) for _ in range(turns) for path in PATHS]
    finally:
        server.kill()


def main() -> None:
    """Runs the benchmark and prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    os.sched_setaffinity(0, {OTHERS_CORE})
    with (
        tempfile.TemporaryDirectory(prefix="livecount-bench-") as directory,
        Stack(Path(directory)) as running,
    ):
        settings = running.endpoints.settings(namespace="bench-answers")
        found = uvloop.run(run(settings, options.seconds, options.turns))
    medians = {
        path: statistics.median(each["answers_per_s"] for each in found if each["path"] == path)
        for path in PATHS
    }
    print(json.dumps({"answers_per_s": medians, "turns": found}, indent=1))


if __name__ == "__main__":
    main()
