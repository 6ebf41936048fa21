"""A chunk: some hundred events of a seed through worlds of their own, and sound ones beside them.

Chunks need nothing of each other, so that a long run can be cut anywhere and goes on with the
next, on as many processors as there are, and memory is bounded by one chunk.
"""

from __future__ import annotations

import asyncio
import json
import resource
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from random import Random
from typing import Any

from services.intake.message import Message, prepare
from tests.fuzz.events import Events
from tests.fuzz.failure import Failure, FuzzError, step
from tests.fuzz.readers import noting_the_end
from tests.fuzz.world import NAMESPACE, World
from tests.support.aggregator_night import Fact, expected, night

CHUNK_EVENTS = 500
"""Accepted events of a chunk."""

BATCHES = (1, 1, 1, 1, 4)
"""How many events are folded at once, as they are on a quiet and on a busy night."""

SOUND = 0.1
"""How often a sound event stands in a batch."""

FAILURES_MAX = 20
"""Failures after which a chunk is given up: one cause shows itself sooner."""


@dataclass(slots=True)
class Report:
    """What came of a chunk, or of several."""

    events: int = 0
    sound: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    largest: dict[str, int] = field(default_factory=dict)
    pages: int = 0
    seconds: float = 0.0
    peak_mib: int = 0
    failures: list[Failure] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Adds another report to this one."""
        self.events += other.events
        self.sound += other.sound
        self.pages += other.pages
        self.seconds += other.seconds
        self.peak_mib = max(self.peak_mib, other.peak_mib)
        self.outcomes = dict(Counter(self.outcomes) + Counter(other.outcomes))
        self.refused = dict(Counter(self.refused) + Counter(other.refused))
        self.largest = dict(Counter(self.largest) | Counter(other.largest))
        self.failures += other.failures

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str) -> Report:
        found: dict[str, Any] = json.loads(text)
        found["failures"] = [
            Failure(name, what, where, tuple(events))
            for name, what, where, events in found["failures"]
        ]
        return cls(**found)


class Chunk:
    """One chunk of a seed, repeated by its seed and number."""

    def __init__(self, seed: str, number: int, events: int = CHUNK_EVENTS) -> None:
        self._chance = Random(f"chunk {seed} {number}")
        self._events = Events(f"events {seed} {number}", NAMESPACE)
        self._number = events
        self._report = Report()
        self._sound: list[Fact] = []
        self._sound_sent: list[Fact] = []

    def run(self) -> Report:
        """Sends the events and returns what came of them. Blocks until all are through."""
        began_s = time.monotonic()
        with noting_the_end() as ends:
            asyncio.run(self._run())
        if ends:
            self._report.failures.append(Failure("ticker", "ended its process", ""))
        self._report.seconds = time.monotonic() - began_s
        self._report.refused = dict(self._events.refused)
        self._report.peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024
        return self._report

    async def _run(self) -> None:
        while self._report.events < self._number:
            if len(self._report.failures) >= FAILURES_MAX:
                return
            await self._world()

    async def _world(self) -> None:
        """Sends events through a world until it has had enough, or one fails."""
        world = World(self._chance)
        self._sound = list(reversed(night(self._chance.randrange(2**32), councils=4, wards=5)))
        self._sound_sent = []
        try:
            while self._report.events < self._number:
                await world.take(self._batch())
            world.compare_all()
            self._compare_sound(world)
        except FuzzError as error:
            self._report.failures.append(error.failure)
        finally:
            await world.readers.close()
            self._report.add(
                Report(
                    outcomes=dict(world.outcomes),
                    largest=dict(world.largest),
                    pages=world.readers.answers,
                )
            )

    def _batch(self) -> list[Message]:
        messages = [self._events.next()[1] for _ in range(self._chance.choice(BATCHES))]
        self._report.events += len(messages)
        if self._sound and self._chance.random() < SOUND * len(messages):
            fact = self._sound.pop()
            self._sound_sent.append(fact)
            self._report.sound += 1
            messages.insert(self._chance.randint(0, len(messages)), prepare(fact, NAMESPACE))
        return messages

    def _compare_sound(self, world: World) -> None:
        """Raises FuzzError if a sound event is missing, or counts otherwise than on its own."""
        outcome = expected(self._sound_sent)
        with step("sound events"):
            for council, totals in outcome.totals.items():
                stored = world.store.councils[council]
                wards = {ballot: json.loads(ward) for ballot, ward in stored.wards.items()}
                alerts = [json.loads(alert)["id"] for alert in stored.alerts]
                found = (json.loads(stored.totals), wards, alerts)
                wanted = (totals, outcome.wards[council], outcome.alerts[council])
                if found != wanted:
                    raise ValueError(f"{council} is not what its own events lead to")
