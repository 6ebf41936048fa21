"""How soon counting resumes after a kill, in livecount and naive Faust; and a rebuild's time.

Run as `python -m tests.chaos.measure_recovery`; it prints one JSON object. Name parts to measure
only those: livecount, naive_faust, rebuild.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

from services.aggregator.rebuild import rebuild_all
from services.audit.recount import Recount
from services.platform import kafka
from services.platform.accounts import ADMIN
from services.platform.garbage import collect_less_often
from services.platform.names import Topics, group
from services.platform.settings import Settings
from services.platform.stack.stack import Stack
from services.platform.topic_log import Log
from services.platform.topics import create_topics
from tests.chaos.course import versions
from tests.chaos.crew import Crew
from tests.chaos.recovery_trials import COUNCILS, NaiveProgress, Trials, watermarks
from tests.chaos.rough_night import RoughNight
from tests.chaos.senders import raw_producer
from tests.support.checkout import CHECKOUT

TRIALS = 5
NAIVE_TRIALS = 3
REBUILD_DECLARATIONS = 100_000


async def livecount(stack: Stack, logs: Path) -> Any:
    settings = await _namespace(stack, "measure-livecount")
    crew = Crew(settings, logs / "livecount")

    async def start(number: str) -> None:
        await crew.run(f"worker-{number}", "aggregator", "run", worker_id=number)

    return await Trials(settings, crew, start, watermarks(settings)).figures(TRIALS)


async def naive(stack: Stack, logs: Path) -> Any:
    settings = await _namespace(stack, "measure-naive")
    crew = Crew(settings, logs / "naive")
    progress = NaiveProgress(settings)
    following = asyncio.create_task(progress.follow())

    async def start(number: str) -> None:
        data = ("--datadir", str(logs / f"data-{number}"))
        app = str(CHECKOUT / "tests" / "chaos" / "naive_faust.py")
        await crew.run(
            *(f"worker-{number}", *data, "worker", "-l", "info", "--without-web"),
            script=app,
            # It makes topics of its own.
            account=ADMIN,
        )

    try:
        figures = await Trials(settings, crew, start, progress.counted).figures(NAIVE_TRIALS)
        return {**figures, "lost": progress.lost()}
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def rebuild(stack: Stack) -> Any:
    """Returns the time of a rebuild from an empty Redis, and of only reading and folding."""
    settings = await _namespace(stack, "measure-rebuild")
    producer = raw_producer(settings)
    await producer.start()
    topic = Topics(settings.namespace).declarations
    night = RoughNight(2, REBUILD_DECLARATIONS, COUNCILS, settings.namespace)
    sent = [
        await producer.send(topic, parcel.value, key=parcel.key, headers=parcel.headers)
        for parcel in night.parcels
    ]
    await asyncio.gather(*sent)
    await producer.stop()
    async with Log(settings) as log:
        begin_s = time.monotonic()
        ends = await log.ends(topic)
        records = [record async for record in log.read(topic, ends)]
        read_s = time.monotonic() - begin_s
    begin_s = time.monotonic()
    count = Recount(len(ends))
    for record in records:
        count.add(record)
    fold_s = time.monotonic() - begin_s
    await _acknowledge(settings, ends)
    begin_s = time.monotonic()
    await rebuild_all(settings)
    rebuild_s = time.monotonic() - begin_s
    return {
        "declarations": len(records),
        "councils": len(count.councils),
        "read_s": round(read_s, 2),
        "decode_and_fold_s": round(fold_s, 2),
        "rebuild_s": round(rebuild_s, 2),
        "rebuild_against_read_and_fold": round(rebuild_s / (read_s + fold_s), 2),
    }


async def _acknowledge(settings: Settings, ends: dict[int, int]) -> None:
    """Commits everything, as a group that counted it before Redis was lost."""
    topic = Topics(settings.namespace).declarations
    consumer = kafka.consumer(
        settings, group_id=group(settings.namespace, "aggregator"), client_id="measure"
    )
    await consumer.start()
    places = {TopicPartition(topic, number): end for number, end in ends.items()}
    consumer.assign(list(places))
    await consumer.commit({place: OffsetAndMetadata(end, "") for place, end in places.items()})
    await consumer.stop()


async def _namespace(stack: Stack, name: str) -> Settings:
    settings = stack.endpoints.settings(namespace=name)
    await create_topics(settings)
    return settings


async def main(parts: list[str]) -> None:
    """Measures the given parts, or all, and prints what it found."""
    with (
        tempfile.TemporaryDirectory(prefix="livecount-measure-") as directory,
        Stack(Path(directory) / "stack") as stack,
    ):
        logs = Path(directory) / "logs"
        measures: dict[str, Callable[[], Awaitable[Any]]] = {
            "livecount": lambda: livecount(stack, logs),
            "naive_faust": lambda: naive(stack, logs),
            "rebuild": lambda: rebuild(stack),
        }
        found = {name: await measures[name]() for name in parts or measures}
    found["load_average"] = os.getloadavg()
    sys.stdout.write(json.dumps({**found, "versions": versions()}, indent=2) + "\n")


if __name__ == "__main__":
    # As the services do, and `livecount rebuild`.
    collect_less_often()
    asyncio.run(main(sys.argv[1:]))
