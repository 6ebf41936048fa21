"""The notifier with receivers of other kinds: mail, syslog, the console."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from schemas.reject import Reject
from schemas.totals import CouncilTotals
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from tests.support.aggregator_night import expected, night
from tests.support.notifier_receivers import (
    MailServer,
    Receiver,
    SyslogServer,
    an_alert,
    publish,
    recorded,
    rehearsal_channels,
)

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]


@pytest.fixture
def port() -> int:
    """A free port of this machine."""
    return free_ports(1, random.SystemRandom())[0]


def mail(port: int) -> str:
    """Returns the fields of a channel that sends to a mail server."""
    url = f"mailto://127.0.0.1:{port}?from=count@example.org&to=desk@example.org"
    return f'name = "mail"\nurl = "{url}"\n'


async def test_mail_has_the_line_as_subject_and_a_thread_for_each_council(  # noqa: PLR0913, PLR0917 -- fixtures
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
    port: int,
) -> None:
    """An alert and its retraction are in one thread of the mail reader, and no other council's."""
    raised = an_alert(1)
    retracted = an_alert(2, action="retract", retracts=raised.id, text="WITHDRAWN: CON HOLD Barnet")
    other = an_alert(3, council="local.camden.2014-05-22", name="Camden")
    with MailServer(port) as server:
        process("notifier", "run", notifier_channels_file=rehearsal_channels(tmp_path, mail(port)))
        await publish(kafka_producer, settings, [raised, retracted, other])
        await eventually(lambda: len(server.messages) >= 3)

    by_subject = {message["subject"]: message for message in server.messages}
    first = by_subject["REHEARSAL: CON HOLD Barnet: 32 of 63 (1)"]
    second = by_subject["REHEARSAL: WITHDRAWN: CON HOLD Barnet"]
    third = by_subject["REHEARSAL: CON HOLD Barnet: 32 of 63 (3)"]
    body = first.get_body(("plain",))
    assert body is not None
    assert "The third seat in Childs Hill went by 9 votes." in body.get_content()
    assert first["references"] == second["references"] == "<local.barnet.2014-05-22@livecount>"
    assert third["references"] == "<local.camden.2014-05-22@livecount>"


async def test_outage_ends_with_one_digest(  # noqa: PLR0913, PLR0917 -- fixtures
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
    port: int,
) -> None:
    """Alerts raised while a mail server was away arrive as one message, and each is recorded."""
    alerts = [an_alert(number) for number in range(6)]
    running = process(
        "notifier", "run", notifier_channels_file=rehearsal_channels(tmp_path, mail(port))
    )
    await publish(kafka_producer, settings, alerts)
    await eventually(lambda: running.written().count("channel mail: ") >= 2)
    with MailServer(port) as server:
        await eventually(lambda: server.messages)

        async def all_sent() -> bool:
            return len(await recorded(settings)) >= len(alerts)

        await eventually(all_sent)

    (digest,) = server.messages
    assert digest["subject"] == "6 alerts"
    body = digest.get_body(("plain",))
    assert body is not None
    lines = [line for line in body.get_content().splitlines() if line]
    assert lines == [f"REHEARSAL: {alert.text}" for alert in alerts]
    assert {record.status for record in await recorded(settings)} == {"sent"}


async def test_syslog_gets_the_line(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """A syslog receiver gets the line over the network."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(
        SyslogServer, local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    file = rehearsal_channels(tmp_path, f'name = "log"\nurl = "rsyslog://127.0.0.1:{port}"\n')
    process("notifier", "run", notifier_channels_file=file)
    await publish(kafka_producer, settings, [an_alert()])
    await eventually(lambda: server.lines)
    transport.close()

    assert "REHEARSAL: CON HOLD Barnet: 32 of 63 (1)" in server.lines[0]


async def test_a_test_message_reaches_every_channel_and_is_not_an_alert(
    process: Process, tmp_path: Path, port: int
) -> None:
    """`notifier test` tries each channel, says which of them failed, and ends with status 1."""
    async with Receiver(signed=False) as receiver:
        tables = [
            f'name = "cms"\nwebhook = "{receiver.url}"\n',
            f'name = "away"\nwebhook = "http://127.0.0.1:{port}/"\n',
        ]
        running = process(
            "notifier", "test", notifier_channels_file=rehearsal_channels(tmp_path, *tables)
        )
        status = await asyncio.to_thread(running.process.wait, 30)

    assert status == 1
    assert "cms: taken" in running.written()
    assert "away: ConnectError" in running.written()
    ((headers, content),) = receiver.requests
    assert headers["ce-type"] == "livecount.test.v1"
    assert json.loads(content)["text"].startswith("TEST from livecount")


async def test_rejected_input_goes_to_channels_that_name_it(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """A channel that names `rejected` is sent where the input is and what is wrong with it."""
    reject = Reject(
        topic=Topics(settings.namespace).declarations,
        partition=3,
        offset=17,
        reason="payload",
        detail="candidates[0].votes: '12': Input should be a valid integer",
    )
    running = process(
        "notifier",
        "run",
        notifier_channels_file=rehearsal_channels(
            tmp_path, 'name = "desk"\nurl = "console://"\nkinds = ["rejected"]\n'
        ),
    )
    await kafka_producer.send_and_wait(
        Topics(settings.namespace).rejects, reject.model_dump_json().encode()
    )
    await publish(kafka_producer, settings, [an_alert()])

    line = f"Not counted: {reject.topic}/3/17: {reject.detail}"
    await eventually(lambda: line in running.written())
    assert "CON HOLD" not in running.written()


async def test_only_alerts_of_close_councils_are_sent(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """`within_seats` goes by the council's latest totals."""
    facts = night(1, councils=1, wards=1)
    (template,) = expected(facts).totals.values()
    for name, seats in (("barnet", 500), ("camden", 1)):
        totals = CouncilTotals.model_validate_json(
            json.dumps(template | {"council": f"local.{name}.2014-05-22", "seats_to_change": seats})
        )
        await kafka_producer.send_and_wait(
            Topics(settings.namespace).totals,
            totals.model_dump_json().encode(),
            key=totals.council.encode(),
        )
    far = an_alert(1)
    near = an_alert(2, council="local.camden.2014-05-22", name="Camden")
    async with Receiver() as receiver:
        table = f'name = "near"\nwebhook = "{receiver.url}"\nwithin_seats = 2\n'
        process("notifier", "run", notifier_channels_file=rehearsal_channels(tmp_path, table))
        await publish(kafka_producer, settings, [far, near])
        await eventually(lambda: receiver.alerts)

    assert receiver.alerts == [near]


async def test_two_notifiers_share_the_work_and_send_once(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """While a second notifier joins and the first one leaves, each alert arrives exactly once."""
    councils = [f"local.council-{number}.2014-05-22" for number in range(20)]
    alerts = [an_alert(n, council=councils[n % 20], name=f"Council {n % 20}") for n in range(300)]
    async with Receiver() as receiver:
        file = rehearsal_channels(tmp_path, f'name = "desk"\nwebhook = "{receiver.url}"\n')
        first = process("notifier", "run", notifier_channels_file=file, worker_id="1")
        await publish(kafka_producer, settings, alerts[:100])
        await eventually(lambda: len(receiver.alerts) >= 50)
        process("notifier", "run", notifier_channels_file=file, worker_id="2")
        await publish(kafka_producer, settings, alerts[100:200])
        await eventually(lambda: len(receiver.alerts) >= 150)
        # In a thread: the receiver, in this one, must answer meanwhile.
        await asyncio.to_thread(first.end)
        await publish(kafka_producer, settings, alerts[200:])
        await eventually(lambda: len(set(receiver.ids)) >= len(alerts), timeout_s=60.0)

    assert sorted(receiver.ids) == sorted(alert.id for alert in alerts)
    for council in councils:
        expected_order = [alert.id for alert in alerts if alert.council == council]
        assert [each.id for each in receiver.alerts if each.council == council] == expected_order
