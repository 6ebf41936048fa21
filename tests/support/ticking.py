"""A ticker served inside a test, a small night to show, and a client of its streams."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Self

import httpx

from schemas.council import CouncilOpened, Nominee, OpenedWard, PartyStanding
from schemas.ward import Candidate, WardDeclared
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.ticker.app import create_app
from services.ticker.broadcast.subscribers import CLIENTS_MAX
from services.ticker.server import Server, configure

ELECTION = "local.2014-05-22"
COUNCIL = "local.nowhere.2014-05-22"
WARDS = ("Ash", "Beech", "Cedar", "Dogwood", "Elm")
MARKUP = "<script>alert(1)</script> & Sons"


def opened(council: str = COUNCIL, name: str = "Nowhere") -> CouncilOpened:
    """Returns a council of 15 seats in five wards, all of them up; Labour had control before."""
    return CouncilOpened(
        council=council,
        council_gss="E09000003",
        name=name,
        mode="rehearsal",
        cycle="all-out",
        seats_total=15,
        control_before="PP53",
        standing=(
            PartyStanding(
                party="Labour Party", party_id="PP53", seats_eve_of_poll=9, seats_last_election=10
            ),
            PartyStanding(
                party="Conservative Party",
                party_id="PP52",
                seats_eve_of_poll=6,
                seats_last_election=5,
            ),
        ),
        wards=tuple(
            OpenedWard(
                ballot_paper_id=ballot(ward, council),
                ward=ward,
                seats_contested=3,
                candidates=tuple(
                    Nominee(candidate=each.candidate, party=each.party, party_id=each.party_id)
                    for each in candidates("PP53")
                ),
            )
            for ward in WARDS
        ),
    )


def ballot(ward: str, council: str = COUNCIL) -> str:
    """Returns a ward's ballot id."""
    kind, organisation, poll = council.split(".")
    return f"{kind}.{organisation}.{ward.lower()}.{poll}"


def candidates(winner: str) -> tuple[Candidate, ...]:
    """Returns three Labour and three Conservative candidates; `winner` wins clearly."""
    names = {"PP53": "Labour Party", "PP52": "Conservative Party"}
    return tuple(
        Candidate(
            candidate=f"{name} {label.split()[0]}",
            party=label,
            party_id=party,
            votes=(2_000 if party == winner else 1_000) - 10 * place,
        )
        for party, label in names.items()
        for place, name in enumerate(("Ann", MARKUP, "Cy"))
    )


def declared(ward: str, winner: str, revision: int = 1, council: str = COUNCIL) -> WardDeclared:
    """Returns a ward's result in which one party takes all three seats."""
    return WardDeclared(
        council=council,
        ballot_paper_id=ballot(ward, council),
        mode="rehearsal",
        revision=revision,
        correction="transcription" if revision > 1 else None,
        source="returning officer",
        seats_contested=3,
        candidates=candidates(winner),
        total_electorate=6_000,
        turnout_percentage=41.5,
    )


@asynccontextmanager
async def ticking(
    settings: Settings, port: int = 0, clients_max: int = CLIENTS_MAX
) -> AsyncIterator[str]:
    """Serves a ticker in this process and yields its address; stops it at the end."""
    (port,) = (port,) if port else free_ports(1, Random())
    settings = settings.model_copy(update={"ticker_port": port})
    app = create_app(settings, clients_max=clients_max)
    served = settings.model_copy(update={"ticker_port": port})
    server = Server(app, configure(app, served))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        if serving.done():
            serving.result()
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event."""

    id: str
    name: str
    data: Any


@dataclass(slots=True)
class Reader:
    """Reads a stream in the background and keeps its events, without the heartbeats."""

    url: str
    last_event_id: str | None = None
    events: list[Event] = field(default_factory=list)
    _task: asyncio.Task[None] | None = None
    _connected: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._read())
        await asyncio.wait(
            (self._task, asyncio.create_task(self._connected.wait())),
            return_when=asyncio.FIRST_COMPLETED,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def of(self, name: str) -> list[Event]:
        """Returns the events of one name."""
        return [event for event in self.events if event.name == name]

    async def _read(self) -> None:
        headers = {"Last-Event-ID": self.last_event_id} if self.last_event_id else {}
        async with (
            httpx.AsyncClient(timeout=30.0) as client,
            client.stream("GET", self.url, headers=headers) as response,
        ):
            response.raise_for_status()
            self._connected.set()
            fields: dict[str, str] = {}
            async for line in response.aiter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif fields.get("event", "beat") != "beat":
                    self.events.append(
                        Event(fields.get("id", ""), fields["event"], json.loads(fields["data"]))
                    )
                    fields = {}
                else:
                    fields = {}
