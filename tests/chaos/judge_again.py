"""Judges again a night that failed, on what it has kept.

Run as `python tests/chaos/judge_again.py DIRECTORY`, with the directory that the night named.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from conftest import BROKERS
from course import Course
from judgement import judge
from pages import judge_pages
from pydantic import SecretStr

from services.platform.settings import Settings
from services.platform.stack import Stack


async def judged(directory: Path, stack: Stack) -> str:
    """Returns the report of a night whose servers run again on their old data."""
    course = Course.read(directory)
    settings = Settings(
        namespace=course.namespace,
        kafka_bootstrap_servers=stack.endpoints.kafka_bootstrap_servers,
        redis_url=SecretStr(stack.endpoints.redis_url),
    )
    found = await judge(settings, course.acknowledged, course.arrivals)
    if course.pages:
        await judge_pages(found, settings, course.pages)
    return course.report(found)


if __name__ == "__main__":
    kept = Path(sys.argv[1])
    with Stack(kept, BROKERS) as running:
        sys.stdout.write(asyncio.run(judged(kept, running)) + "\n")
