"""Entry load: a night's stringers, all at once, from what they send to the ticker's stream.

A real Kafka and Redis, an aggregator, entry and a ticker run. Each stringer is invited, has a
device and, as a proxy forwards it, an address of their own. They sign in at the same instant, and
send their first ward at the same instant; then each enters their wards one after the other: the
form, what it reads back, and the send. Meanwhile each looks at the list of wards every five
seconds, as its page does. Noted of each ward is when it was sent, when it was received, and when
the ticker's stream, of which its pages are made, had the result.

The policy of a second entry is `never`: a result that waits for a second is on no page.

    python -m benchmarks.entry_load --stringers 300 --councils 100 --pause 1 --addresses 300
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
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import uvloop

from benchmarks.delays import delays_ms, figures_of
from benchmarks.engine import LIVECOUNT, service
from benchmarks.load import FIRST_NIGHT, Night, Place, declared, places
from benchmarks.running import Running
from benchmarks.stringers import BEHIND_A_PROXY, Stringer, invite
from benchmarks.waiting import READY_TIMEOUT_S, answers, until
from schemas.ids import election_id
from schemas.ward import WardDeclared
from services.intake.producer import DeclarationProducer
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.stack.stack import Stack
from services.platform.topics import create_topics

WARDS = 20
"""Wards of a council; a hundred councils have 2,000."""

LAST_TIMEOUT_S = 60.0
"""How long after the last was sent it is waited for on the stream."""

LOOK_AGAIN_S = 5.0
"""How often a page of entry looks again by itself."""

Times = dict[str, float]
"""When something came of each ballot, or of each stringer."""


def shared(stood: Sequence[Place], stringers: int, seed: int) -> list[list[WardDeclared]]:
    """Returns what each stringer sends: wards of as few councils as possible, as many as others."""
    chance = random.Random(seed)  # noqa: S311 -- a load to repeat, no secret
    results = [declared(place, ward, chance) for place in stood for ward in place.wards]
    ends = [len(results) * number // stringers for number in range(stringers + 1)]
    shares = [results[begin:end] for begin, end in pairwise(ends)]
    for share in shares:
        chance.shuffle(share)
    return shares


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


async def opened_all(client: httpx.AsyncClient, councils: int) -> bool:
    """Returns whether the ticker shows as many councils as there are."""
    answer = await client.get(f"/v1/elections/{election_id(FIRST_NIGHT)}/councils")
    return answer.is_success and len(answer.json()["councils"]) == councils


class Measuring:
    """When each ward was read back, sent, received and on the stream, and what went wrong."""

    def __init__(self, stringers: int) -> None:
        self._to_prepare = stringers
        self._all_prepared = asyncio.Event()
        self.signed_in: Times = {}
        self.asked: Times = {}
        self.back: Times = {}
        self.sent: Times = {}
        self.received: Times = {}
        self.came: Times = {}
        self.first: set[str] = set()
        self.failed: list[str] = []

    async def sign_in(self, stringer: Stringer, name: str, began: float) -> None:
        """Signs a stringer in, which has to work."""
        await stringer.sign_in()
        self.signed_in[name] = time.perf_counter() - began

    async def night_of(
        self, stringer: Stringer, results: Sequence[WardDeclared], pause_s: float
    ) -> None:
        """Enters a stringer's wards one after the other, with a pause between them."""
        looking = asyncio.create_task(self._look_again(stringer))
        for number, result in enumerate(results):
            ballot = result.ballot_paper_id
            try:
                self.asked[ballot] = time.perf_counter()
                fields = await stringer.read_back(result)
                self.back[ballot] = time.perf_counter()
                if not number:
                    self.first.add(ballot)
                    await self._with_the_others()
                self.sent[ballot] = time.perf_counter()
                await stringer.send(ballot, fields)
                self.received[ballot] = time.perf_counter()
            except (RuntimeError, httpx.HTTPError) as error:
                self.failed.append(repr(error))
                if not number and ballot not in self.first:
                    await self._with_the_others()
            await asyncio.sleep(pause_s)
        looking.cancel()

    async def _with_the_others(self) -> None:
        self._to_prepare -= 1
        if not self._to_prepare:
            self._all_prepared.set()
        await self._all_prepared.wait()

    async def _look_again(self, stringer: Stringer) -> None:
        # Pages were opened at any time.
        await asyncio.sleep(random.uniform(0, LOOK_AGAIN_S))  # noqa: S311 -- no secret
        while True:
            try:
                await stringer.look_again()
            except (RuntimeError, httpx.HTTPError) as error:
                self.failed.append(repr(error))
            await asyncio.sleep(LOOK_AGAIN_S)

    async def until_all_came(self) -> None:
        """Returns once the stream has all that was received, or after LAST_TIMEOUT_S."""
        deadline = time.monotonic() + LAST_TIMEOUT_S
        while True:
            if self.received.keys() <= self.came.keys() or time.monotonic() > deadline:
                return
            await asyncio.sleep(0.1)

    def figures(self) -> dict[str, Any]:
        """Returns the figures of the first ward of each, and of every ward."""
        first = {ballot: at for ballot, at in self.sent.items() if ballot in self.first}
        return {
            "sent": len(self.sent),
            "failed": len(self.failed),
            "first failures": self.failed[:3],
            "signed in, all at once": _figures(self.signed_in, dict.fromkeys(self.signed_in, 0.0)),
            "form and read-back": _figures(self.back, self.asked),
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
    stringers: Sequence[tuple[Stringer, Sequence[WardDeclared]]],
    urls: tuple[str, str],
    pause_s: float,
) -> dict[str, Any]:
    """Returns the figures of one night."""
    measuring = Measuring(len(stringers))
    async with AsyncExitStack() as started:

        async def client(url: str) -> httpx.AsyncClient:
            made = httpx.AsyncClient(base_url=url, trust_env=False, timeout=30.0)
            return await started.enter_async_context(made)

        async with DeclarationProducer(settings) as producer:
            await producer.publish_all(place.opening for place in stood)
        door, page = await client(urls[0]), await client(urls[1])
        await until(lambda: answers(door, "/health/ready"), "entry's start")
        await until(lambda: answers(page, "/health/ready"), "the ticker's start")
        await until(lambda: opened_all(page, len(stood)), "opening the councils")
        opened = asyncio.Event()
        reading = asyncio.create_task(on_the_stream(page, opened, measuring.came))
        await asyncio.wait_for(opened.wait(), READY_TIMEOUT_S)
        for stringer, _ in stringers:
            await started.enter_async_context(stringer.client)
        load_before = os.getloadavg()[0]
        began = time.perf_counter()
        await asyncio.gather(
            *(
                measuring.sign_in(each, str(number), began)
                for number, (each, _) in enumerate(stringers)
            )
        )
        began = time.perf_counter()
        await asyncio.gather(
            *(measuring.night_of(each, results, pause_s) for each, results in stringers)
        )
        took_s = time.perf_counter() - began
        await measuring.until_all_came()
        for process in running:
            process.check()
        reading.cancel()
    return {
        "pause_s": pause_s,
        "took_s": round(took_s, 1),
        "load_before": round(load_before, 2),
        **measuring.figures(),
    }


def run(number: int, councils: int, pause_s: float, seed: int, addresses: int) -> dict[str, Any]:
    """Returns the figures of one run."""
    stood = places(Night(councils, WARDS, seed))
    shares = shared(stood, number, seed)
    entry, ticker = free_ports(2, random.SystemRandom())
    urls = (f"http://127.0.0.1:{entry}", f"http://127.0.0.1:{ticker}")
    with tempfile.TemporaryDirectory(prefix="livecount-bench-") as name, ExitStack() as started:
        folder = Path(name)
        stack = started.enter_context(Stack(folder / "stack"))
        settings = stack.endpoints.settings(namespace=f"bench-{secrets.token_hex(4)}")
        asyncio.run(create_topics(settings))
        theirs = [[each.council for each in share] for share in shares]
        tokens = invite(folder / "keys.toml", theirs, second_entry="never")
        extra = BEHIND_A_PROXY | {
            "LIVECOUNT_KEYS_FILE": str(folder / "keys.toml"),
            "LIVECOUNT_ENTRY_PORT": str(entry),
            "LIVECOUNT_TICKER_PORT": str(ticker),
        }
        running = [
            started.enter_context(
                Running(engine, settings, folder / f"{engine.name}.log", environment=extra)
            )
            for engine in (LIVECOUNT, service("entry"), service("ticker"))
        ]
        stringers = [
            (Stringer(urls[0], token, place % addresses), share)
            for place, (token, share) in enumerate(zip(tokens, shares, strict=True))
        ]
        work = measure(settings, running, stood, stringers, urls, pause_s)
        return {"stringers": number, "addresses": addresses, **uvloop.run(work)}


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stringers", type=int, default=300, help="who send at once")
    parser.add_argument("--councils", type=int, default=100, help=f"each of {WARDS} wards")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two wards")
    parser.add_argument("--addresses", type=int, default=300, help="1 is a hall behind one")
    parser.add_argument("--seed", type=int, default=2014)
    options = parser.parse_args()
    found = run(options.stringers, options.councils, options.pause, options.seed, options.addresses)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
