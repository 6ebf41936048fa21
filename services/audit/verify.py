"""Redis and the outputs beside the log, at any moment of the night and after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import orjson

from services.audit import stored
from services.audit.decode import Record
from services.audit.difference import Difference, council_differences
from services.audit.recount import NOTHING, Recount, Counted
from services.audit.stored import StoredCouncil
from services.platform.names import Keys
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.topic_log import Log


@dataclass(slots=True)
class Verdict:
    """What a comparison found. `waiting` are declarations in the log and not yet counted."""

    declarations: int = 0
    councils: int = 0
    alerts: int = 0
    rejects: int = 0
    waiting: int = 0
    differences: list[Difference] = field(default_factory=list)


@dataclass(slots=True)
class _Outputs:
    """What the topics hold that the aggregator writes; a repeat is the same entry."""

    alerts: set[str]
    rejects: set[tuple[int, int]]


async def verify(settings: Settings) -> Verdict:
    """Compares what Redis and the outputs have with a fold of the log.

    The night may go on meanwhile. Each council is compared as of the last declaration that Redis
    counts in it, and no declaration before the watermarks may be missing. What the topics hold is
    read before the log, so that everything on them has its cause there. Raises
    KafkaUnavailableError and redis.exceptions.RedisError.
    """
    redis = connect(settings)
    keys = Keys(settings.namespace)
    try:
        async with Log(settings) as log:
            topic = log.topics.declarations
            committed = await log.committed("aggregator")
            partitions = await log.ends(topic)
            marks = await stored.watermarks(redis, keys, partitions)
            found = await stored.councils(redis, keys)
            outputs = await _outputs(log)
            ends = await log.ends(topic)
            count = Recount(len(ends))
            past = _Past(marks, found)
            async for record in log.read(topic, ends):
                past.see(count, record)
    finally:
        await redis.aclose()
    verdict = Verdict(
        declarations=count.records,
        councils=len(count.councils),
        alerts=sum(len(each.alerts) for each in count.councils.values()),
        rejects=len(count.rejects),
        waiting=sum(max(0, end - marks.get(number, 0)) for number, end in ends.items()),
    )
    verdict.differences += _mark_differences(marks, committed, ends)
    for name in sorted(count.councils.keys() | found.keys()):
        expected = past.of(count, name)
        verdict.differences += council_differences(name, expected, found.get(name))
    verdict.differences += _output_differences(count, past, outputs, marks)
    return verdict


class _Past:
    """Each council as it was where Redis stopped counting, while the fold goes on."""

    def __init__(self, marks: Mapping[int, int], found: Mapping[str, StoredCouncil]) -> None:
        self._marks = marks
        self._found = found
        self._frozen: dict[str, Counted] = {}

    def see(self, count: Recount, record: Record) -> None:
        step = count.add(record)
        if not step.changed or step.event is None or step.event.council in self._frozen:
            return
        name = step.event.council
        counted = self._found[name].offset + 1 if name in self._found else 0
        if record.offset >= max(self._marks.get(record.partition, 0), counted):
            self._frozen[name] = step.before

    def of(self, count: Recount, name: str) -> Counted:
        return self._frozen.get(name) or count.councils.get(name, NOTHING)


async def _outputs(log: Log) -> _Outputs:
    alerts, rejects = log.topics.alerts, log.topics.rejects
    return _Outputs(
        {
            orjson.loads(record.value)["id"]
            async for record in log.read(alerts, await log.ends(alerts))
        },
        {
            (reject["partition"], reject["offset"])
            async for record in log.read(rejects, await log.ends(rejects))
            if (reject := orjson.loads(record.value))
        },
    )


def _mark_differences(
    marks: Mapping[int, int], committed: Mapping[int, int], ends: Mapping[int, int]
) -> Iterator[Difference]:
    for number, end in ends.items():
        subject, mark = f"partition {number}", marks.get(number, 0)
        if mark > end:
            yield Difference("watermark", subject, f"{mark}, but the log ends at {end}")
        if mark < committed.get(number, 0):
            yield Difference(
                "watermark",
                subject,
                f"{mark}, but {committed[number]} is committed: Redis lost data and is not rebuilt",
            )


def _output_differences(
    count: Recount, past: _Past, outputs: _Outputs, marks: Mapping[int, int]
) -> Iterator[Difference]:
    for name in count.councils:
        for alert in past.of(count, name).alerts:
            if alert.id not in outputs.alerts:
                yield Difference("alert", name, f"{alert.id} is not on the topic: {alert.text}")
    caused = {alert.id for each in count.councils.values() for alert in each.alerts}
    for unknown in sorted(outputs.alerts - caused):
        yield Difference("alert", unknown, "on the topic, but nothing caused it")
    for partition, offset in sorted(count.rejects.keys() ^ outputs.rejects):
        if offset < marks.get(partition, 0):
            missing = (partition, offset) in count.rejects
            why = "not on the topic of rejects" if missing else "set aside, but nothing is wrong"
            yield Difference("reject", f"partition {partition} offset {offset}", why)
