"""The topics of a namespace, each with its settings and the reason for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import (
    InvalidReplicationFactorError,
    KafkaConnectionError,
    KafkaError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
    for_code,
)
from aiokafka.protocol.metadata import MetadataRequest
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from services.platform import brokers
from services.platform.granting import GrantError, grant, revoke
from services.platform.kafka import MESSAGE_MAX_BYTES, account_hint, admin
from services.platform.names import Topics
from services.platform.settings import Settings

WARDS_RETENTION_MS = 30 * 24 * 3_600_000
"""Thirty days: a ward's result is no news after that, and it can be derived from declarations."""

REJECTS_RETENTION_MS = 30 * 24 * 3_600_000
"""Thirty days: until well after the last recount is settled. Nobody needs rejects longer."""

REJECTS_RETENTION_BYTES = 1_073_741_824
"""1 GiB a partition: a thousand of the largest messages. Rejects must not fill the disk."""

AUDIT_RETENTION_MS = 400 * 24 * 3_600_000
"""400 days: a poll is counted and corrected, and an invitation valid, for up to 366, and last
year's night is there to compare with. Not for ever, because entries have the addresses of people.
There is no limit of bytes: what an outsider can have written is limited where it is written."""

NATIONAL_SEGMENT_BYTES = 67_108_864
"""64 MiB: Kafka compacts what is in a full segment only. Each national totals replace those before,
and a night makes a gigabyte of them."""

TOMBSTONE_RETENTION_MS = 7 * 24 * 3_600_000
"""A week: a reader that was away for longer starts from the beginning anyway."""

ENDED_SUBSCRIPTIONS_MS = 24 * 3_600_000
"""A day: how long a closed part of the topic, or what has been replaced in it, waits for Kafka to
clean it up. Whoever has unsubscribed is not to be kept for longer than that takes."""

_SOON_CLEANED = {
    "segment.ms": str(ENDED_SUBSCRIPTIONS_MS),
    "max.compaction.lag.ms": str(ENDED_SUBSCRIPTIONS_MS),
}

TOPIC_TIMEOUT_MS = 30_000
"""Making or removing topics takes milliseconds, on a cluster that elects a leader seconds."""

LEADER_POLL_S = 0.02
"""How often a new topic is polled until its partitions have leaders."""

JOIN_TIMEOUT_S = 15.0
"""A broker that starts, or missed heartbeats on a busy machine, joins within ten seconds."""

JOIN_POLL_S = 0.25
"""The pause before too few brokers are asked again."""

CLIENT_ID = "livecount-topics"


class TopicError(RuntimeError):
    """A topic that cannot be made, granted or removed; the message says why."""


class _NotYetError(TopicError):
    """Too few brokers for the copies wanted. They may still be joining."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it should be."""

    name: str
    partitions: int
    replication_factor: int
    settings: dict[str, str]


def planned_topics(settings: Settings) -> list[Topic]:
    """Returns every topic of the settings' namespace as it should be."""
    names = Topics(settings.namespace)
    kinds = _topic_settings(settings)
    # One partition of each: their readers read all of it, in order.
    whole = {names.deliveries, names.rejects, names.holds, names.audit}
    whole |= {names.sessions, names.subscriptions}
    return [
        Topic(
            name=name,
            partitions=1 if name in whole else settings.kafka_partitions,
            replication_factor=settings.kafka_replication_factor,
            settings=kinds[name],
        )
        for name in names.all()
    ]


def _topic_settings(settings: Settings) -> dict[str, dict[str, str]]:
    """Returns Kafka's settings for each topic, by its name."""
    names = Topics(settings.namespace)
    common = {
        "min.insync.replicas": str(settings.kafka_min_insync_replicas),
        # A replica that lags must not become the leader: better no writes than lost declarations.
        "unclean.leader.election.enable": "false",
        # The headers of a batch come on top of the largest message.
        "max.message.bytes": str(MESSAGE_MAX_BYTES + 65_536),
        # When Kafka appended it, not what a producer's clock says; `ce_time` carries that.
        "message.timestamp.type": "LogAppendTime",
        "compression.type": "producer",
    }

    def kept(retention_ms: int) -> dict[str, str]:
        limits = {"retention.ms": str(retention_ms), "retention.bytes": "-1"}
        return {**common, "cleanup.policy": "delete", **limits}

    # The source of truth, also for an audit years later: nothing is ever removed from it.
    for_ever = kept(-1)
    # The latest message of each key is all that a reader who starts now needs.
    latest = {
        **common,
        "cleanup.policy": "compact",
        "delete.retention.ms": str(TOMBSTONE_RETENTION_MS),
    }
    rejects = {
        **common,
        "cleanup.policy": "delete",
        "retention.ms": str(REJECTS_RETENTION_MS),
        "retention.bytes": str(REJECTS_RETENTION_BYTES),
        # A rejected message of the largest size, in base64, with its headers.
        "max.message.bytes": str(2 * MESSAGE_MAX_BYTES),
    }
    return {
        names.declarations: for_ever,
        names.alerts: for_ever,
        # What national totals are counted from, and in which order: they can be had again only
        # as long as all of it is there. Each totals of each council is in it, some 10 KB.
        names.night: for_ever,
        names.national: {**latest, "segment.bytes": str(NATIONAL_SEGMENT_BYTES)},
        names.totals: latest,
        names.wards: kept(WARDS_RETENTION_MS),
        names.deliveries: latest,
        names.rejects: rejects,
        # A hold is in force until it is ended, so none may expire. A night has some dozens.
        names.holds: for_ever,
        **dict.fromkeys((names.audit, names.sessions), kept(AUDIT_RETENTION_MS)),
        names.subscriptions: {**latest, **_SOON_CLEANED},
    }


async def create_topics(settings: Settings) -> list[str]:
    """Makes the topics that are missing and returns their names. Those that exist stay as they are.

    Grants each account what it needs of them. Returns once every broker knows a leader for each
    of their partitions. Raises TopicError if Kafka does not answer or refuses, for example more
    copies than there are brokers.
    """
    planned = planned_topics(settings)
    made: list[str] = []
    async with administering(settings) as client:
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(_NotYetError),
            wait=wait_fixed(JOIN_POLL_S),
            stop=stop_after_delay(JOIN_TIMEOUT_S),
            reraise=True,
        ):
            with attempt:
                made += await _create(client, planned)
    names = [topic.name for topic in planned]
    async with _granting(settings) as client:
        await grant(client, settings)
        await brokers.until_known(client, lambda: MetadataRequest(names), _have_leaders)
    return made


async def _create(client: AIOKafkaAdminClient, planned: list[Topic]) -> list[str]:
    answer = await client.create_topics(
        [
            NewTopic(
                name=topic.name,
                num_partitions=topic.partitions,
                replication_factor=topic.replication_factor,
                topic_configs=topic.settings,
            )
            for topic in planned
        ],
        timeout_ms=TOPIC_TIMEOUT_MS,
    )
    made = []
    for name, code, message in answer.topic_errors:
        if code == 0:
            made.append(name)
        elif code == InvalidReplicationFactorError.errno:
            raise _NotYetError(f"{name}: {message}")
        elif code != TopicAlreadyExistsError.errno:
            raise TopicError(f"{name}: {for_code(code).__name__}: {message}")
    return made


async def delete_topics(settings: Settings) -> list[str]:
    """Removes the namespace's topics with everything in them, and returns their names.

    Topics that are missing are left out. Raises TopicError if Kafka does not answer or
    refuses.
    """
    async with administering(settings) as client:
        answer = await client.delete_topics(
            list(Topics(settings.namespace).all()), timeout_ms=TOPIC_TIMEOUT_MS
        )
    async with _granting(settings) as client:
        await revoke(client, settings)
    removed = []
    for name, code in answer.topic_error_codes:
        if code == 0:
            removed.append(name)
        elif code != UnknownTopicOrPartitionError.errno:
            raise TopicError(f"{name}: {for_code(code).__name__}; it is not removed")
    return removed


@asynccontextmanager
async def administering(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """An admin client of a cluster that has a controller; closed at the end.

    Raises TopicError if Kafka does not answer.
    """
    client = admin(settings, CLIENT_ID)
    try:
        await client.start()
        async with asyncio.timeout(JOIN_TIMEOUT_S):
            # A broker that has just started listens before it has joined its cluster.
            while (await client.describe_cluster())["controller_id"] < 0:  # noqa: ASYNC110
                await asyncio.sleep(LEADER_POLL_S)
        yield client
    except (KafkaConnectionError, TimeoutError) as error:
        raise TopicError(
            f"{settings.kafka_bootstrap_servers}: Kafka does not answer; start it, or correct"
            f" LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS{account_hint(settings)}; what each broker was"
            " refused for stands before"
        ) from error
    finally:
        await client.close()


@asynccontextmanager
async def _granting(settings: Settings) -> AsyncIterator[AIOKafkaClient]:
    """A client to grant rights with, whose failures are TopicErrors."""
    try:
        async with brokers.connected(settings, CLIENT_ID) as client:
            yield client
    except (GrantError, KafkaError, TimeoutError) as error:
        raise TopicError(str(error) or "the brokers do not learn of the topics in time") from error


def _have_leaders(answer: dict[str, Any]) -> bool:
    """Returns whether a broker knows every topic of its answer, and a leader for each partition.

    Brokers learn of a new topic shortly after the one that made it, and report it as unknown
    until then.
    """
    return all(
        topic["error_code"] == 0
        and topic["partitions"]
        and all(partition["leader"] >= 0 for partition in topic["partitions"])
        for topic in answer["topics"]
    )
