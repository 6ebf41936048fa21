"""One message: written for a command that then ends, or says why it could not be."""

from __future__ import annotations

import asyncio
from typing import Final

from aiokafka.errors import (
    KafkaError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from schemas.envelope import Headers
from services.platform import kafka
from services.platform.errors import KafkaUnavailableError
from services.platform.settings import Settings

WRITE_TIMEOUT_S: Final = 15.0
"""How long Kafka may take to acknowledge a message: one request of ten seconds and a retry."""


async def write_message(  # noqa: PLR0913 -- the parts of a message, and who writes it
    settings: Settings,
    topic: str,
    *,
    key: bytes | None,
    value: bytes,
    headers: Headers,
    client_id: str,
) -> None:
    """Writes one message, and returns once every in-sync replica has it.

    Raises KafkaUnavailableError if that takes longer than WRITE_TIMEOUT_S or is refused.
    """
    producer = kafka.producer(settings, client_id)
    try:
        async with asyncio.timeout(WRITE_TIMEOUT_S):
            await producer.start()
            await producer.send_and_wait(topic, value, key=key, headers=headers)
    except (KafkaError, OSError) as error:
        raise unwritable(topic, error) from error
    finally:
        await producer.stop()


def unwritable(topic: str, error: Exception) -> KafkaUnavailableError:
    """Returns the error that a topic cannot be written, with the remedy."""
    if isinstance(error, UnknownTopicOrPartitionError):
        return KafkaUnavailableError(f"topic {topic} does not exist; run `livecount topics create`")
    if isinstance(error, TopicAuthorizationFailedError):
        return KafkaUnavailableError(
            f"{topic} may not be written by this account; `livecount topics create` grants it"
        )
    return KafkaUnavailableError(
        f"{topic} cannot be written: {error!r}; check LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS"
    )
