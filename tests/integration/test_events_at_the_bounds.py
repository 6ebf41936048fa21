"""Events at the bounds of the schemas through the real services, and sound ones beside them."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from election.council import Council
from election.fold import apply
from schemas.events import decode_event
from schemas.ids import election_of
from schemas.reject import Reject
from services.intake.message import Message
from services.platform.names import Topics
from services.platform.settings import Settings
from tests.fuzz.door import accepted
from tests.fuzz.events import POLLS, Events
from tests.fuzz.readers import COUNCIL_PATHS, WARD_PATH, frames, read_body
from tests.support.aggregator_night import expected, night, stored
from tests.support.notifier_receivers import Receiver
from tests.support.services_night import LONG_S, Services
from tests.support.topics import messages

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]

HOSTILE = 3_000
GROUP_MAX = 20
SEED = os.environ.get("FUZZ_SEED", "20140522")
"""Other events are sent with FUZZ_SEED=…"""

READ_PATHS = tuple(path for path in COUNCIL_PATHS if "{at}" not in path)

CHANNELS = """
[[channels]]
name = "desk"
webhook = "{url}"
rehearsal = true

[[channels]]
name = "everything"
url = "console://"
rehearsal = true
within_seats = 1000
kinds = ["control", "incumbent_out", "decider", "knife_edge", "recount", "postponed",
    "notable_beaten", "declared", "rejected"]
"""


class Night:
    """Hostile events of a seed with sound ones among them, and what the rules make of both."""

    def __init__(self, seed: str, namespace: str) -> None:
        self._chance = Random(f"services {seed}")
        self._namespace = namespace
        facts = night(self._chance.randrange(2**32), councils=8, wards=5)
        sound = [accepted(fact.model_dump(mode="json"), namespace) for fact in facts]
        # As intake takes them: it names parties by the register.
        self.sound: list[Any] = [event for event, _ in sound]
        drawn = Events(f"services {seed}", namespace, sources=False)
        self._messages = [drawn.next()[1] for _ in range(HOSTILE)]
        places = sorted(self._chance.choices(range(HOSTILE), k=len(sound)), reverse=True)
        for place, (_, message) in zip(places, reversed(sound), strict=True):
            self._messages.insert(place, message)

    def groups(self) -> Iterator[list[Message]]:
        """Yields the events in the order in which they are sent, in groups of some."""
        left = self._messages
        while left:
            number = self._chance.randint(1, GROUP_MAX)
            yield left[:number]
            left = left[number:]


class Folded:
    """What a pure fold makes of a log: councils, the reason and bytes of rejects, ids of alerts."""

    def __init__(self, records: list[Any]) -> None:
        self.councils: dict[str, Council] = {}
        self.rejects: dict[tuple[int, int], tuple[str, bytes]] = {}
        self.alerts: set[str] = set()
        for record in records:
            event = decode_event(record.value)
            council, effects = apply(event, self.councils.get(event.council))
            assert effects.failure is None
            self.councils[event.council] = council
            self.alerts |= {alert.id for alert in effects.alerts}
            if effects.rejection is not None:
                reason, _ = effects.rejection
                self.rejects[record.partition, record.offset] = (reason, record.value)

    @property
    def opened(self) -> list[str]:
        return [name for name, council in self.councils.items() if council.opening is not None]


async def rejected(settings: Settings) -> dict[tuple[int, int], tuple[str, bytes]]:
    """Returns the reason and the bytes of each reject by place."""
    found = {}
    for record in await messages(settings, Topics(settings.namespace).rejects):
        reject = Reject.model_validate_json(record.value)
        found[reject.partition, reject.offset] = (reject.reason, reject.value or b"")
    return found


async def listen(client: httpx.AsyncClient, path: str, chunks: list[bytes]) -> None:
    """Reads a stream until it is cancelled; connects again while there is nothing to read yet."""
    while True:
        with contextlib.suppress(httpx.HTTPError):
            async with client.stream("GET", path, timeout=None) as answer:
                if answer.status_code == httpx.codes.OK:
                    async for chunk in answer.aiter_bytes():
                        chunks.append(chunk)  # noqa: PERF401 -- what came before the end counts
        await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def listening(services: Services) -> AsyncIterator[list[list[bytes]]]:
    """Reads the feed and the page of each night; yields what came on each stream."""
    paths = [
        template.format(election=f"local.{poll}")
        for template in ("/v1/stream?election={election}", "/live/{election}?view=night")
        for poll in POLLS
    ]
    streams: list[list[bytes]] = [[] for _ in paths]
    tasks = [
        asyncio.create_task(listen(services.ticker, path, chunks))
        for path, chunks in zip(paths, streams, strict=True)
    ]
    try:
        yield streams
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def read_pages(client: httpx.AsyncClient, council: Council) -> None:
    """Requests every page of a council, and those of listed wards; fails if one is not whole."""
    name = council.council
    paths = [path.format(council=name, election=election_of(name)) for path in READ_PATHS]
    listed = [ballot for ballot, ward in council.wards.items() if ward.contest is not None]
    paths += [WARD_PATH.format(council=name, ballot=quote(ballot)) for ballot in listed[:5]]
    for path in paths:
        answer = await client.get(path)
        assert answer.status_code == 200, (path, answer.text[:500])
        read_body(answer)


def sent_on(stream: bytes) -> list[bytes]:
    """Returns what a stream, of one connection or several, has sent but the time to reconnect."""
    pieces = stream.removesuffix(b"\n\n").split(b"\n\n")
    return [piece for piece in pieces if not piece.startswith(b"retry: ")]


def assert_whole(stream: bytes) -> None:
    """Fails unless a stream, of one connection or several, is made of events and nothing else."""
    sent = sent_on(stream)
    assert len(sent) > 10
    assert {name for name, _ in frames(b"\n\n".join(sent))} <= {
        *("totals", "ward", "ward_gone", "alert", "change", "whole", "beat", "reset"),
        *("stale", "fresh"),
    }


@pytest.fixture
async def start(
    settings: Settings, process: Process, eventually: Eventually, tmp_path: Path
) -> AsyncIterator[Callable[[str], Awaitable[Services]]]:
    """Starts the services; the notifier sends every alert to an address."""
    started: list[Services] = []

    async def start_all(url: str) -> Services:
        channels = tmp_path / "channels.toml"
        channels.write_text(CHANNELS.format(url=url))
        services = Services(settings, process, eventually, channels)
        started.append(services)
        await services.ready()
        return services

    yield start_all
    for services in started:
        await services.close()


@pytest.mark.timeout(900)
async def test_no_event_ends_a_service_or_costs_a_sound_one(
    settings: Settings,
    process: Process,
    eventually: Eventually,
    start: Callable[[str], Awaitable[Services]],
) -> None:
    """Each is counted or a reject; whatever is sound is counted exactly, said, shown and audited.

    Afterwards a ticker and an aggregator that start anew take everything up.
    """
    hostile = Night(SEED, settings.namespace)
    async with Receiver() as receiver:
        services = await start(receiver.url)
        async with listening(services) as streams:
            for group in hostile.groups():
                await services.declare(group)
            await services.counted()
            assert services.ended == {}
            records = await messages(settings, Topics(settings.namespace).declarations)
            folded = Folded(records)
            await eventually(lambda: folded.alerts <= set(receiver.ids), timeout_s=LONG_S)
            # A page merges what a busy machine has not sent yet; the others are heartbeats.
            await eventually(
                lambda: all(len(sent_on(b"".join(stream))) > 10 for stream in streams),
                timeout_s=LONG_S,
            )

        assert {(each.partition, each.offset): each.value for each in records} == dict(
            services.acknowledged
        )
        assert await rejected(settings) == folded.rejects
        assert {reason for reason, _ in folded.rejects.values()} >= {"conflict", "contradiction"}
        wanted = expected(hostile.sound)
        assert await stored(settings, wanted.totals) == wanted
        assert set(receiver.ids) == folded.alerts
        for stream in streams:
            assert_whole(b"".join(stream))

        for again in (False, True):
            if again:
                await services.restart("aggregator")
                await services.restart("ticker")
            for name in folded.opened:
                await read_pages(services.ticker, folded.councils[name])
        assert services.ended == {}
        assert "left out" not in services.running["ticker"].written()
    audit = process("verify")
    assert await asyncio.to_thread(audit.process.wait, LONG_S) == 0, audit.written()
    assert f"0 differences; {len(records)} declarations" in audit.written()
