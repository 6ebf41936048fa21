"""Intake with and without its warnings: how long an acknowledgement takes, by turns.

A real Kafka and two intakes are started on it, each with a log of its own that has the same night:
one follows its log and checks what is declared beside its councils, the other does not. Clients
declare to the one, then to the other, again and again for a second each; ten such turns of both are
a round, which gives one ratio.

    python -m benchmarks.intake_warnings --councils 130 --wards 20 --rounds 10 --rate 50
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import uvloop

from benchmarks.audience_processes import cpu_and_memory, until_ready
from benchmarks.delays import percentile
from benchmarks.engine import Engine
from benchmarks.load import Night, Place, declared, places
from benchmarks.running import Running
from schemas.events import encode_event
from services.following.followed_councils import FollowedCouncils
from services.intake.http import create_app
from services.intake.producer import DeclarationProducer
from services.intake.server import CONNECTIONS, SHUTDOWN_TIMEOUT_S
from services.platform.http_server import HttpConfig, HttpServer
from services.platform.settings import Settings, load_settings
from services.platform.stack.ports import free_ports
from services.platform.stack.stack import Stack
from services.platform.topics import create_topics

LOOPBACK = "127.0.0.1"
KINDS = ("with", "without")
SERVE = ("-m", "benchmarks.intake_warnings", "--serve")
"""How a process of this module serves as one of the two intakes."""

PARTS = {"p50": 0.5, "p99": 0.99}
TURNS = 10
"""Turns of each intake in a round: short ones, so that both have the same of what else the machine
does."""

BETWEEN_S = 0.2
"""Pause between two turns: what one intake has yet to do is no load beside the other."""

DECLARED_FRACTION = 0.7
"""The part of each council's wards that have declared when the measuring begins."""

CHECKED_TIMEOUT_S = 120.0
"""How long an intake may take to read the night."""


async def serve(settings: Settings, *, checks: bool) -> None:
    """Serves as intake does, with or without the councils that declarations are checked beside."""
    followed = FollowedCouncils(settings, client_id="bench", gathers=True) if checks else None
    async with DeclarationProducer(settings) as producer:
        following = asyncio.create_task(followed.run()) if followed else None
        app = create_app(settings, producer, followed=followed)
        config = HttpConfig(
            app,
            host=settings.intake_host,
            port=settings.intake_port,
            limits=CONNECTIONS,
            shutdown_timeout_s=SHUTDOWN_TIMEOUT_S,
            trusted_proxies=settings.trusted_proxies,
            lifespan="on",
        )
        try:
            await HttpServer(config).serve()
        finally:
            if following:
                following.cancel()


class Client:
    """One connection to an intake, on which declarations follow one another."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def start(self) -> None:
        """Connects."""
        self._reader, self._writer = await asyncio.open_connection(LOOPBACK, self._port)

    def stop(self) -> None:
        """Disconnects."""
        self._writer.close()

    async def post(self, body: bytes) -> bytes:
        """Returns the body of the answer 202; raises OSError for any other."""
        head = (
            "POST /v1/declarations HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        answered = await self._reader.readuntil(b"\r\n\r\n")
        if b" 202 " not in answered[:20]:
            raise OSError(f"answered {answered[:20]!r}")
        (length,) = (
            int(line.partition(b":")[2])
            for line in answered.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        return await self._reader.readexactly(length)


class Declarations:
    """Corrections of wards of a night, in any order, each of them news."""

    def __init__(self, night: Sequence[Place], seed: int) -> None:
        self._wards = [(place, ward) for place in night for ward in place.wards]
        self._chance = random.Random(seed)  # noqa: S311 - a load to repeat, no secret
        self._revisions: dict[str, int] = {}

    def next(self) -> bytes:
        """Returns a declaration as a client posts it."""
        place, ward = self._chance.choice(self._wards)
        revision = self._revisions[ward.ballot] = self._revisions.get(ward.ballot, 1) + 1
        return encode_event(declared(place, ward, self._chance, revision))


async def turn(port: int, load: Declarations, options: argparse.Namespace) -> list[float]:
    """Returns, sorted, how many milliseconds each of some acknowledgements took.

    With a rate each is due at a time of its own, and what it takes is counted from then.
    """
    took: list[float] = []
    began = time.perf_counter()
    apart_s = 1 / options.rate if options.rate else 0.0
    bodies = iter([(number * apart_s, load.next()) for number in range(options.requests)])

    async def client() -> None:
        connection = Client(port)
        await connection.start()
        for due_s, body in bodies:
            if apart_s:
                await asyncio.sleep(max(0.0, began + due_s - time.perf_counter()))
            started = began + due_s if apart_s else time.perf_counter()
            await connection.post(body)
            took.append(1_000 * (time.perf_counter() - started))
        connection.stop()

    await asyncio.gather(*(client() for _ in range(options.clients)))
    return sorted(took)


async def until_checked(port: int, load: Declarations) -> None:
    """Returns once an intake has read its log."""
    connection = Client(port)
    await connection.start()
    async with asyncio.timeout(CHECKED_TIMEOUT_S):
        while True:
            (receipt,) = json.loads(await connection.post(load.next()))["declarations"]
            if receipt["checked"]:
                break
    connection.stop()


async def fill(settings: Settings, night: Sequence[Place], seed: int) -> None:
    """Opens the councils of a night and declares a part of each one's wards."""
    await create_topics(settings)
    chance = random.Random(seed)  # noqa: S311 - a load to repeat, no secret
    async with DeclarationProducer(settings) as producer:
        for place in night:
            count = int(len(place.wards) * DECLARED_FRACTION)
            wards = [declared(place, ward, chance) for ward in place.wards[:count]]
            await producer.publish_all([place.opening, *wards])


async def by_turns(
    ports: dict[str, int], loads: dict[str, Declarations], options: argparse.Namespace
) -> None:
    """Measures both intakes by turns, and prints medians, spreads and ratios as JSON."""
    figures: dict[str, dict[str, list[float]]] = {kind: {"p50": [], "p99": []} for kind in KINDS}
    everything: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(options.rounds):
        took: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for number in range(TURNS):
            # Each begins as often as the other.
            for kind in KINDS if number % 2 else reversed(KINDS):
                took[kind] += await turn(ports[kind], loads[kind], options)
                await asyncio.sleep(BETWEEN_S)
        for kind in KINDS:
            everything[kind] += took[kind]
            for name, part in PARTS.items():
                figures[kind][name].append(percentile(sorted(took[kind]), part))
    for name, part in PARTS.items():
        pairs = zip(figures["with"][name], figures["without"][name], strict=True)
        ratios = sorted(one / other for one, other in pairs)
        print(
            json.dumps(
                {
                    "what": name,
                    "councils": options.councils,
                    "wards": options.wards,
                    "clients": options.clients,
                    "rate": options.rate,
                    "rounds": options.rounds,
                    "requests_a_round": options.requests * TURNS,
                    **{
                        f"{kind}_ms": [round(each, 2) for each in spread(figures[kind][name])]
                        for kind in KINDS
                    },
                    **{
                        f"{kind}_ms_of_all": round(percentile(sorted(everything[kind]), part), 2)
                        for kind in KINDS
                    },
                    "ratio": [round(each, 3) for each in spread(ratios)],
                }
            ),
            flush=True,
        )


def spread(figures: Sequence[float]) -> tuple[float, float, float, float, float]:
    """Returns the least, the lower quartile, the median, the upper quartile and the most."""
    low, middle, high = statistics.quantiles(figures, n=4)
    return min(figures), low, middle, high, max(figures)


async def measure(options: argparse.Namespace, running: Stack, logs: Path) -> None:
    """Fills two logs with the same night, and measures an intake on each."""
    night = places(Night(options.councils, options.wards))
    ports = dict(zip(KINDS, free_ports(2, random.SystemRandom()), strict=True))
    loads = {kind: Declarations(night, 1) for kind in KINDS}
    with ExitStack() as intakes:
        pids = {}
        for kind in KINDS:
            settings = running.endpoints.settings(namespace=f"bench-{kind}")
            await fill(settings, night, 1)
            serving = Running(
                Engine(kind, kind, (*SERVE, kind), (), account="intake"),
                settings,
                logs / f"{kind}.log",
                environment={
                    "LIVECOUNT_INTAKE_PORT": str(ports[kind]),
                    "LIVECOUNT_LOG_LEVEL": "error",
                },
            )
            pids[kind] = intakes.enter_context(serving).pid
        for kind in KINDS:
            await until_ready(ports[kind])
        await until_checked(ports["with"], loads["with"])
        for kind in KINDS:
            await turn(ports[kind], loads[kind], options)
        await by_turns(ports, loads, options)
        used = {kind: [round(each, 1) for each in cpu_and_memory(pids[kind])] for kind in KINDS}
        print(json.dumps({"what": "seconds of processor, and MB", **used}), flush=True)


def main() -> None:
    """Runs the benchmark and prints the figures as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--councils", type=int, default=130)
    parser.add_argument("--wards", type=int, default=20, help="of each council")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--requests", type=int, default=50, help="in each turn")
    parser.add_argument("--clients", type=int, default=4, help="that declare at the same time")
    parser.add_argument(
        "--rate", type=float, default=50.0, help="declarations a second of all clients; 0: no pause"
    )
    parser.add_argument("--serve", choices=KINDS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        uvloop.run(serve(load_settings(), checks=options.serve == "with"))
        return
    with (
        tempfile.TemporaryDirectory(prefix="livecount-bench-") as directory,
        Stack(Path(directory)) as running,
    ):
        uvloop.run(measure(options, running, Path(directory)))


if __name__ == "__main__":
    main()
