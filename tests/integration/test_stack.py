"""The local stack: real servers, found again, stopped, and never left behind."""

from __future__ import annotations

from aiokafka import AIOKafkaProducer

from services.platform.kafka import consumer
from services.platform.names import Topics
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.topics import create_topics, topic_differences


async def test_what_is_acknowledged_is_read_back(
    settings: Settings, kafka_producer: AIOKafkaProducer
) -> None:
    """A message that Kafka acknowledged is read back with its key."""
    topic = Topics(settings.namespace).declarations
    await kafka_producer.send_and_wait(topic, b"value", key=b"key")

    reader = consumer(settings, topic, group_id=None, client_id="test")
    await reader.start()
    message = await reader.getone()
    await reader.stop()

    assert (message.key, message.value) == (b"key", b"value")


async def test_redis_answers_with_its_password_alone(settings: Settings) -> None:
    """Redis answers a client that knows the password."""
    async with connect(settings) as redis:
        assert await redis.ping()


async def test_topics_are_as_planned(settings: Settings) -> None:
    """New topics have every setting that is planned, and making them again changes nothing."""
    assert await topic_differences(settings) == []
    assert await create_topics(settings) == []
