"""Test bed: a Kafka and a Redis of its own, and a namespace for each run."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from benchmarks.librdkafka import librdkafka
from benchmarks.messages import Message
from services.platform.names import Topics
from services.platform.namespace import remove
from services.platform.settings import Settings
from services.platform.stack.stack import Stack
from services.platform.topics import create_topics

QUEUE_MESSAGES_MAX = 1_000_000
FLUSH_TIMEOUT_S = 120


@contextmanager
def stack() -> Iterator[Stack]:
    """Yields a running stack in a temporary directory, gone at the end."""
    directory = Path(tempfile.mkdtemp(prefix="livecount-bench-"))
    try:
        with Stack(directory) as running:
            yield running
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def namespace(running: Stack) -> Iterator[Settings]:
    """Yields settings with a fresh namespace and its topics, removed at the end."""
    settings = running.endpoints.settings(namespace=f"bench-{secrets.token_hex(4)}")
    asyncio.run(create_topics(settings))
    _wait_for_leaders(settings)
    try:
        yield settings
    finally:
        asyncio.run(remove(settings))


def _wait_for_leaders(settings: Settings) -> None:
    """Returns once the leader of every partition answers: a new one may still be taking over."""
    consumer = Consumer({**librdkafka(settings), "group.id": f"{settings.namespace}.bench"})
    deadline = time.monotonic() + FLUSH_TIMEOUT_S
    for topic in Topics(settings.namespace).all():
        for partition in consumer.list_topics(topic).topics[topic].partitions:
            while not _answers(consumer, TopicPartition(topic, partition)):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{topic}: no leader answers after {FLUSH_TIMEOUT_S} s")
                time.sleep(0.05)
    consumer.close()


def _answers(consumer: Consumer, place: TopicPartition) -> bool:
    try:
        consumer.get_watermark_offsets(place, timeout=5)
    except KafkaException:
        return False
    return True


def produce(settings: Settings, load: Iterable[Message]) -> None:
    """Puts a load on the declarations topic, in order; returns when Kafka has all of it."""
    producer = Producer(
        {
            **librdkafka(settings),
            "enable.idempotence": True,
            "linger.ms": 20,
            "batch.size": 262_144,
            "queue.buffering.max.messages": QUEUE_MESSAGES_MAX,
            "queue.buffering.max.kbytes": 2_000_000,
            "partitioner": "murmur2_random",
        }
    )
    topic = Topics(settings.namespace).declarations
    for number, each in enumerate(load):
        producer.produce(topic, each.value, each.key, headers=each.headers)
        if number % 10_000 == 0:
            producer.poll(0)
    if producer.flush(FLUSH_TIMEOUT_S):
        raise RuntimeError(f"the load was not acknowledged within {FLUSH_TIMEOUT_S} s")


def load_average() -> float:
    """Returns how many processes wanted a core over the last minute."""
    return os.getloadavg()[0]
