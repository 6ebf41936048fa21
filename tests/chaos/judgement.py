"""The judgement of a night: every number, alert and byte compared with a pure fold of its log."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson
from redis.asyncio import Redis

from election.totals import council_totals
from schemas.alert import Alert
from schemas.delivery import Delivery
from schemas.reject import Reject
from services.audit.recount import NOTHING, Recount
from services.audit.verify import verify
from services.platform.names import Keys
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.topic_log import Log
from tests.chaos import nation
from tests.chaos.held import Figures, in_topics_and_redis
from tests.chaos.night_of_sources import ELECTION
from tests.chaos.published import Sighting
from tests.chaos.recorder import Arrival
from tests.chaos.senders import Acknowledged, digest

EXAMPLES_MAX = 10
FEED_PAGE = 50
"""Entries read at once. Some have 200 kB, and Redis has to answer in two seconds."""


@dataclass(slots=True)
class Judgement:
    """Counts of what is not as it should be; all of `faults` must be zero."""

    declarations: int = 0
    acknowledged: int = 0
    councils: int = 0
    alerts: int = 0
    rejects: int = 0
    deliveries: int = 0
    held: int = 0
    figures_never_counted: int = 0
    figures_seen_in: dict[str, int] = field(default_factory=dict)
    repeated_after_kill: int = 0
    lost: int = 0
    doubled: int = 0
    wrong_totals: int = 0
    wrong_wards: int = 0
    wrong_feed: int = 0
    wrong_offsets: int = 0
    wrong_totals_topic: int = 0
    wrong_nation: int = 0
    night_alerts: int = 0
    alerts_missing: int = 0
    alerts_doubled: int = 0
    alerts_unknown: int = 0
    alerts_out_of_order: int = 0
    deliveries_missing: int = 0
    deliveries_doubled: int = 0
    rejects_wrong: int = 0
    held_published: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def faulty(self) -> dict[str, int]:
        """What is wrong, by name; empty if everything is right."""
        allowed = {
            "declarations", "acknowledged", "councils", "alerts", "rejects", "deliveries",
            "repeated_after_kill", "night_alerts", "held", "figures_never_counted",
            "figures_seen_in", "examples",
        }  # fmt: skip
        return {name: n for name, n in asdict(self).items() if name not in allowed and n}

    def fault(self, name: str, subjects: Iterable[object]) -> None:
        """Counts faults of a name, and keeps some as examples."""
        found = list(subjects)
        setattr(self, name, getattr(self, name) + len(found))
        self.examples += [f"{name}: {each}" for each in found[:EXAMPLES_MAX]]


async def judge(
    settings: Settings,
    acknowledged: Sequence[Acknowledged],
    arrivals: Sequence[Arrival] | None,
    recorded_s: Mapping[str, float] | None = None,
    sightings: Sequence[Sighting] = (),
) -> Judgement:
    """Returns the judgement of a night that has been counted to its end.

    `arrivals` is None if no notifier ran. `recorded_s` says when the ledger first had each
    alert, if it no longer has all of them. `sightings` are the figures that were seen elsewhere
    than in Kafka's topics and Redis.
    """
    found = Judgement(acknowledged=len(acknowledged), deliveries=len(arrivals or ()))
    verdict = await verify(settings)
    found.fault("lost", range(verdict.waiting))
    names = {
        "council": "wrong_totals",
        "totals": "wrong_totals",
        "ward": "wrong_wards",
        "watermark": "wrong_offsets",
        "reject": "rejects_wrong",
        "national": "wrong_nation",
    }
    for difference in verdict.differences:
        name = names.get(difference.kind)
        if name is None:
            name = (
                "alerts_missing"
                if "is not on the topic" in difference.detail or ("missing" in difference.detail)
                else "alerts_unknown"
            )
            if "repeated" in difference.detail:
                name = "alerts_doubled"
        found.fault(name, [difference])
    async with Log(settings) as log:
        figures = Figures(ELECTION)
        count, digests, rejected = await _counted(log, figures)
        found.declarations, found.councils = count.records, len(count.councils)
        found.alerts = sum(len(each.alerts) for each in count.councils.values())
        found.rejects = len(count.rejects)
        found.fault(
            "lost",
            [
                each[:2]
                for each in acknowledged
                if (each.partition, each.offset) not in digests
                or digests[each.partition, each.offset] != each.digest
            ],
        )
        await _judge_alerts(found, log, count)
        await _judge_rejects(found, log, count, rejected)
        await _judge_totals_topic(found, log, count)
        right = await nation.by_rules(log)
        found.night_alerts = len(right.all_alerts)
        figures.stand(right.standing)
        if arrivals is not None:
            recorded_s = {**await recorded_at(log), **(recorded_s or {})}
            _judge_deliveries(found, count, right.all_alerts, arrivals, recorded_s)
        await _judge_offsets(found, log)
        async with connect(settings) as redis:
            keys = Keys(settings.namespace)
            if right.nights:
                versions = _opened_versions(count)
                wrong = await nation.faults(log, redis, keys, right, versions)
                found.fault("wrong_nation", wrong)
            await _judge_feed(found, redis, keys, count)
            seen = [*sightings, *await in_topics_and_redis(log, redis, keys, ELECTION)]
    found.held = Counter(count.rejects.values())["held"]
    found.figures_never_counted = figures.never_stood
    found.figures_seen_in = figures.seen_in(seen)
    found.fault("held_published", figures.too_early(seen))
    return found


async def _counted(
    log: Log, figures: Figures
) -> tuple[Recount, dict[tuple[int, int], str], dict[tuple[int, int], bytes | None]]:
    """Returns the fold of the log, a digest of each message, and the bytes of those rejected."""
    topic = log.topics.declarations
    ends = await log.ends(topic)
    count = Recount(len(ends))
    seen: dict[tuple[int, int], str] = {}
    rejected: dict[tuple[int, int], bytes | None] = {}
    async for record in log.read(topic, ends):
        seen[record.partition, record.offset] = digest(record.value)
        step = count.add(record)
        if step.event is not None:
            figures.add(step, count.councils.get(step.event.council, NOTHING).council)
        if (record.partition, record.offset) in count.rejects:
            rejected[record.partition, record.offset] = record.value
    return count, seen, rejected


async def _values(log: Log, topic: str) -> list[Any]:
    return [record async for record in log.read(topic, await log.ends(topic))]


async def _judge_alerts(found: Judgement, log: Log, count: Recount) -> None:
    """Checks that each council's alerts are on the topic, in order, each under a single id."""
    published: dict[str, dict[str, bytes]] = defaultdict(dict)
    for record in await _values(log, log.topics.alerts):
        alert = Alert.model_validate_json(record.value)
        first = published[alert.council].setdefault(alert.id, record.value)
        if first != record.value:
            found.fault("alerts_doubled", [f"{alert.id} with two contents"])
    for council, counted in count.councils.items():
        expected = [alert.id for alert in counted.alerts]
        if len(set(expected)) < len(expected):
            found.fault("alerts_doubled", [f"{council}: one id for two alerts"])
        if set(expected) == set(published[council]) and expected != list(published[council]):
            found.fault("alerts_out_of_order", [council])


async def _judge_rejects(
    found: Judgement, log: Log, count: Recount, rejected: dict[tuple[int, int], bytes | None]
) -> None:
    """Checks that each reject is on its topic with its reason and its bytes."""
    published: dict[tuple[int, int], Reject] = {}
    for record in await _values(log, log.topics.rejects):
        reject = Reject.model_validate_json(record.value)
        if reject.topic != log.topics.declarations:
            found.fault("rejects_wrong", [f"{reject.topic}: {reject.detail}"])
            continue
        published[reject.partition, reject.offset] = reject
    found.fault("rejects_wrong", sorted(published.keys() ^ count.rejects.keys()))
    for place, reason in count.rejects.items():
        reject = published.get(place)
        if reject is None:
            continue
        same_bytes = reason == "too_large" or reject.value == rejected[place]
        if reject.reason != reason or not same_bytes:
            found.fault("rejects_wrong", [(place, reason, reject.reason, same_bytes)])


async def _judge_totals_topic(found: Judgement, log: Log, count: Recount) -> None:
    """Checks that the newest totals of each council on the topic are those of the log.

    A zombie may publish an older version again, so readers compare versions.
    """
    newest: dict[str, tuple[int, bytes]] = {}
    for record in await _values(log, log.topics.totals):
        version = orjson.loads(record.value)["version"]
        council = record.key.decode()
        if version >= newest.get(council, (0, b""))[0]:
            newest[council] = (version, record.value)
    for council, counted in count.councils.items():
        totals = council_totals(counted.council) if counted.council else None
        if totals is None:
            continue
        version, value = newest.get(council, (0, b""))
        if value != totals.model_dump_json().encode():
            found.fault("wrong_totals_topic", [f"{council}: {version}, not {totals.version}"])


async def recorded_at(log: Log) -> dict[str, float]:
    """Returns when the ledger first had each alert, by Kafka's clock."""
    found: dict[str, float] = {}
    for record in await _values(log, log.topics.deliveries):
        delivery = Delivery.model_validate_json(record.value)
        found.setdefault(delivery.alert_id, record.timestamp / 1_000)
    return found


def _opened_versions(count: Recount) -> dict[str, int]:
    """Returns the version of each council that has totals."""
    return {
        name: counted.council.version
        for name, counted in count.councils.items()
        if counted.council is not None and council_totals(counted.council) is not None
    }


def _judge_deliveries(
    found: Judgement,
    count: Recount,
    of_nights: set[str],
    arrivals: Sequence[Arrival],
    recorded_s: Mapping[str, float],
) -> None:
    """Checks that every alert arrived, and a second time only if it was not yet recorded."""
    expected = {alert.id for each in count.councils.values() for alert in each.alerts} | of_nights
    arrived: set[str] = set()
    for each in arrivals:
        if each.key != each.alert:
            found.fault("deliveries_doubled", [f"{each.alert} under key {each.key!r}"])
        if each.alert in arrived and each.at_s > recorded_s.get(each.alert, 0.0):
            found.fault("deliveries_doubled", [f"{each.alert} after it was recorded"])
        elif each.alert in arrived:
            found.repeated_after_kill += 1
        arrived.add(each.alert)
    found.fault("deliveries_missing", sorted(expected - arrived))
    found.fault("deliveries_missing", sorted(arrived - recorded_s.keys()))
    found.fault("alerts_unknown", sorted(arrived - expected))


async def _judge_offsets(found: Judgement, log: Log) -> None:
    """Checks that exactly what there is has been acknowledged to Kafka."""
    ends = await log.ends(log.topics.declarations)
    committed = await log.committed("aggregator")
    wrong = {
        number: (committed.get(number), end)
        for number, end in ends.items()
        if committed.get(number, 0) != end
    }
    found.fault("wrong_offsets", wrong.items())


async def _entries(redis: Redis, feed: str) -> AsyncIterator[dict[bytes, bytes]]:
    """Yields a feed's entries, read in pages: all of them may be a hundred megabytes."""
    after = "-"
    while page := await redis.xrange(feed, after, count=FEED_PAGE):
        for identifier, fields in page:
            after = f"({identifier.decode()}"
            yield fields


async def _judge_feed(found: Judgement, redis: Redis, keys: Keys, count: Recount) -> None:
    """Checks that the last entry of each council is right, and versions never go back."""
    elections = {each.decode() for each in await redis.smembers(keys.elections())}
    versions: dict[str, int] = {}
    for election in elections:
        async for fields in _entries(redis, keys.feed(election)):
            if fields[b"type"] != b"totals":
                continue
            totals = orjson.loads(fields[b"data"])
            council, version = totals["council"], totals["version"]
            if version <= versions.get(council, 0):
                before = versions[council]
                found.fault("wrong_feed", [f"{council}: {version} after {before}"])
                found.doubled += version == before
            versions[council] = version
    for council, version in versions.items():
        counted = count.councils[council].council
        if counted is None or counted.version != version:
            found.fault("wrong_feed", [f"{council}: last {version}"])
