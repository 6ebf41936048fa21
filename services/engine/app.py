"""The Faust app, with every setting that matters said aloud."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import faust
from aiokafka import AIOKafkaConsumer
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from faust.app.base import BootStrategy
from faust.tables import TableManager

from services.engine.driver import COMMIT_INTERVAL_S, Transport
from services.engine.exits import exit_process
from services.platform import kafka
from services.platform.exit_status import ExitStatus
from services.platform.membership import member_name
from services.platform.names import group
from services.platform.settings import Settings

SESSION_TIMEOUT_S = 7.0
"""After so long without a heartbeat a worker's partitions go to another. Brokers allow no less
than six seconds; more would only delay the takeover."""

HEARTBEAT_INTERVAL_S = 2.0
"""Three heartbeats fit into a session, so that losing one is no loss of the partitions."""

REBALANCE_TIMEOUT_S = 60.0
"""How long a rebalance waits for a worker that has a batch in hand, a rebuild included."""

POLL_INTERVAL_MAX_S = 300.0
"""How long a worker may be busy between two fetches, as it is while it rebuilds."""

FETCHES_WAITING_MAX = 16
"""Fetches that may wait in memory while a batch is counted; then Faust stops fetching."""

STOP_TIMEOUT_S = 20.0
"""How long an orderly stop may take: the batch in hand, its outputs and the last commit, each with
its own limit. aiokafka gives no limit to a commit; where Kafka is away it tries for ever. Compose
grants 30 s before it kills."""


class _NoProducer(BootStrategy):
    """What Faust starts of an app: not its own producer, which would connect and send nothing.

    `publisher.py` has the one that sends.
    """

    enable_kafka_producer = False


class App(faust.App):
    """A Faust app that leaves nothing on disk, and whose stop ends."""

    BootStrategy = _NoProducer

    def _create_directories(self) -> None:
        # It has no tables.
        pass

    async def stop(self) -> None:
        """Stops in an orderly way; ends the process if that takes longer than STOP_TIMEOUT_S."""
        limit = asyncio.get_running_loop().call_later(
            STOP_TIMEOUT_S,
            exit_process,
            ExitStatus.STALLED,
            f"told to stop, it has not ended within {STOP_TIMEOUT_S:.0f} s; what it counted stays"
            " counted, and its last offsets are not committed",
        )
        try:
            await super().stop()
        finally:
            limit.cancel()


class _NoTables(TableManager):
    """Faust's keeper of tables, for an app that has none.

    Faust's own waits a second in which agents may declare tables, and the worker joins its group
    only then. Without that wait partitions are counted one second sooner after every start.
    """

    async def on_start(self) -> None:
        """Opens recovery, which resumes the streams at once, as no table has to be recovered."""
        await self.recovery.start()

    async def wait_until_tables_registered(self) -> None:
        """Returns at once: there is no table to wait for."""


def build_app(settings: Settings, service: str) -> App:
    """Returns the app of a service's workers, not started, with its agents still to be added.

    Faust gives it group membership, rebalancing, fetching and the commit of offsets. It creates
    no topic, keeps no table, elects no leader and serves no page.
    """
    servers = settings.kafka_bootstrap_servers.split(",")
    app = App(
        group(settings.namespace, service),
        version=1,
        broker=[f"kafka://{server.strip()}" for server in servers],
        broker_client_id=f"livecount-{service}",
        broker_commit_interval=COMMIT_INTERVAL_S,
        broker_request_timeout=kafka.REQUEST_TIMEOUT_MS / 1_000,
        broker_session_timeout=SESSION_TIMEOUT_S,
        key_serializer="raw",
        value_serializer="raw",
        # What exactly_once loses is in docs/decisions/0001-no-exactly-once.md.
        processing_guarantee="at_least_once",
        stream_buffer_maxsize=FETCHES_WAITING_MAX,
        stream_recovery_delay=0.0,
        stream_wait_empty=True,
        store="memory://",
        TableManager=_NoTables,
        table_standby_replicas=0,
        topic_allow_declare=False,
        topic_disable_leader=True,
        topic_partitions=settings.kafka_partitions,
        topic_replication_factor=settings.kafka_replication_factor,
        reply_create_topic=False,
        web_enabled=False,
        autodiscover=False,
        worker_redirect_stdouts=False,
        cython_optimizations=False,
    )
    app.transport = Transport(app, partial(_consumer, settings, service))
    return app


def _consumer(settings: Settings, service: str) -> AIOKafkaConsumer:
    """Returns the one consumer of a worker, a static member of its service's group."""
    return kafka.consumer(
        settings,
        group_id=group(settings.namespace, service),
        client_id=f"livecount-{service}",
        # A worker that is restarted within its session keeps its partitions.
        instance_id=f"{settings.namespace}-{member_name(settings)}",
        partition_assignment_strategy=(RoundRobinPartitionAssignor,),
        session_timeout_ms=int(SESSION_TIMEOUT_S * 1_000),
        heartbeat_interval_ms=int(HEARTBEAT_INTERVAL_S * 1_000),
        rebalance_timeout_ms=int(REBALANCE_TIMEOUT_S * 1_000),
        max_poll_interval_ms=int(POLL_INTERVAL_MAX_S * 1_000),
    )


def topic_of(app: App, name: str) -> Any:
    """Returns a topic of bytes, whose records an agent may take. It must exist already."""
    return app.topic(
        name,
        key_type=bytes,
        value_type=bytes,
        value_serializer="raw",
        internal=False,
        acks=True,
        allow_empty=True,
    )
