"""Runs chunks in a process of its own: `python -m tests.fuzz.worker SEED START STOP STEP`.

Writes one line of JSON for each, in their order, and to standard error whatever else is printed.
"""

from __future__ import annotations

import os
import sys

from tests.fuzz.chunk import Chunk


def main() -> None:
    """Runs the command; see the module's docstring."""
    seed, *bounds = sys.argv[1:]
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for number in range(*map(int, bounds)):
        reports.write(Chunk(seed, number).run().as_json() + "\n")
        reports.flush()


if __name__ == "__main__":
    main()
