"""Decided: from just before the send of the desk's decision to the alert at a webhook.

The last ward of each council decides control, and its result is held: a source that does not count
by itself has said it. The desk accepts it, which makes the alert of a gain, and then lets nothing
stand, which withdraws it; in turn, and each council once in a series. A desk channel is told of
what is held, as in a newsroom that reviews, so that the notifier follows the totals as well.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import uvloop

from benchmarks.bed import load_average, namespace, produce
from benchmarks.delays import figures_of
from benchmarks.engine import LIVECOUNT, service
from benchmarks.latency import COUNCILS, until_counted
from benchmarks.load import Place, all_but_the_last, by_a_second_source, in_the_balance, swing
from benchmarks.messages import Message, messages
from benchmarks.running import Running
from benchmarks.webhook import receiver
from election.declaration import declaration
from election.evidence.claim import content_of
from schemas.desk import DeskDecided
from schemas.ward import WardDeclared
from services.platform import kafka
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.stack.stack import Stack

RATE_PER_S = 10
SERIES = 2
"""How often each council's result is accepted."""

SETTLE_S = 3.0
LAST_TIMEOUT_S = 20.0
AT_MOST_MS = 50.0


@dataclass(frozen=True, slots=True)
class HeldResult:
    """A result that is held, with its council."""

    place: Place
    said: WardDeclared

    def decision(self, ruling: Literal["accept", "clear"], revision: int) -> Message:
        """Returns what the desk decides about it, as a message."""
        decided = DeskDecided(
            council=self.place.council,
            ballot_paper_id=self.said.ballot_paper_id,
            mode="rehearsal",
            revision=revision,
            ruling=ruling,
            content=content_of(declaration(self.said)) if ruling == "accept" else None,
            by="desk",
            reason="the sheet says so",
        )
        (message,) = messages([decided])
        return message


def measure(stack: Stack, logs: Path) -> dict[str, Any]:
    """Returns one run: how many alerts arrived, and p50 and p99 in milliseconds."""
    chance = random.Random(COUNCILS)  # noqa: S311 - a load to repeat, no secret
    stood = in_the_balance(COUNCILS)
    held = [HeldResult(place, by_a_second_source(swing(place, 1, chance))) for place in stood]
    before = messages(
        event for each in held for event in (*all_but_the_last(each.place, chance), each.said)
    )
    cms, desk = free_ports(2, random.Random(time.time_ns()))  # noqa: S311 - ports
    channels = logs / "decided-channels.toml"
    channels.write_text(
        f'[[channels]]\nname = "cms"\nwebhook = "http://127.0.0.1:{cms}/"\nrehearsal = true\n'
        'kinds = ["control"]\n'
        f'[[channels]]\nname = "desk"\nwebhook = "http://127.0.0.1:{desk}/"\nrehearsal = true\n'
        'kinds = ["held", "conflict", "parked"]\n'
    )
    with namespace(stack) as settings, ExitStack() as started:
        produce(settings, before)
        extra = {"LIVECOUNT_NOTIFIER_CHANNELS_FILE": str(channels)}
        running = [
            started.enter_context(
                Running(engine, settings, logs / f"decided-{engine.name}.log", environment=extra)
            )
            for engine in (LIVECOUNT, service("notifier"))
        ]
        return uvloop.run(_measure(running, settings, held, (cms, desk)))


async def _measure(
    running: Sequence[Running],
    settings: Settings,
    held: Sequence[HeldResult],
    ports: tuple[int, int],
) -> dict[str, Any]:
    sent: dict[str, float] = {}
    came: dict[str, float] = {}
    told: list[str] = []
    raised: Counter[str] = Counter()

    def arrived(alert: dict[str, Any]) -> None:
        if alert["action"] == "raise":
            council = alert["council"]
            raised[council] += 1
            came[f"{council} {raised[council]}"] = time.time()

    def desk_arrived(reject: dict[str, Any]) -> None:
        told.append(reject["reason"])

    receivers = [await receiver(ports[0], arrived), await receiver(ports[1], desk_arrived)]
    try:
        # 20 of 21 wards are declared, after the opening, and the last one is held.
        await until_counted(running[0], settings, in_all=22)
        deadline = time.monotonic() + LAST_TIMEOUT_S
        while len(told) < len(held) and time.monotonic() < deadline:
            running[1].check()
            await asyncio.sleep(0.1)
        await asyncio.sleep(SETTLE_S)
        load_before = load_average()
        await _send(settings, held, sent)
        deadline = time.monotonic() + LAST_TIMEOUT_S
        while len(came) < len(sent) and time.monotonic() < deadline:
            for each in running:
                each.check()
            await asyncio.sleep(0.1)
    finally:
        for each in receivers:
            each.close()
    return {
        "measured": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        "rate_per_s": RATE_PER_S,
        "decisions": len(sent),
        "councils": len(held),
        "load_before": load_before,
        "at_most_ms": AT_MOST_MS,
        **figures_of(came, sent),
    }


async def _send(settings: Settings, held: Sequence[HeldResult], sent: dict[str, float]) -> None:
    """Sends every decision at its rate, and records the time just before each that accepts."""
    producer = kafka.producer(settings, "bench-producer")
    await producer.start()
    topic = Topics(settings.namespace).declarations
    try:
        for each, ruling, revision in _decisions(held):
            message = each.decision(ruling, revision)
            if ruling == "accept":
                sent[f"{each.place.council} {(revision + 1) // 2}"] = time.time()
            await producer.send(topic, message.value, key=message.key, headers=message.headers)
            await asyncio.sleep(1 / RATE_PER_S)
    finally:
        await producer.stop()


def _decisions(
    held: Sequence[HeldResult],
) -> Iterator[tuple[HeldResult, Literal["accept", "clear"], int]]:
    for revision in range(1, 2 * SERIES):
        for each in held:
            yield each, "accept" if revision % 2 else "clear", revision
