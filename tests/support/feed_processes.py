"""Feeds as processes at a real intake, and what is then in the log."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from election.council import Council
from election.fold import apply
from schemas.alert import Alert
from schemas.events import Event, ballot_of, decode_event
from schemas.ward import WardDeclared
from services.intake.producer import DeclarationProducer
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from tests.support.intake_log import log
from tests.support.keys import added

Process = Callable[..., Any]

SOURCES = {
    "agency": "final",
    "pa": "final",
    "stringer": "single",
    "democracy-club": "single",
    "councils": "single",
    "volunteers": "second",
}
"""The sources that have a key, and their trust."""


class Counted(NamedTuple):
    """A log counted by the rules: its councils, its alerts, and the words of sources in it."""

    councils: dict[str, Council]
    alerts: list[Alert]
    words: list[Event]


def fold(events: Iterable[Event]) -> Counted:
    found = Counted({}, [], [])
    for event in events:
        council, effects = apply(event, found.councils.get(event.council))
        found.councils[event.council] = council
        found.alerts.extend(effects.alerts)
        found.words.append(event)
    return found


def without_repeats(words: Iterable[Event]) -> list[Event]:
    """Returns words without those that their source had said already and not changed since."""
    said: dict[tuple[object, str], Event] = {}
    found = []
    for event in words:
        subject = (getattr(event, "source_id", None), ballot_of(event) or event.council)
        if said.get(subject) != event:
            found.append(event)
        said[subject] = event
    return found


class Feeding:
    """An intake with keys, and feeds of it."""

    def __init__(self, settings: Settings, process: Process, folder: Path) -> None:
        self.settings = settings
        self.keys = folder / "keys.toml"
        self._process = process
        self._folder = folder
        (port,) = free_ports(1, random.SystemRandom())
        self.address = f"http://127.0.0.1:{port}"
        self.tokens = {name: added(self.keys, name, trust=trust) for name, trust in SOURCES.items()}
        self.intake_port = port
        self.intake: Any = None
        self.client = httpx.AsyncClient(base_url=self.address, trust_env=False, timeout=60.0)

    def start_intake(self) -> None:
        self.intake = self._process(
            "intake", "run", intake_port=str(self.intake_port), keys_file=str(self.keys)
        )

    async def is_ready(self) -> bool:
        assert self.intake.process.poll() is None, self.intake.written()
        try:
            return (await self.client.get("/health/ready")).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    async def open(self, openings: Iterable[Event]) -> None:
        async with DeclarationProducer(self.settings) as producer:
            await producer.publish_all([*openings])

    def feed(self, source: str, *arguments: str, **further: str) -> Any:
        """Starts a feed under the key of a source."""
        given = {
            "feed_intake_url": self.address,
            "feed_token": self.tokens[source],
            "feed_every_s": "1",
            "fetch_contact": "desk@newsroom.example",
        }
        return self._process("feed", *arguments, **given | further)

    async def post(self, source: str, events: Iterable[Event]) -> None:
        """Declares events under the key of a source."""
        body = b"\n".join(each.model_dump_json(exclude_none=True).encode() for each in events)
        answer = await self.client.post(
            "/v1/declarations",
            content=body,
            headers={
                "content-type": "application/x-ndjson",
                "authorization": f"Bearer {self.tokens[source]}",
            },
        )
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text

    async def said_by(self, source: str) -> list[Event]:
        """Returns what the log has of a source, partition by partition."""
        words = [decode_event(record.value) for record in await log(self.settings)]
        return [each for each in words if getattr(each, "source_id", None) == source]

    async def counted(self) -> Counted:
        """Returns the whole log counted by the rules."""
        return fold([decode_event(record.value) for record in await log(self.settings)])

    async def figures_of(self, source: str, ballot: str) -> list[dict[str, int | None]]:
        """Returns what the log has of a source and a ballot, in its order."""
        return [
            {each.candidate: each.votes for each in event.candidates}
            for event in await self.said_by(source)
            if isinstance(event, WardDeclared) and event.ballot_paper_id == ballot
        ]
