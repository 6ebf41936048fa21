"""Which faults strike, and in which order: decided only by the seed."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from tests.chaos import faults, faults_of_offsets
from tests.chaos.faults import AGGREGATOR_POINTS, NATION_POINTS, NOTIFIER_POINTS, Fault


class Planned(NamedTuple):
    """A fault, and its kind in the report."""

    kind: str
    fault: Fault


PROCESSES: tuple[tuple[Planned, int], ...] = (
    *(
        (Planned(f"aggregator crash {point}", faults.crashed("aggregator", point)), 1)
        for point in AGGREGATOR_POINTS
    ),
    (Planned("aggregator crash after_rebuild", faults.crashed_in_rebuild), 1),
    (Planned("aggregator kill -9", faults.killed("aggregator")), 4),
    (Planned("aggregator SIGTERM", faults.terminated), 2),
    (Planned("aggregator SIGSTOP within session", faults.paused), 2),
    (Planned("aggregator zombie", faults.zombie), 1),
    (Planned("workers 1-3-1", faults.scaled), 1),
    (Planned("aggregator clock set", faults.clock_set("aggregator")), 1),
    (Planned("offsets reset", faults_of_offsets.offsets_reset), 1),
    (Planned("offsets expired", faults_of_offsets.offsets_expired), 1),
)
REDIS: tuple[tuple[Planned, int], ...] = (
    (Planned("redis killed, kept its disk", faults.redis_restarted(empty=False)), 2),
    (Planned("redis killed, restarted empty", faults.redis_restarted(empty=True)), 3),
    (Planned("redis FLUSHALL", faults.redis_flushed), 3),
    (Planned("redis hung", faults.redis_hung), 2),
    (Planned("redis out of memory", faults.redis_out_of_memory), 1),
    (Planned("redis read-only", faults.redis_read_only), 1),
    (Planned("redis without replicas", faults.redis_without_replicas), 1),
    (Planned("redis disk full", faults.redis_disk_full), 1),
    (Planned("redis unreachable", faults.redis_cut), 1),
    (Planned("redis slow network", faults.redis_slow), 2),
)
SERVICES: tuple[tuple[Planned, int], ...] = (
    *(
        (Planned(f"notifier crash {point}", faults.crashed("notifier", point)), 1)
        for point in NOTIFIER_POINTS
    ),
    (Planned("notifier kill -9", faults.killed("notifier")), 3),
    (Planned("intake kill -9", faults.killed("intake")), 6),
    (Planned("ticker kill -9", faults.killed("ticker")), 6),
    (Planned("notifier clock set", faults.clock_set("notifier")), 1),
    (Planned("intake clock set", faults.clock_set("intake")), 1),
)
NATION: tuple[tuple[Planned, int], ...] = (
    *(
        (Planned(f"nation crash {point}", faults.crashed("nation", point)), 1)
        for point in NATION_POINTS
    ),
    (Planned("nation kill -9", faults.killed("nation")), 3),
    (Planned("nation SIGTERM", faults.nation_terminated), 1),
    (Planned("nation zombie", faults.nation_zombie), 1),
)
KAFKA: tuple[tuple[Planned, int], ...] = (
    (Planned("kafka slow network", faults.kafka_slow), 2),
    (Planned("kafka unreachable", faults.kafka_cut(5)), 1),
    (Planned("kafka silent", faults.kafka_silent), 1),
    (Planned("broker killed", faults.broker_killed), 3),
    (Planned("broker hung", faults.broker_hung), 1),
    (Planned("all brokers killed", faults.brokers_killed), 1),
)
LONG_OUTAGE = Planned("kafka unreachable for a minute", faults.kafka_cut(60))


ARMS = (PROCESSES, REDIS, SERVICES, NATION, KAFKA)
"""What strikes side by side."""

REBUILT = frozenset(
    {
        "aggregator crash after_rebuild",
        "redis killed, kept its disk",
        "redis killed, restarted empty",
        "redis FLUSHALL",
    }
)
"""After these the log is read again from its beginning, which takes a minute in a long night."""


def schedule(
    kinds: tuple[tuple[Planned, int], ...], chance: Random, times: int = 1, rebuilds: int = 1
) -> list[Planned]:
    """Returns every fault as often as it is listed, times over, in an order of chance.

    Those after which the log is read again come `rebuilds` times over instead.
    """
    planned = [
        each
        for each, often in kinds
        for _ in range(often * (rebuilds if each.kind in REBUILT else times))
    ]
    chance.shuffle(planned)
    return planned
