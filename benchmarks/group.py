"""A group: several workers that have all joined before there is anything to count.

Workers that start on a backlog show how a group forms and not how it counts: the first is given
every partition, and the others wait until it has given up some.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from confluent_kafka import ConsumerGroupState, KafkaException
from confluent_kafka.admin import AdminClient

from benchmarks.librdkafka import librdkafka
from benchmarks.running import Running
from services.platform.names import group
from services.platform.settings import Settings

JOIN_TIMEOUT_S = 60.0
IDLE_S = 2.0
"""The pause after that: fetching begins shortly after joining."""

HELD_MAX_S = 4.0
"""The longest pause of a worker: later its session would expire, and the group rebalance."""


def until_joined(running: Sequence[Running], settings: Settings) -> None:
    """Returns once each worker has partitions. Raises TimeoutError after JOIN_TIMEOUT_S."""
    admin = AdminClient(librdkafka(settings))
    deadline = time.monotonic() + JOIN_TIMEOUT_S
    while not _is_joined(admin, group(settings.namespace, "aggregator"), len(running)):
        for each in running:
            each.check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(running)} workers were no group after {JOIN_TIMEOUT_S:g} s")
        time.sleep(0.1)
    time.sleep(IDLE_S)


def _is_joined(admin: AdminClient, name: str, number: int) -> bool:
    try:
        found = admin.describe_consumer_groups([name])[name].result()
    except KafkaException:
        return False
    assigned = [each.assignment.topic_partitions for each in found.members if each.assignment]
    return found.state is ConsumerGroupState.STABLE and len(assigned) == number and all(assigned)


@contextmanager
def held(running: Sequence[Running]) -> Iterator[None]:
    """Pauses the workers while the load is sent, so that they find all of it.

    Raises RuntimeError if that took longer than their sessions last.
    """
    began = time.monotonic()
    for each in running:
        os.kill(each.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in running:
            os.kill(each.pid, signal.SIGCONT)
    held_s = time.monotonic() - began
    if held_s > HELD_MAX_S:
        raise RuntimeError(f"the workers were held for {held_s:.1f} s, {HELD_MAX_S:g} s at most")
