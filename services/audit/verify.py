"""Compares Redis and the aggregator's topics with a recount of the log, at any time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import orjson

from schemas.reject import broken_place
from services.audit import stored
from services.audit.deliveries import early_deliveries, recorded_ms
from services.audit.difference import Difference, council_differences
from services.audit.log_head import head_differences
from services.audit.nation import NightAlerts, night_differences
from services.audit.recount import NOTHING, Counted, Recount
from services.audit.stored import StoredCouncil
from services.following.decode import Record
from services.platform.log_leaves import LogLeaves
from services.platform.names import Keys
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.topic_log import Log


@dataclass(slots=True)
class Verdict:
    """The result of a comparison. `waiting` is the number of declarations not yet counted."""

    declarations: int = 0
    councils: int = 0
    alerts: int = 0
    rejects: int = 0
    nights: int = 0
    waiting: int = 0
    differences: list[Difference] = field(default_factory=list)


@dataclass(slots=True)
class _Outputs:
    """What is on the topics that the aggregator writes, each alert and reject once.

    `alerts` has when Kafka took each alert first, in milliseconds since 1970; those about whole
    nights are also in `of_nights`.
    """

    alerts: dict[str, int]
    of_nights: NightAlerts
    rejects: set[tuple[int, int]]
    broken: set[tuple[int, int]]


async def verify(settings: Settings) -> Verdict:
    """Compares Redis and the topics of alerts, rejects and deliveries with a recount of the log.

    Counting may go on meanwhile. Each council is compared as of the last declaration that Redis
    has counted for it, and every declaration below the watermarks has to be counted. The topics
    are read before the log, so that the log has the cause of everything on them. The Merkle trees
    in Redis have to follow from the log, which else was changed after it was counted. Changes
    nothing. Raises KafkaUnavailableError and redis.exceptions.RedisError.
    """
    redis = connect(settings)
    keys = Keys(settings.namespace)
    try:
        async with Log(settings) as log:
            topic = log.topics.declarations
            committed = await log.committed("aggregator")
            partitions = await log.ends(topic)
            marks = await stored.watermarks(redis, keys, partitions)
            heads = await stored.log_heads(redis, keys)
            found = await stored.councils(redis, keys)
            outputs = await _outputs(log)
            deliveries = await recorded_ms(log)
            ends = await log.ends(topic)
            recount = Recount(len(ends), outputs.broken)
            as_of_redis = _AsOfRedis(marks, found)
            leaves = LogLeaves({number: each.end_offset for number, each in heads.items()})
            async for record in log.read(topic, ends):
                leaves.add(record)
                as_of_redis.add(recount, record)
            nights, of_nights = await night_differences(redis, keys, log, found, outputs.of_nights)
    finally:
        await redis.aclose()
    verdict = Verdict(
        declarations=recount.records,
        councils=len(recount.councils),
        alerts=sum(len(each.alerts) for each in recount.councils.values()),
        rejects=len(recount.rejects),
        nights=nights,
        waiting=sum(max(0, end - marks.get(number, 0)) for number, end in ends.items()),
    )
    verdict.differences += _mark_differences(marks, committed, ends)
    for _, head in sorted(heads.items()):
        verdict.differences += head_differences(head, leaves, ends)
    for name in sorted(recount.councils.keys() | found.keys()):
        expected = as_of_redis.council(recount, name)
        verdict.differences += _council_differences(name, expected, found.get(name))
    verdict.differences += _output_differences(recount, as_of_redis, outputs, marks)
    verdict.differences += of_nights
    verdict.differences += early_deliveries(deliveries, outputs.alerts)
    return verdict


def _council_differences(
    name: str, expected: Counted, found: StoredCouncil | None
) -> list[Difference]:
    try:
        return list(council_differences(name, expected, found))
    except Exception as error:  # noqa: BLE001 - one council that fails hides no other's differences
        detail = f"cannot be written out by this version: {error!r}"
        return [Difference("council", name, detail)]


class _AsOfRedis:
    """Each council of a recount as it was at the point up to which Redis has counted it."""

    def __init__(self, marks: Mapping[int, int], found: Mapping[str, StoredCouncil]) -> None:
        self._marks = marks
        self._found = found
        self._frozen: dict[str, Counted] = {}

    def add(self, recount: Recount, record: Record) -> None:
        # The key of what counts is its council's id.
        name = (record.key or b"").decode(errors="replace")
        before = recount.councils.get(name, NOTHING)
        if not recount.add(record).changed or name in self._frozen:
            return
        counted = self._found[name].offset + 1 if name in self._found else 0
        if record.offset >= max(self._marks.get(record.partition, 0), counted):
            self._frozen[name] = before

    def council(self, recount: Recount, name: str) -> Counted:
        return self._frozen.get(name) or recount.councils.get(name, NOTHING)


async def _outputs(log: Log) -> _Outputs:
    alerts, rejects = log.topics.alerts, log.topics.rejects
    published_ms: dict[str, int] = {}
    of_nights = NightAlerts()
    async for record in log.read(alerts, await log.ends(alerts)):
        alert = orjson.loads(record.value)
        alert_id = alert["id"]
        if alert["council"] is None:
            of_nights.add(alert)
        published_ms[alert_id] = min(record.timestamp, published_ms.get(alert_id, record.timestamp))
    found = _Outputs(published_ms, of_nights, set(), set())
    async for record in log.read(rejects, await log.ends(rejects)):
        reject = orjson.loads(record.value)
        if reject["topic"] != log.topics.declarations:
            continue
        found.rejects.add((reject["partition"], reject["offset"]))
        if place := broken_place(record.value, log.topics.declarations):
            found.broken.add(place)
    return found


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
    recount: Recount, as_of_redis: _AsOfRedis, outputs: _Outputs, marks: Mapping[int, int]
) -> Iterator[Difference]:
    for name in recount.councils:
        for alert in as_of_redis.council(recount, name).alerts:
            if alert.id not in outputs.alerts:
                yield Difference("alert", name, f"{alert.id} is not on the topic: {alert.text}")
    caused = {alert.id for each in recount.councils.values() for alert in each.alerts}
    caused |= outputs.of_nights.found.keys() | outputs.of_nights.retracted
    for unknown in sorted(outputs.alerts.keys() - caused):
        yield Difference("alert", unknown, "on the topic, but nothing caused it")
    for partition, offset in sorted(recount.rejects.keys() ^ outputs.rejects):
        if offset < marks.get(partition, 0):
            missing = (partition, offset) in recount.rejects
            why = "not on the topic of rejects" if missing else "set aside, but nothing is wrong"
            yield Difference("reject", f"partition {partition} offset {offset}", why)
