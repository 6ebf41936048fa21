"""The course of a night, written to a file so that it can be judged again."""

from __future__ import annotations

import json
import platform
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple, Self

import orjson

from services.platform.stack.kafka_jars import KAFKA_VERSION
from tests.chaos.endings import Ending
from tests.chaos.judgement import Judgement
from tests.chaos.published import Sighting
from tests.chaos.recorder import Arrival
from tests.chaos.senders import Acknowledged

FILE = "course.json"


class Recovery(NamedTuple):
    """How long after a fault was lifted everything acknowledged by then was counted."""

    kind: str
    seconds: float


@dataclass(slots=True)
class Course:
    """The faults, what was acknowledged, what the webhook received, and what the ticker showed.

    `sightings` are the figures that an onlooker and public channels saw, `looked_at` is how many
    pages the onlooker read, and `reviewed` how many notices came of what waits for the desk.
    """

    seed: int
    namespace: str
    by_kind: Counter[str] = field(default_factory=Counter)
    recoveries: list[Recovery] = field(default_factory=list)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    pages: dict[str, Any] = field(default_factory=dict)
    sightings: list[Sighting] = field(default_factory=list)
    looked_at: int = 0
    reviewed: int = 0
    restarts: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, dict[str, int]] = field(default_factory=dict)
    ended_by_messages: list[str] = field(default_factory=list)
    repeated_by_senders: int = 0
    seconds: float = 0.0

    @property
    def faults(self) -> int:
        return sum(self.by_kind.values())

    def note_ends(self, endings: Sequence[Ending]) -> None:
        """Notes how the processes of each service ended, before they are told to stop."""
        for name, status, _ in endings:
            counts = self.statuses.setdefault(name, {})
            counts[str(status)] = counts.get(str(status), 0) + 1
        self.ended_by_messages = [str(each) for each in endings if each.is_by_a_message]

    def write(self, directory: Path) -> None:
        """Writes the course next to the servers' data."""
        (directory / FILE).write_bytes(orjson.dumps(self, default=list))

    @classmethod
    def read(cls, directory: Path) -> Self:
        """Returns the course that a night has left in a directory."""
        found = orjson.loads((directory / FILE).read_bytes())
        found["by_kind"] = Counter(found["by_kind"])
        for name, kind in (
            ("recoveries", Recovery),
            ("acknowledged", Acknowledged),
            ("arrivals", Arrival),
            ("sightings", Sighting),
        ):
            found[name] = [kind(*each) for each in found[name]]
        return cls(**found)

    def report(self, judgement: Judgement | None) -> str:
        """Returns one JSON object; without a judgement the night did not end."""
        seconds = [each.seconds for each in self.recoveries]
        worst = max(self.recoveries, key=lambda each: each.seconds, default=None)
        return json.dumps(
            {
                "seed": self.seed,
                "faults": self.faults,
                "faults_by_kind": dict(sorted(self.by_kind.items())),
                **(asdict(judgement) if judgement else {"not_judged": True}),
                "recovery_median_s": round(statistics.median(seconds), 2) if seconds else None,
                "recovery_worst_s": round(worst.seconds, 2) if worst else None,
                "recovery_worst_fault": worst.kind if worst else None,
                "restarts": self.restarts,
                "exit_statuses": self.statuses,
                "processes_ended_by_a_message": len(self.ended_by_messages),
                "ended_by_messages": self.ended_by_messages,
                "repeated_by_senders": self.repeated_by_senders,
                "looked_at": self.looked_at,
                "reviewed": self.reviewed,
                "seconds": round(self.seconds, 1),
                "versions": versions(),
            },
            indent=2,
        )


def versions() -> dict[str, str]:
    """Returns the versions of the software under test."""
    return {
        "python": platform.python_version(),
        "kafka": KAFKA_VERSION,
        "faust-streaming": version("faust-streaming"),
        "aiokafka": version("aiokafka"),
        "redis-py": version("redis"),
    }
