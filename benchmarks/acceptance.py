"""Acceptance: from the desk's form to the alert on its topic and at a webhook.

A real Kafka and Redis, an aggregator, a notifier and entry run. In each council one ward decides
control, and its result is held, as its only source is a `second`. The desk accepts one after the
other, as a browser does: one connection, one form each, without the page that follows.

    python -m benchmarks.acceptance --number 200 --rate 5
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import secrets
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import uvloop

from benchmarks.delays import delays_ms, figures_of
from benchmarks.engine import LIVECOUNT, service
from benchmarks.load import (
    Place,
    all_but_the_last,
    by_a_second_source,
    declared,
    in_the_balance,
)
from benchmarks.running import Running
from benchmarks.webhook import receiver
from election.declaration import declaration
from election.evidence.claim import content_of
from schemas.events import Event
from schemas.ward import WardDeclared
from services.access.key import Key
from services.access.keys_edit import add_key
from services.access.token import hash_of, new_token
from services.intake.producer import DeclarationProducer
from services.platform import kafka
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.stack.stack import Stack
from services.platform.topics import create_topics

READY_TIMEOUT_S = 60.0
LAST_TIMEOUT_S = 20.0
SETTLE_S = 3.0
WARM = 20
"""Acceptances before those that are measured: connections and caches are cold."""

SAME_ORIGIN = {"sec-fetch-site": "same-origin"}

Times = dict[str, float]
"""When something came of each council."""


def held(place: Place, chance: random.Random) -> WardDeclared:
    """Returns the ward that decides a council, as a source says it that needs another to count."""
    last = declared(place, place.wards[-1], chance, leader=0)
    return by_a_second_source(last)


def night(stood: Iterable[Place], chance: random.Random) -> Iterator[Event]:
    """Yields councils in each of which one result is held, and everything hangs on it."""
    for place in stood:
        yield from all_but_the_last(place, chance)


def figures(came: Times, sent: Times) -> dict[str, float]:
    """Returns how many came, and how long after they were sent, in milliseconds."""
    found = figures_of(came, sent)
    if delays := delays_ms(came, sent):
        found["longest_ms"] = delays[-1]
    return {name: round(each, 1) for name, each in found.items()}


class Desk:
    """Somebody who is signed in at entry."""

    def __init__(self, port: int) -> None:
        url = f"http://127.0.0.1:{port}"
        self._client = httpx.AsyncClient(base_url=url, trust_env=False, timeout=30.0)
        self._form = ""

    async def sign_in(self, token: str, waiting: int) -> None:
        """Signs in once the log has been read and as many ballots wait as there should."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        while not await self._is_ready():
            if time.monotonic() > deadline:
                raise TimeoutError("entry is not ready")
            await asyncio.sleep(0.1)
        fields = {"key": token, "person": "A benchmark"}
        await self._client.post("/sign-in", data=fields, headers=SAME_ORIGIN)
        page = (await self._client.get("/desk")).text
        if f"<b>{waiting}</b>" not in page:
            raise RuntimeError(f"not {waiting} ballots wait")
        self._form = re.findall(r'name="form" value="([^"]+)"', page)[0]

    async def accept(self, said: WardDeclared) -> None:
        """Accepts a result; returns once entry says what came of it."""
        fields = {
            "form": self._form,
            "revision": "0",
            "decision": f"accept {content_of(declaration(said))}",
            "reason": "the sheet says so",
        }
        address = f"/desk/{said.ballot_paper_id}"
        answer = await self._client.post(address, data=fields, headers=SAME_ORIGIN)
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise RuntimeError(f"{answer.status_code}: {answer.text}")

    async def close(self) -> None:
        """Disconnects."""
        await self._client.aclose()

    async def _is_ready(self) -> bool:
        try:
            return (await self._client.get("/health/ready")).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False


async def alerts(settings: Settings, came: Times) -> None:
    """Notes when an alert of control of each council is on the topic, until it is cancelled."""
    topic = Topics(settings.namespace).alerts
    reader = kafka.consumer(settings, topic, group_id=None, client_id="bench-reader")
    await reader.start()
    try:
        async for record in reader:
            alert = json.loads(record.value)
            if alert["kind"] == "control":
                came.setdefault(alert["council"], time.perf_counter())
    finally:
        await reader.stop()


async def measure(  # noqa: PLR0913, PLR0917 -- what runs, and what is measured of it
    settings: Settings,
    running: list[Running],
    stood: list[Place],
    desk: Desk,
    token: str,
    hook: int,
    rate_per_s: float,
) -> dict[str, Any]:
    """Returns how long after the form of an acceptance was sent its alert was where."""
    chance = random.Random(2014)  # noqa: S311 -- a load to repeat, no secret
    on_topic: Times = {}
    at_hook: Times = {}
    sent: Times = {}
    answered: Times = {}
    said = [held(place, chance) for place in stood]
    listening = await receiver(
        hook, lambda told: at_hook.setdefault(told["council"], time.perf_counter())
    )
    reading = asyncio.create_task(alerts(settings, on_topic))
    async with DeclarationProducer(settings) as producer:
        await producer.publish_all([*night(stood, chance), *said])
    try:
        await desk.sign_in(token, len(stood))
        await asyncio.sleep(SETTLE_S)
        load_before = os.getloadavg()[0]
        for each in said:
            began = time.perf_counter()
            await desk.accept(each)
            sent[each.council], answered[each.council] = began, time.perf_counter()
            for process in running:
                process.check()
            await asyncio.sleep(max(0.0, began + 1 / rate_per_s - time.perf_counter()))
        deadline = time.monotonic() + LAST_TIMEOUT_S
        while True:
            if len(at_hook) >= len(sent) or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.1)
    finally:
        reading.cancel()
        listening.close()
        await desk.close()
    measured = dict(list(sent.items())[WARM:])
    return {
        "acceptances": len(measured),
        "rate_per_s": rate_per_s,
        "load_before": round(load_before, 2),
        "alert on its topic": figures(on_topic, measured),
        "at the webhook": figures(at_hook, measured),
        "what came of it, at the desk": figures(answered, measured),
    }


def run(number: int, rate_per_s: float) -> dict[str, Any]:
    """Returns the figures of one run."""
    stood = in_the_balance(number + WARM)
    hook, port = free_ports(2, random.SystemRandom())
    with tempfile.TemporaryDirectory(prefix="livecount-bench-") as name, ExitStack() as started:
        folder = Path(name)
        stack = started.enter_context(Stack(folder / "stack"))
        settings = stack.endpoints.settings(namespace=f"bench-{secrets.token_hex(4)}")
        asyncio.run(create_topics(settings))
        token = new_token("desk-1")
        key = {"id": "desk-1", "hash": hash_of(token.encode()), "role": "desk"}
        add_key(folder / "keys.toml", Key.model_validate(key))
        (folder / "channels.toml").write_text(
            f'[[channels]]\nname = "cms"\nwebhook = "http://127.0.0.1:{hook}/"\nrehearsal = true\n'
            'kinds = ["control"]\n'
        )
        extra = {
            "LIVECOUNT_NOTIFIER_CHANNELS_FILE": str(folder / "channels.toml"),
            "LIVECOUNT_KEYS_FILE": str(folder / "keys.toml"),
            "LIVECOUNT_ENTRY_PORT": str(port),
        }
        running = [
            started.enter_context(
                Running(engine, settings, folder / f"{engine.name}.log", environment=extra)
            )
            for engine in (LIVECOUNT, service("notifier"), service("entry"))
        ]
        work = measure(settings, running, stood, Desk(port), token, hook, rate_per_s)
        return uvloop.run(work)


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=200, help="acceptances that are measured")
    parser.add_argument("--rate", type=float, default=5.0, help="acceptances a second")
    arguments = parser.parse_args()
    print(json.dumps(run(arguments.number, arguments.rate), indent=2))


if __name__ == "__main__":
    main()
