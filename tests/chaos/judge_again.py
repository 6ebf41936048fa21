"""Judges a failed night again, from the data that it left.

Run as `python -m tests.chaos.judge_again DIRECTORY`, with the directory that the run printed.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from services.platform.stack.stack import Stack
from tests.chaos.conftest import BROKERS
from tests.chaos.course import Course
from tests.chaos.judgement import judge
from tests.chaos.pages import judge_pages


async def judged(directory: Path, stack: Stack) -> str:
    """Returns the report of a night whose servers run again on their old data."""
    course = Course.read(directory)
    settings = stack.endpoints.settings(namespace=course.namespace)
    found = await judge(settings, course.acknowledged, course.arrivals, sightings=course.sightings)
    if course.pages:
        await judge_pages(found, settings, course.pages)
    return course.report(found)


if __name__ == "__main__":
    left = Path(sys.argv[1])
    with Stack(left, BROKERS) as running:
        sys.stdout.write(asyncio.run(judged(left, running)) + "\n")
