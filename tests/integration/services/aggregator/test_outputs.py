"""The aggregator's producers: alerts leave before anything else is done."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from services.aggregator.changes import EncodedAlert, EncodedChange
from services.aggregator.outputs import Outputs
from services.engine.errors import TopicLimitError
from services.platform import kafka
from services.platform.exit_status import ExitStatus
from services.platform.names import Topics
from services.platform.settings import Settings
from tests.support.topics import messages

COUNCIL = "local.barnet.2014-05-22"
READ_TIMEOUT_S = 30.0


@pytest.fixture
async def outputs(settings: Settings) -> AsyncIterator[Outputs]:
    """Outputs that are connected, and have already sent to the alerts topic."""
    started = Outputs(settings)
    await started.start()
    await started.acknowledged(await started.send([(COUNCIL, (EncodedAlert("1", b"before"),))], []))
    yield started
    await started.stop()


async def test_alerts_have_left_when_send_returns(settings: Settings, outputs: Outputs) -> None:
    """They reach Kafka even if the event loop that sent them is blocked from then on.

    So no alert waits for the work that follows, however long it takes.
    """
    read: list[bytes] = []

    def read_alerts() -> None:
        async def until_there() -> None:
            async with asyncio.timeout(READ_TIMEOUT_S):
                while len(read) < 3:
                    found = await messages(settings, Topics(settings.namespace).alerts)
                    read[:] = [record.value for record in found]

        asyncio.run(until_there())

    reader = threading.Thread(target=read_alerts, daemon=True)
    encoded = (EncodedAlert("2", b"first"), EncodedAlert("3", b"second"))
    pending = await outputs.send([(COUNCIL, encoded)], [])
    # This event loop is blocked from here until another one has read the alerts.
    reader.start()
    reader.join(READ_TIMEOUT_S)

    assert read == [b"before", b"first", b"second"]
    await outputs.acknowledged(pending)


async def test_a_topic_that_takes_less_than_it_should_is_not_called_an_outage(
    settings: Settings, outputs: Outputs, eventually: Callable[..., Awaitable[object]]
) -> None:
    """The error names the setting, and the process ends with a status of its own."""
    totals = Topics(settings.namespace).totals
    admin = kafka.admin(settings, "test")
    await admin.start()
    await admin.alter_configs(
        [ConfigResource(ConfigResourceType.TOPIC, totals, configs={"max.message.bytes": "1000"})]
    )
    await admin.close()
    large = EncodedChange(
        council=COUNCIL,
        election="local.2014-05-22",
        partition=0,
        expected=None,
        offset=1,
        version=1,
        state=b"",
        totals=secrets.token_hex(5_000).encode(),
        wards=(),
        alerts=(),
    )

    async def refused() -> str:
        try:
            await outputs.publish_totals([large])
        except TopicLimitError as error:
            return str(error)
        return ""

    assert "max.message.bytes" in str(await eventually(refused))
    assert TopicLimitError.exit_status is ExitStatus.BROKEN


async def test_only_wards_that_were_heard_of_are_published(
    settings: Settings, outputs: Outputs
) -> None:
    """An opened ward of which nothing is known, and one that is gone, are not on the topic."""
    wards = tuple((f"local.barnet.{ward}.2014-05-22", b"{}") for ward in ("hale", "hill"))
    for version, heard_of in ((1, (b"{}",)), (2, ())):
        change = EncodedChange(
            council=COUNCIL,
            election="local.2014-05-22",
            partition=0,
            expected=None,
            offset=version,
            version=version,
            state=b"",
            totals=b"{}",
            wards=wards,
            alerts=(),
            heard_of=heard_of,
        )
        await outputs.publish_totals([change])

    topics = Topics(settings.namespace)
    (ward,) = await messages(settings, topics.wards)
    assert (ward.key, ward.value) == (COUNCIL.encode(), b"{}")
    assert len(await messages(settings, topics.totals)) == 2
