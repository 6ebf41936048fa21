"""The times of records that are put back into a topic: their own, and not those of today."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from services.platform.settings import Settings
from services.platform.topics import TopicError, administering, planned_topics


@asynccontextmanager
async def keeping_times(settings: Settings, topics: Collection[str]) -> AsyncIterator[None]:
    """Has Kafka take the times that a producer gives, as long as the context lasts.

    The topics' settings are then as planned again, also after a failure; the records keep what
    they were written with. Raises TopicError.
    """
    planned = [each for each in planned_topics(settings) if each.name in topics]
    given = {"message.timestamp.type": "CreateTime"}
    async with administering(settings) as client:
        try:
            await _configure(client, {each.name: each.settings | given for each in planned})
            yield
        finally:
            await _configure(client, {each.name: each.settings for each in planned})


async def _configure(client: AIOKafkaAdminClient, settings: Mapping[str, dict[str, str]]) -> None:
    """Replaces all settings of each topic."""
    resources = [
        ConfigResource(ConfigResourceType.TOPIC, name, configs=configs)
        for name, configs in settings.items()
    ]
    try:
        answers = await client.alter_configs(resources)
    except (KafkaError, TimeoutError) as error:
        raise TopicError(f"the topics' settings cannot be changed: {error!r}") from error
    for answer in answers:
        for code, message, _, name in answer.resources:
            if code:
                raise TopicError(f"{name}: {for_code(code).__name__}: {message}")
