"""Entry load: a night's stringers, all at once, from what they send to the ticker's stream.

A real Kafka and Redis, an aggregator, intake and a ticker run. Each stringer has a key of their
own, which is for their councils, and a connection; they begin at the same instant, and each sends
their wards one after the other. Noted of each ward is when it was sent, when it was answered that
it was received, and when the ticker's stream, of which its pages are made, had the result.

The keys are of trust `final`: a result that waits for a second source is never on a page. How a
stringer sends is a `Send`; it is intake's POST here, and the POST of a form can take its place.

    python -m benchmarks.entry_load --stringers 300 --councils 100 --pause 1
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import secrets
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import uvloop

from benchmarks.delays import delays_ms, figures_of
from benchmarks.engine import LIVECOUNT, service
from benchmarks.load import FIRST_NIGHT, Night, Place, declared, places
from benchmarks.running import Running
from schemas.events import encode_event
from schemas.ids import election_id
from schemas.ward import WardDeclared
from services.access.token import hash_of, new_token
from services.intake.producer import DeclarationProducer
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.stack.stack import Stack
from services.platform.topics import create_topics

WARDS = 20
"""Wards of a council; a hundred councils have 2,000."""

READY_TIMEOUT_S = 60.0
LAST_TIMEOUT_S = 60.0
"""How long after the last was sent it is waited for on the stream."""

JSON = {"content-type": "application/json"}

Times = dict[str, float]
"""When something came of each ballot."""

Send = Callable[["Stringer", WardDeclared], Awaitable[None]]
"""Sends a result as a stringer does; returns once it is received, else raises RuntimeError."""


@dataclass(slots=True)
class Stringer:
    """Somebody at a count: a key, a connection, and what they are to send."""

    key_id: str
    token: str
    client: httpx.AsyncClient
    results: list[WardDeclared]


def shared(stood: Sequence[Place], stringers: int, seed: int) -> list[list[WardDeclared]]:
    """Returns what each stringer sends: wards of as few councils as possible, as many as others."""
    chance = random.Random(seed)  # noqa: S311 -- a load to repeat, no secret
    results = [declared(place, ward, chance) for place in stood for ward in place.wards]
    ends = [len(results) * number // stringers for number in range(stringers + 1)]
    shares = [results[begin:end] for begin, end in pairwise(ends)]
    for share in shares:
        chance.shuffle(share)
    return shares


def keys_file(file: Path, shares: Sequence[Sequence[WardDeclared]]) -> list[tuple[str, str]]:
    """Writes a key for each stringer, for their councils; returns its id and its token."""
    made = []
    tables = []
    for number, share in enumerate(shares):
        key_id = f"stringer-{number}"
        token = new_token(key_id)
        made.append((key_id, token))
        tables.append(
            f'[[keys]]\nid = "{key_id}"\nhash = "{hash_of(token.encode())}"\ntrust = "final"\n'
            f"councils = {json.dumps(sorted({each.council for each in share}))}\n"
        )
    file.touch(mode=0o600)
    file.write_text("\n".join(tables))
    return made


async def post_to_intake(stringer: Stringer, result: WardDeclared) -> None:
    """Posts a result to intake under the stringer's key."""
    answer = await stringer.client.post(
        "/v1/declarations",
        content=encode_event(result),
        headers=JSON | {"authorization": f"Bearer {stringer.token}"},
    )
    if answer.status_code != httpx.codes.ACCEPTED:
        raise RuntimeError(f"{answer.status_code}: {answer.text}")


async def on_the_stream(client: httpx.AsyncClient, opened: asyncio.Event, came: Times) -> None:
    """Notes when the ticker's stream has the result of each ward, until it is cancelled."""
    address = f"/v1/stream?election={election_id(FIRST_NIGHT)}"
    async with client.stream("GET", address, timeout=None) as answer:
        answer.raise_for_status()
        opened.set()
        async for line in answer.aiter_lines():
            if not line.startswith('data: {"ballot_paper_id"'):
                continue
            now = time.perf_counter()
            ward = json.loads(line.removeprefix("data: "))
            if ward["revision"]:
                came.setdefault(ward["ballot_paper_id"], now)


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Returns once a condition holds; raises TimeoutError if it does not in READY_TIMEOUT_S."""
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not await condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} took longer than {READY_TIMEOUT_S:g} s")
        await asyncio.sleep(0.1)


async def answers(client: httpx.AsyncClient, path: str) -> bool:
    """Returns whether an address is answered with 200."""
    try:
        return (await client.get(path)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


async def opened_all(client: httpx.AsyncClient, councils: int) -> bool:
    """Returns whether the ticker shows as many councils as there are."""
    answer = await client.get(f"/v1/elections/{election_id(FIRST_NIGHT)}/councils")
    return answer.is_success and len(answer.json()["councils"]) == councils


class Measuring:
    """When each ward was sent, received and on the stream, and which could not be sent."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.sent: Times = {}
        self.received: Times = {}
        self.came: Times = {}
        self.first: set[str] = set()
        self.failed: list[str] = []

    async def night_of(self, stringer: Stringer, begin: asyncio.Event, pause_s: float) -> None:
        """Sends a stringer's wards one after the other, with a pause between them."""
        await begin.wait()
        for number, result in enumerate(stringer.results):
            ballot = result.ballot_paper_id
            if not number:
                self.first.add(ballot)
            self.sent[ballot] = time.perf_counter()
            try:
                await self._send(stringer, result)
            except (RuntimeError, httpx.HTTPError) as error:
                self.failed.append(f"{stringer.key_id}: {error!r}")
            else:
                self.received[ballot] = time.perf_counter()
            await asyncio.sleep(pause_s)

    def figures(self) -> dict[str, Any]:
        """Returns the figures of the first ward of each, and of every ward."""
        first = {ballot: at for ballot, at in self.sent.items() if ballot in self.first}
        return {
            "sent": len(self.sent),
            "failed": len(self.failed),
            "first failures": self.failed[:3],
            "all at once": self._delays(first),
            "all of the night": self._delays(self.sent),
        }

    def _delays(self, sent: Times) -> dict[str, dict[str, float]]:
        return {
            "received": _figures(self.received, sent),
            "on the ticker's stream": _figures(self.came, sent),
        }


def _figures(came: Times, sent: Times) -> dict[str, float]:
    found = figures_of(came, sent)
    if delays := delays_ms(came, sent):
        found["longest_ms"] = delays[-1]
    return {name: round(each, 1) for name, each in found.items()}


async def measure(  # noqa: PLR0913, PLR0917 -- what runs, and what is measured of it
    settings: Settings,
    running: Sequence[Running],
    stood: Sequence[Place],
    people: Sequence[tuple[str, str]],
    shares: Sequence[list[WardDeclared]],
    ports: tuple[int, int],
    pause_s: float,
) -> dict[str, Any]:
    """Returns the figures of one night."""
    intake, ticker = (f"http://127.0.0.1:{port}" for port in ports)
    measuring = Measuring(post_to_intake)
    async with AsyncExitStack() as started:

        async def client(url: str) -> httpx.AsyncClient:
            made = httpx.AsyncClient(base_url=url, trust_env=False, timeout=30.0)
            return await started.enter_async_context(made)

        async with DeclarationProducer(settings) as producer:
            await producer.publish_all(place.opening for place in stood)
        door, page = await client(intake), await client(ticker)
        await until(lambda: answers(door, "/health/ready"), "intake's start")
        await until(lambda: answers(page, "/health/ready"), "the ticker's start")
        await until(lambda: opened_all(page, len(stood)), "opening the councils")
        opened = asyncio.Event()
        reading = asyncio.create_task(on_the_stream(page, opened, measuring.came))
        await asyncio.wait_for(opened.wait(), READY_TIMEOUT_S)
        stringers = [
            Stringer(*person, await client(intake), share)
            for person, share in zip(people, shares, strict=True)
        ]
        # Each has a connection before the night, as a page that is open has.
        await asyncio.gather(*(answers(each.client, "/health/live") for each in stringers))
        load_before = os.getloadavg()[0]
        begin = asyncio.Event()
        nights = [measuring.night_of(each, begin, pause_s) for each in stringers]
        working = [asyncio.create_task(night) for night in nights]
        begin.set()
        began = time.perf_counter()
        await asyncio.gather(*working)
        took_s = time.perf_counter() - began
        deadline = time.monotonic() + LAST_TIMEOUT_S
        while True:
            if measuring.received.keys() <= measuring.came.keys() or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.1)
        for process in running:
            process.check()
        reading.cancel()
    return {
        "stringers": len(stringers),
        "pause_s": pause_s,
        "took_s": round(took_s, 1),
        "load_before": round(load_before, 2),
        **measuring.figures(),
    }


def run(number: int, councils: int, pause_s: float, seed: int) -> dict[str, Any]:
    """Returns the figures of one run."""
    stood = places(Night(councils, WARDS, seed))
    shares = shared(stood, number, seed)
    ports = tuple(free_ports(2, random.SystemRandom()))
    with tempfile.TemporaryDirectory(prefix="livecount-bench-") as name, ExitStack() as started:
        folder = Path(name)
        stack = started.enter_context(Stack(folder / "stack"))
        settings = stack.endpoints.settings(namespace=f"bench-{secrets.token_hex(4)}")
        asyncio.run(create_topics(settings))
        people = keys_file(folder / "keys.toml", shares)
        extra = {
            "LIVECOUNT_KEYS_FILE": str(folder / "keys.toml"),
            "LIVECOUNT_INTAKE_PORT": str(ports[0]),
            "LIVECOUNT_TICKER_PORT": str(ports[1]),
        }
        running = [
            started.enter_context(
                Running(engine, settings, folder / f"{engine.name}.log", environment=extra)
            )
            for engine in (LIVECOUNT, service("intake"), service("ticker"))
        ]
        work = measure(settings, running, stood, people, shares, (ports[0], ports[1]), pause_s)
        return uvloop.run(work)


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stringers", type=int, default=300, help="who send at once")
    parser.add_argument("--councils", type=int, default=100, help=f"each of {WARDS} wards")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two wards")
    parser.add_argument("--seed", type=int, default=2014)
    options = parser.parse_args()
    found = run(options.stringers, options.councils, options.pause, options.seed)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
