"""Visitors of a ticker: readers of event streams who come and go, and requests for pages and data.

Nothing of what they receive is kept, so that they can go on for days.
"""

from __future__ import annotations

import asyncio
import random
import re
from dataclasses import dataclass, field

STAY_S = (5.0, 60.0)
"""How long a reader stays, at least and at most."""

AWAY_S = (0.5, 5.0)
"""How long a reader is away before coming back."""

REQUEST_TIMEOUT_S = 30.0
"""How long an answer may take; it takes milliseconds."""

CHUNK_BYTES = 65_536
FAILURES_MAX = 100

_EVENT_ID = re.compile(rb"^id: (\d+-\d+)$", re.MULTILINE)


@dataclass(slots=True)
class Visits:
    """What visitors had: streams that were opened, events on them, answers, and failures."""

    streams: int = 0
    resumed: int = 0
    events: int = 0
    answers: int = 0
    failed: int = 0
    failures: list[str] = field(default_factory=list)

    def fail(self, what: str) -> None:
        """Counts a failure; the first FAILURES_MAX are kept in words."""
        self.failed += 1
        if len(self.failures) < FAILURES_MAX:
            self.failures.append(what)


def streams_of(election: str, councils: list[str]) -> list[str]:
    """Returns the paths of event streams: of the night, of its alerts, and of some councils."""
    night = f"/v1/stream?election={election}"
    return [night, night, f"{night}&alerts=1", *(f"{night}&council={each}" for each in councils)]


def requests_of(election: str, councils: list[str]) -> list[str]:
    """Returns the paths of pages and data that readers and other sites ask for."""
    night = f"/elections/{election}"
    of_night = ["/", night, f"{night}/alerts", f"{night}/closest", f"/v1{night}/councils"]
    of_night += [f"/v1{night}/national", f"/v1{night}/alerts.atom", f"/v1{night}/feed"]
    pages = [f"/councils/{each}" for each in councils]
    return [*of_night, *pages, *(f"/v1{each}/wards" for each in pages)]


async def come_and_go(port: int, streams: list[str], visits: Visits, chance: random.Random) -> None:
    """Reads one stream after the other until it is cancelled, each for STAY_S.

    Whoever comes back to the stream they left resumes it where they left it, as browsers do.
    """
    last: dict[str, str] = {}
    while True:
        stream = chance.choice(streams)
        try:
            last[stream] = await _read(
                port, stream, visits, chance.uniform(*STAY_S), last.get(stream, "")
            )
        except (OSError, TimeoutError) as error:
            visits.fail(f"{stream}: {error!r}")
        await asyncio.sleep(chance.uniform(*AWAY_S))


async def _read(port: int, stream: str, visits: Visits, stay_s: float, resume: str) -> str:
    """Returns the id of the last event that was read. Raises OSError if there is no stream."""
    header = f"Last-Event-ID: {resume}\r\n" if resume else ""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {stream} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n".encode())
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise OSError(head.partition(b"\r\n")[0].decode("ascii", "replace"))
        visits.streams += 1
        visits.resumed += bool(resume)
        try:
            async with asyncio.timeout(stay_s):
                rest = b""
                while chunk := await reader.read(CHUNK_BYTES):
                    lines, _, rest = (rest + chunk).rpartition(b"\n")
                    ids = _EVENT_ID.findall(lines)
                    visits.events += len(ids)
                    resume = ids[-1].decode() if ids else resume
        except TimeoutError:
            return resume
        raise OSError("the stream was ended by the ticker")
    except asyncio.IncompleteReadError as error:
        raise OSError("closed without an answer") from error
    finally:
        writer.close()


async def ask(
    port: int, paths: list[str], visits: Visits, rate_per_s: float, chance: random.Random
) -> None:
    """Asks for one of the paths after the other at a rate until it is cancelled.

    Each request has a connection of its own; the next one waits until this one is answered.
    """
    while True:
        path = chance.choice(paths)
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                try:
                    writer.write(
                        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        "Accept-Encoding: gzip\r\n\r\n".encode()
                    )
                    status = (await reader.readline()).decode("ascii", "replace").strip()
                    while await reader.read(CHUNK_BYTES):
                        pass
                finally:
                    writer.close()
            visits.answers += 1
            if " 200 " not in status:
                visits.fail(f"{path}: {status}")
        except (OSError, TimeoutError) as error:
            visits.fail(f"{path}: {error!r}")
        await asyncio.sleep(1 / rate_per_s)
