"""A client that asks each broker by itself, for what brokers learn one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from services.platform.kafka import connection
from services.platform.settings import Settings

POLL_S = 0.02
"""How often a broker is asked whether it knows of a change already; it takes milliseconds."""

KNOWN_TIMEOUT_S = 30.0
"""How long all brokers may take to learn of it; on a cluster that elects a leader, seconds."""

Answer: TypeAlias = dict[str, Any]


@asynccontextmanager
async def connected(settings: Settings, client_id: str) -> AsyncIterator[AIOKafkaClient]:
    """A connected client; closed at the end. Raises KafkaConnectionError if none answers."""
    client = AIOKafkaClient(**connection(settings), client_id=client_id)
    try:
        await client.bootstrap()
        yield client
    finally:
        await client.close()


async def ask(client: AIOKafkaClient, request: Any) -> Answer:
    """Returns the answer of any broker; it hands what concerns the cluster to the controller."""
    answer: Answer = (await client.send(client.get_random_node(), request)).to_object()
    return answer


async def until_known(
    client: AIOKafkaClient, request: Callable[[], Any], knows: Callable[[Answer], bool]
) -> None:
    """Returns once the answer of every broker satisfies `knows`. Raises TimeoutError."""
    async with asyncio.timeout(KNOWN_TIMEOUT_S):
        for broker in client.cluster.brokers():
            # Kafka offers no event to wait for.
            while not await _knows(client.send(broker.nodeId, request()), knows):  # noqa: ASYNC110
                await asyncio.sleep(POLL_S)


async def _knows(answer: Awaitable[Any], knows: Callable[[Answer], bool]) -> bool:
    try:
        return knows((await answer).to_object())
    except KafkaError:
        # Not connected to this one yet.
        return False
