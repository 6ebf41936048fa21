"""The long fuzz: `python -m tests.fuzz --events 1000000 --seed S`.

Prints its progress every half a minute, each failure with the command that repeats it, and at the
end one JSON object. Ends with status 1 if anything failed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import sys
import time
from collections import Counter

from tests.fuzz.chunk import CHUNK_EVENTS, Chunk, Report
from tests.fuzz.failure import Failure
from tests.fuzz.long_run import Ran, run_chunks

PROGRESS_S = 30.0
KINDS_PRINTED = 20
"""Failures of one kind are counted, and the first is printed; so many kinds are."""

REFUSALS_PRINTED = 10


def _say(text: str) -> None:
    """Prints a line at once, so that a long run can be watched."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Course:
    """What has come of a run so far."""

    def __init__(self, seed: str, chunks: int) -> None:
        self._seed = seed
        self._chunks = chunks
        self._ended = 0
        self._began_s = time.monotonic()
        self._printed_s = 0.0
        self._kinds: Counter[str] = Counter()
        self.total = Report()

    def add(self, ran: Ran) -> None:
        """Adds a chunk, and prints its failures and from time to time the progress."""
        self._ended += 1
        self.total.add(ran.report)
        for failure in ran.report.failures:
            self._kinds[failure.kind] += 1
            if self._kinds[failure.kind] == 1 and len(self._kinds) <= KINDS_PRINTED:
                self._print_failure(ran.number, failure)
        # What is known of the failures is printed; all of their events would fill the memory.
        self.total.failures.clear()
        if time.monotonic() - self._printed_s > PROGRESS_S:
            self._printed_s = time.monotonic()
            _say(
                f"{self._ended} of {self._chunks} chunks, {self.total.events} events,"
                f" {self._rate():.0f} a second, {self._kinds.total()} failures"
            )

    def _print_failure(self, number: int, failure: Failure) -> None:
        _say(
            f"FAILED {failure.kind}\n  {failure.what[:500]}\n"
            f"  again: python -m tests.fuzz --seed {self._seed} --chunk {number}"
        )

    def _rate(self) -> float:
        return self.total.events / (time.monotonic() - self._began_s)

    def summary(self) -> str:
        """Returns what came of the run, as JSON."""
        total = self.total
        refused = Counter(total.refused)
        found = {
            "seed": self._seed,
            "chunks": self._ended,
            "accepted": total.events,
            "sound_beside_them": total.sound,
            "outcomes": total.outcomes,
            "refused": refused.total(),
            "refused_most": dict(refused.most_common(REFUSALS_PRINTED)),
            "largest_bytes": total.largest,
            "pages": total.pages,
            "seconds": round(time.monotonic() - self._began_s),
            "per_second": round(self._rate()),
            "peak_mib": total.peak_mib,
            "failures": dict(self._kinds.most_common(KINDS_PRINTED)),
        }
        return json.dumps(found, indent=2, ensure_ascii=False)

    @property
    def failed(self) -> bool:
        return bool(self._kinds)


def run_one(seed: str, number: int) -> bool:
    """Runs a chunk again in this process, and prints its failures; returns whether any failed."""
    report = Chunk(seed, number).run()
    for failure in report.failures:
        _say(f"FAILED {failure.kind}\n  {failure.what}")
        for event in failure.events:
            _say(f"  {event}")
    _say(report.as_json() if not report.failures else f"{len(report.failures)} failures")
    return bool(report.failures)


def main() -> int:
    """Runs the command and returns its status; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000, help="accepted events")
    parser.add_argument("--seed", default=secrets.token_hex(4))
    parser.add_argument("--chunk", type=int, help="run only the chunk of this number, again")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    if given.chunk is not None:
        return int(run_one(given.seed, given.chunk))
    chunks = -(-given.events // CHUNK_EVENTS)
    course = Course(given.seed, chunks)
    _say(f"seed {given.seed}, {chunks} chunks")
    asyncio.run(run_chunks(given.seed, range(chunks), given.processes, course.add))
    _say(course.summary())
    return int(course.failed)


if __name__ == "__main__":
    sys.exit(main())
