"""`make demo`: plays the count of Barnet in 2014 through all services, and shows it."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import httpx
from rich.console import Console
from rich.live import Live

from readers.night import Night
from schemas.alert import Alert
from schemas.events import Event, encode_event
from schemas.totals import CouncilTotals
from schemas.ward import WardDeclared
from services.platform import namespace
from services.platform.stack.endpoints import Endpoints
from services.platform.stack.ports import free_ports
from services.platform.stack.supervisor import Supervisor
from services.platform.topics import create_topics
from services.rehearsal.demo.view import Scene, render
from services.rehearsal.demo.webhook import Webhook
from services.rehearsal.player import play
from services.rehearsal.schedule import schedule

NAMESPACE = "demo"
"""The demo's own topics and keys: emptied at its start, and kept when it ends."""

READY_TIMEOUT_S = 60.0
"""How long the services may take to answer; they take about three seconds on a laptop."""

SETTLE_TIMEOUT_S = 30.0
"""How long the last alert may take; it takes milliseconds unless something is broken."""

REQUEST_TIMEOUT_S = 20.0
"""How long intake may take to answer: a little longer than it waits for Kafka."""

REFRESH_S = 0.2
"""How often the view is drawn again, and the ticker asked for the council."""


class DemoError(RuntimeError):
    """The demo could not be finished. The message says which logs to look at."""


class Demo:
    """One run of the demo: its services, the replay, the view, and a report at the end."""

    def __init__(
        self, night: Night, endpoints: Endpoints, directory: Path, console: Console, speed: float
    ) -> None:
        self._night = night
        self._events: Sequence[Event] = (*night.openings, *night.on_the_night)
        self._council = night.openings[0].council
        self._console = console
        self._speed = speed
        self._directory = directory
        intake, ticker, webhook, *others = free_ports(6, random.SystemRandom())
        aggregator, nation, notifier = others
        self._intake = f"http://127.0.0.1:{intake}"
        self._ticker = f"http://127.0.0.1:{ticker}"
        self._webhook = Webhook(webhook)
        self._settings = endpoints.settings(
            namespace=NAMESPACE, intake_port=intake, ticker_port=ticker
        )
        channels = directory / "demo-channels.toml"
        channels.write_text(
            "[[channels]]\n"
            'name = "demo-webhook"\n'
            f'webhook = "http://127.0.0.1:{webhook}/"\n'
            "rehearsal = true\n"
        )
        self._services = {
            "intake": {"LIVECOUNT_INTAKE_PORT": str(intake)},
            "ticker": {"LIVECOUNT_TICKER_PORT": str(ticker)},
            "aggregator": {"LIVECOUNT_METRICS_PORT": str(aggregator)},
            "nation": {"LIVECOUNT_METRICS_PORT": str(nation)},
            "notifier": {
                "LIVECOUNT_METRICS_PORT": str(notifier),
                "LIVECOUNT_NOTIFIER_CHANNELS_FILE": str(channels),
            },
        }
        self._health = [
            f"http://127.0.0.1:{port}/health/ready"
            for port in (intake, ticker, aggregator, nation, notifier)
        ]
        self._posted_s: dict[tuple[str, int], float] = {}
        self._before_last_ward: CouncilTotals | None = None
        self._totals: CouncilTotals | None = None
        self._last_ward = ""
        self._sent = 0

    async def run(self, *, serve: bool) -> None:
        """Plays the night and prints a report; with `serve` it then serves until cancelled.

        Raises DemoError if a service does not answer, or if a declaration or an alert does not
        arrive; and ServiceGaveUpError.
        """
        await namespace.remove(self._settings)
        await create_topics(self._settings)
        environment = namespace.environment(self._settings)
        async with (
            self._webhook,
            Supervisor(environment, self._directory / "logs") as supervisor,
            httpx.AsyncClient(timeout=REQUEST_TIMEOUT_S, trust_env=False) as client,
        ):
            for name, extra in self._services.items():
                account = namespace.account_environment(self._settings, name)
                await supervisor.start(name, [name, "run"], account | extra)
            self._console.print("Starting intake, aggregator, nation, notifier and ticker ...")
            await self._wait_until_ready(client, supervisor)
            page = f"{self._ticker}/councils/{self._council}"
            self._console.print(f"Page: {page}")
            await self._play(client, supervisor, page)
            await self._wait_until_settled(client, supervisor)
            self._report(page)
            if serve:
                self._console.print("Serving until Ctrl-C.")
                await asyncio.Event().wait()

    async def _wait_until_ready(self, client: httpx.AsyncClient, supervisor: Supervisor) -> None:
        deadline_s = time.monotonic() + READY_TIMEOUT_S
        for address in self._health:
            while not await _answers(client, address):
                supervisor.check()
                if time.monotonic() > deadline_s:
                    raise DemoError(f"{address} does not answer; see {self._directory / 'logs'}")
                await asyncio.sleep(REFRESH_S)

    async def _play(self, client: httpx.AsyncClient, supervisor: Supervisor, page: str) -> None:
        night = self._night
        scheduled = schedule(night.openings, night.on_the_night, night.on_the_night, self._speed)

        def scene() -> Scene:
            return Scene(
                self._totals,
                self._webhook.alerts,
                self._last_ward,
                self._sent,
                len(self._events),
                page,
            )

        async def post(event: Event) -> None:
            if event is self._events[-1]:
                await self._wait_until_shown(client, self._wards_posted())
                self._before_last_ward = self._totals
            await self._post(client, event)

        with Live(
            get_renderable=lambda: render(scene()),
            console=self._console,
            refresh_per_second=1 / REFRESH_S,
            transient=not self._console.is_terminal,
        ):
            watcher = asyncio.create_task(self._keep_refreshing(client, supervisor))
            try:
                await play(scheduled, post, clock=time.monotonic, sent=self._on_sent)
                await self._wait_until_shown(client, self._wards_posted())
            finally:
                watcher.cancel()
                await asyncio.gather(watcher, return_exceptions=True)

    async def _post(self, client: httpx.AsyncClient, event: Event) -> None:
        if isinstance(event, WardDeclared):
            self._posted_s[event.ballot_paper_id, event.revision] = time.perf_counter()
        answer = await client.post(
            f"{self._intake}/v1/declarations",
            content=encode_event(event),
            headers={"content-type": "application/json"},
        )
        if answer.status_code != httpx.codes.ACCEPTED:
            raise DemoError(f"intake answered {answer.status_code}: {answer.text}")

    def _on_sent(self, event: Event) -> None:
        self._sent += 1
        if isinstance(event, WardDeclared):
            opened = self._night.openings[0]
            names = {ward.ballot_paper_id: ward.ward for ward in opened.wards}
            self._last_ward = names.get(event.ballot_paper_id, event.ballot_paper_id)
            if not self._console.is_terminal:
                self._console.print(f"declared: {self._last_ward}")

    def _wards_posted(self) -> int:
        return len(self._posted_s)

    async def _keep_refreshing(self, client: httpx.AsyncClient, supervisor: Supervisor) -> None:
        while True:
            supervisor.check()
            await self._refresh(client)
            await asyncio.sleep(REFRESH_S)

    async def _refresh(self, client: httpx.AsyncClient) -> None:
        answer = await client.get(f"{self._ticker}/v1/councils/{self._council}")
        if answer.status_code == httpx.codes.OK:
            self._totals = CouncilTotals.model_validate_json(json.dumps(answer.json()["council"]))

    async def _wait_until_shown(self, client: httpx.AsyncClient, wards: int) -> None:
        """Returns once the ticker shows so many wards as declared; raises DemoError."""
        deadline_s = time.monotonic() + SETTLE_TIMEOUT_S
        while self._totals is None or self._totals.wards_declared < wards:
            if time.monotonic() > deadline_s:
                raise DemoError(
                    f"{wards} wards were sent and not counted; see {self._directory / 'logs'}"
                )
            await asyncio.sleep(REFRESH_S / 4)
            await self._refresh(client)

    async def _wait_until_settled(self, client: httpx.AsyncClient, supervisor: Supervisor) -> None:
        """Returns once an alert of control has reached the webhook; raises DemoError."""
        deadline_s = time.monotonic() + SETTLE_TIMEOUT_S
        while not self._control_alerts():
            supervisor.check()
            if time.monotonic() > deadline_s:
                raise DemoError(f"no alert came; see {self._directory / 'logs'}")
            await asyncio.sleep(REFRESH_S)
            await self._refresh(client)

    def _control_alerts(self) -> list[Alert]:
        return [alert for alert in self._webhook.alerts if alert.kind == "control"]

    def _report(self, page: str) -> None:
        totals, before = self._totals, self._before_last_ward
        alerts = self._control_alerts()
        if totals is None or before is None:
            raise DemoError("the council was never shown")
        # Lines are not wrapped, so that they can be searched and copied.
        echo = partial(self._console.print, soft_wrap=True)
        seats = {party.party_id: party.seats for party in before.parties}
        echo(
            f"\nBefore the last ward: {before.headline};"
            f" Con {seats.get('PP52', 0)}, Lab {seats.get('PP53', 0)}."
        )
        delays_ms = sorted(
            1000 * (self._webhook.received_s[alert.id] - posted_s)
            for alert in self._webhook.alerts
            if (posted_s := self._posted_s.get((alert.cause or "", alert.cause_revision)))
        )
        if delays_ms:
            echo(
                "From POST to the alert at the webhook:"
                f" median {statistics.median(delays_ms):.0f} ms,"
                f" worst {delays_ms[-1]:.0f} ms, over {len(delays_ms)} alerts."
            )
        echo(
            f"Alerts of control: {len(alerts)}, caused by {alerts[-1].cause};"
            f" repeated at the webhook: {self._webhook.repeats}."
        )
        echo(f"Page: {page}")
        echo("\nWhat a reporter would file:", style="bold")
        echo(f"  {totals.headline}")
        echo(f"  {alerts[-1].text}")


async def _answers(client: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await client.get(address)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def interactive() -> bool:
    """Returns whether the demo runs in a terminal, where someone can press Ctrl-C."""
    return sys.stdin.isatty() and sys.stdout.isatty()
