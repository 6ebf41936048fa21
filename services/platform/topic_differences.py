"""How the topics of a namespace differ from what they should be."""

from __future__ import annotations

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from services.platform.settings import Settings
from services.platform.topics import Topic, administering, planned_topics


async def topic_differences(settings: Settings) -> list[str]:
    """Returns a line for each way in which the namespace's topics are not as they should be.

    An empty list means that every topic is there with all its settings. Raises TopicError
    if Kafka does not answer.
    """
    lines = []
    async with administering(settings) as client:
        found = {topic["topic"]: topic for topic in await client.describe_topics()}
        for topic in planned_topics(settings):
            if topic.name not in found:
                lines.append(f"{topic.name}: missing; make it with livecount topics create")
                continue
            lines += _layout_differences(topic, found[topic.name]["partitions"])
            lines += await _setting_differences(client, topic)
    return lines


def _layout_differences(topic: Topic, partitions: list[dict[str, list[int]]]) -> list[str]:
    lines = []
    if len(partitions) != topic.partitions:
        lines.append(f"{topic.name}: {len(partitions)} partitions, expected {topic.partitions}")
    copies = min(len(partition["replicas"]) for partition in partitions)
    if copies != topic.replication_factor:
        lines.append(f"{topic.name}: {copies} copies, expected {topic.replication_factor}")
    return lines


async def _setting_differences(client: AIOKafkaAdminClient, topic: Topic) -> list[str]:
    resource = ConfigResource(ConfigResourceType.TOPIC, topic.name)
    (answer,) = await client.describe_configs([resource])
    (described,) = answer.resources
    found = {entry[0]: entry[1] for entry in described[4]}
    return [
        f"{topic.name}: {name} is {found.get(name)}, expected {expected}"
        for name, expected in topic.settings.items()
        if found.get(name) != expected
    ]
