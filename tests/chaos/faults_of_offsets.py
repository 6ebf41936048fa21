"""Faults of the group's offsets: somebody sets them back, or Kafka has forgotten them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import GroupIdNotFound, KafkaError, for_code
from aiokafka.protocol.admin import DeleteGroupsRequest
from aiokafka.structs import OffsetAndMetadata

from services.platform import kafka
from services.platform.names import Topics, group
from services.platform.settings import Settings
from tests.chaos.faults import PATIENCE_S, Target


async def offsets_reset(target: Target) -> None:
    """The group's offsets go back to the beginning, while no worker runs."""
    await _without_workers(target, _to_beginning)


async def offsets_expired(target: Target) -> None:
    """The group and its offsets are gone, as after idle months."""
    await _without_workers(target, _forget_group)


async def _without_workers(target: Target, act: Callable[[Settings], Awaitable[None]]) -> None:
    names = target.workers()
    await asyncio.gather(*(target.crew.stop(name) for name in names))
    try:
        await act(target.settings)
    finally:
        for name in names:
            await target.crew.run(name, "aggregator", "run", worker_id=name[-1])


async def _to_beginning(settings: Settings) -> None:
    topic = Topics(settings.namespace).declarations
    places = [TopicPartition(topic, number) for number in range(settings.kafka_partitions)]

    async def commit() -> None:
        consumer: AIOKafkaConsumer = kafka.consumer(
            settings, group_id=group(settings.namespace, "aggregator"), client_id="chaos"
        )
        try:
            await consumer.start()
            consumer.assign(places)
            await consumer.commit({place: OffsetAndMetadata(0, "") for place in places})
        finally:
            await consumer.stop()

    await _until_empty(commit)


async def _forget_group(settings: Settings) -> None:
    name = group(settings.namespace, "aggregator")

    async def delete() -> None:
        admin = kafka.admin(settings, "chaos")
        client = AIOKafkaClient(**kafka.connection(settings), client_id="chaos")
        try:
            await admin.start()
            await client.bootstrap()
            coordinator = await admin.find_coordinator(name)
            await client.ready(coordinator)
            ((_, code),) = (await client.send(coordinator, DeleteGroupsRequest([name]))).results
            # The group is gone already if only the answer to an earlier request was lost.
            if code not in {0, GroupIdNotFound.errno}:
                raise for_code(code)
        finally:
            await client.close()
            await admin.close()

    await _until_empty(delete)


async def _until_empty(act: Callable[[], Awaitable[Any]]) -> None:
    """Retries what Kafka refuses until all static members have left their group."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                await act()
            except KafkaError:
                await asyncio.sleep(0.2)
            else:
                return
