"""confluent-kafka: `consume`, `produce` and `flush`, one Redis pipeline and one commit a batch.

Source: confluentinc/confluent-kafka-python, README ("Basic Producer example", "Basic Consumer
example") and docs of `Consumer.consume`, `Consumer.commit` and `Producer.flush`. `consume`
waits its whole timeout unless the batch is full, so one message is waited for, and what else has
arrived comes along. `--lean` publishes each changed council's totals once a batch, takes batches
as large as livecount's, and collects garbage as seldom: livecount's own outputs on another engine.
"""

from __future__ import annotations

import sys

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer
from redis import Redis

from benchmarks.job import BATCH_DECLARATIONS, GROUP, LIBRDKAFKA, REDIS_URL, TOPICS, Count
from services.engine.batches import BATCH_RECORDS_MAX
from services.platform.garbage import collect_less_often


def main() -> None:
    """Counts until it is killed."""
    lean = "--lean" in sys.argv
    if lean:
        collect_less_often()
    size = BATCH_RECORDS_MAX if lean else BATCH_DECLARATIONS
    redis, count = Redis.from_url(REDIS_URL), Count(coalesce=lean)
    producer = Producer(
        {
            **LIBRDKAFKA,
            "enable.idempotence": True,
            "linger.ms": 0,
            "queue.buffering.max.messages": 200_000,
            # Java's and aiokafka's way of choosing a partition; librdkafka's own is another.
            "partitioner": "murmur2_random",
        }
    )
    consumer = Consumer(
        {
            **LIBRDKAFKA,
            "group.id": GROUP,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
        }
    )
    consumer.subscribe([TOPICS.declarations])
    while True:
        records = consumer.consume(1, 1.0)
        if not records:
            continue
        records += consumer.consume(size - 1, 0)
        batch(records, count, redis, producer)
        consumer.commit(asynchronous=False)


def batch(records: list[Message], count: Count, redis: Redis, producer: Producer) -> None:
    """Counts a batch and returns when Kafka and Redis have confirmed what follows from it."""
    failed: list[KafkaError] = []

    def delivered(error: KafkaError | None, _: Message) -> None:
        if error is not None:
            failed.append(error)

    for record in records:
        if record.error():
            raise KafkaException(record.error())
    count.prepare_now(redis, [record.key() for record in records])
    outputs = [
        output
        for record in records
        for output in count.declaration(record.value(), record.offset())
    ]
    for output in [*outputs, *(count.latest() if "--lean" in sys.argv else [])]:
        producer.produce(
            output.topic,
            output.value,
            output.key,
            headers=output.headers,
            on_delivery=delivered,
        )
    producer.flush()
    if failed:
        raise KafkaException(failed[0])
    if count.changed:
        pipeline = redis.pipeline(transaction=False)
        count.write(pipeline)
        pipeline.execute()


if __name__ == "__main__":
    main()
