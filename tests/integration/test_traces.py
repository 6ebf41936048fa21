"""One declaration through the real services: its trace, and how long its news took."""

from __future__ import annotations

import random
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from schemas.events import Event
from services.intake.message import prepare
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from tests.support.collector import Collector
from tests.support.notifier_receivers import Receiver, rehearsal_channels
from tests.support.polls import LAB, declared, folded_with_alerts, opened, ward
from tests.support.services_night import Services

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]

OPENING = opened(ward("hale"), before=LAB)
RESULT = declared("hale", [(LAB, 900), ("PP52", 800)])
SERVICES = ("intake", "aggregator", "notifier", "ticker")
AT_ONCE_S = 60.0
"""Far more than a declaration takes, on the busiest machine."""


class TracedNight:
    """The services, each with metrics, and with a collector if one is named."""

    def __init__(
        self,
        settings: Settings,
        process: Process,
        eventually: Eventually,
        channels: Path,
        **traced: str,
    ) -> None:
        ports = free_ports(len(SERVICES), random.SystemRandom())
        self.metrics = dict(zip(SERVICES, ports, strict=True))
        self._namespace = settings.namespace

        def start(name: str, *arguments: str, **further: str) -> Any:
            port = str(self.metrics[name])
            return process(name, *arguments, metrics_port=port, **traced, **further)

        self.services = Services(settings, start, eventually, channels)

    async def declare(self, event: Event, **headers: str) -> None:
        """Declares an event; intake has to take it."""
        answer = await self.services.intake.post(
            "/v1/declarations", content=prepare(event, self._namespace).value, headers=headers
        )
        assert answer.status_code == 202, answer.text

    async def measured(self, service: str, at: str) -> int:
        """Returns how many declarations a service has measured, by where their news arrived."""
        async with httpx.AsyncClient(trust_env=False, timeout=10.0) as client:
            page = (await client.get(f"http://127.0.0.1:{self.metrics[service]}/metrics")).text
        assert "livecount_ready 1.0" in page.splitlines()
        name = f'livecount_declaration_seconds_count{{at="{at}"}}'
        return sum(int(float(line.split()[1])) for line in page.splitlines() if name in line)


async def started(night: TracedNight, eventually: Eventually) -> TracedNight:
    """Returns a night whose doors are open, and whose council is opened and followed."""
    await night.services.ready()
    await night.declare(OPENING)
    await night.services.counted()

    async def is_followed() -> bool:
        path = f"/v1/councils/{OPENING.council}"
        return (await night.services.ticker.get(path)).status_code == httpx.codes.OK

    await eventually(is_followed)
    return night


async def test_one_trace_leads_from_the_post_to_the_phone_and_the_page(
    settings: Settings, process: Process, eventually: Eventually, tmp_path: Path
) -> None:
    """The sender's trace goes on in each service, in the order of what led to what.

    The alerts have the ids that the rules give, and each stage measures how long the news
    took.
    """
    trace, sender = secrets.token_hex(16), secrets.token_hex(8)
    token = secrets.token_hex(12)
    async with Receiver() as receiver, Collector() as collector:
        channels = Path(rehearsal_channels(tmp_path, f'name = "desk"\nwebhook = "{receiver.url}"'))
        traced = {"traces_url": collector.url, "traces_token": token}
        night = await started(
            TracedNight(settings, process, eventually, channels, **traced), eventually
        )
        await night.declare(RESULT, traceparent=f"00-{trace}-{sender}-00")
        await eventually(lambda: len(collector.of(trace)) == len(SERVICES))
        spans = collector.of(trace)
        alerts = [
            *folded_with_alerts(OPENING)[1],
            *folded_with_alerts(OPENING, RESULT)[1],
        ]
        await eventually(lambda: len(receiver.alerts) >= len(alerts))
        for service, at in (("aggregator", "alert"), ("notifier", "channel"), ("ticker", "page")):
            await eventually(lambda service=service, at=at: night.measured(service, at))
        await night.services.close()

    intake, aggregator, notifier, ticker = (spans[f"livecount-{name}"] for name in SERVICES)
    assert (intake.parent, aggregator.parent) == (sender, intake.id)
    assert (notifier.parent, ticker.parent) == (aggregator.id, aggregator.id)
    assert intake.began_ns <= aggregator.began_ns <= min(notifier.began_ns, ticker.began_ns)
    assert [each.error for each in spans.values()] == [""] * len(SERVICES)
    assert aggregator.events == ("Kafka has the alerts",)
    assert notifier.attributes["livecount.channel"] == "desk"
    assert collector.tokens == {f"Bearer {token}"}
    assert [each.id for each in receiver.alerts] == [each.id for each in alerts]


async def test_a_collector_that_does_not_answer_delays_nothing(
    settings: Settings, process: Process, eventually: Eventually, tmp_path: Path
) -> None:
    """Declarations are taken and told as ever, and the services end when they are told to."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        async with Receiver() as receiver:
            channels = Path(
                rehearsal_channels(tmp_path, f'name = "desk"\nwebhook = "{receiver.url}"')
            )
            night = TracedNight(settings, process, eventually, channels, traces_url=url)
            await started(night, eventually)
            began_s = time.monotonic()
            await night.declare(RESULT)
            await eventually(lambda: receiver.alerts, timeout_s=AT_ONCE_S)
            assert time.monotonic() - began_s < AT_ONCE_S
            await night.services.close()
        statuses = {name: each.end() for name, each in night.services.running.items()}

    assert statuses["aggregator"] == statuses["notifier"] == 0
