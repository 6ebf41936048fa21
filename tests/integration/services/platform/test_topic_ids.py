"""Topics by their ids."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from aiokafka.errors import UnknownTopicOrPartitionError

from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topic_ids import topic_id
from services.platform.topics import delete_topics
from tests.support.topics import made_again


async def test_a_topic_that_was_made_again_has_another_id(
    settings: Settings, eventually: Callable[..., Awaitable[object]]
) -> None:
    """The id stays as long as the topic; to ask for one that is not there is an error."""
    topic = Topics(settings.namespace).declarations
    first = await topic_id(settings, topic, "test")
    assert first == await topic_id(settings, topic, "test")
    await delete_topics(settings)
    with pytest.raises(UnknownTopicOrPartitionError):
        await topic_id(settings, "no-such-topic", "test")

    await eventually(lambda: made_again(settings, topic))
    second = await topic_id(settings, topic, "test")
    assert len(first) == len(second) == 32
    assert first != second
