"""Senders of declarations: over HTTP, through the producer, and programs that send anything."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from random import Random
from typing import NamedTuple

import httpx
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.envelope import content_id
from schemas.events import Event, encode_event
from schemas.source import DEFAULT_SOURCE
from services.intake.message import prepare
from services.intake.producer import DeclarationProducer
from services.platform import kafka
from services.platform.errors import KafkaUnavailableError
from services.platform.names import Topics
from services.platform.settings import Settings
from tests.chaos.parcel import Parcel

HTTP_FRACTION = 0.2
HTTP_FRACTION_OF_SOURCES = 0.7
"""Sources have keys and post. The rest stands for other intakes, whose requests nobody counts."""

GROUP_MAX = 20
PAUSE_S = 0.3
POST_TIMEOUT_S = 30.0
RAW_MAX_BYTES = 2 * kafka.MESSAGE_MAX_BYTES
"""Other programs do not respect the limit of a declaration."""


class Acknowledged(NamedTuple):
    """A message that was acknowledged: its place, and a digest of its bytes."""

    partition: int
    offset: int
    digest: str


def digest(value: bytes | None) -> str:
    """Returns a digest of a message's value; None has one, too."""
    return "none" if value is None else blake2b(value, digest_size=16).hexdigest()


def raw_producer(settings: Settings) -> AIOKafkaProducer:
    """Returns a producer as another program may have it, which sends anything. Not started."""
    return AIOKafkaProducer(
        **kafka.connection(settings),
        acks="all",
        enable_idempotence=True,
        max_request_size=RAW_MAX_BYTES,
    )


def _as_sent(event: Event) -> bytes:
    """Returns an event as its source sends it: without what intake writes from the key."""
    stamps = {"source_id", "trust"} & type(event).model_fields.keys()
    return encode_event(event.model_copy(update=dict.fromkeys(stamps)))


class Senders:
    """Send parcels in order at a given rate, and repeat what is not acknowledged, as clients do.

    Each source posts under its own of the `tokens`. What each says in a group is sent together, so
    that sources overtake one another by a little.

    What is in `acknowledged` may never be lost. `ends` is the offset after the last of it in
    each partition.
    """

    def __init__(
        self, settings: Settings, intake: str, chance: Random, tokens: Mapping[str, str]
    ) -> None:
        self.acknowledged: list[Acknowledged] = []
        self.ends: dict[int, int] = defaultdict(int)
        self.repeated = 0
        self.sent = 0
        self._settings = settings
        self._topic = Topics(settings.namespace).declarations
        self._intake = intake
        self._chance = chance
        self._tokens = tokens
        self._producer: DeclarationProducer | None = None

    async def send(
        self, parcels: Sequence[Parcel], rate: float, allowed: Callable[[], float]
    ) -> None:
        """Sends everything, in groups of up to GROUP_MAX, at no more than a rate a second.

        `allowed` returns which fraction of them may have been sent by now. What is beyond it is
        sent one by one: a night is never still, and a process that is to die at some point of its
        work has to have some.
        """
        place = 0
        async with httpx.AsyncClient(timeout=POST_TIMEOUT_S) as self._client:
            while place < len(parcels):
                is_ahead = place > len(parcels) * allowed()
                size = 1 if is_ahead else self._chance.randint(1, GROUP_MAX)
                group = list(parcels[place : place + size])
                pause = asyncio.create_task(
                    asyncio.sleep(PAUSE_S if is_ahead else len(group) / rate)
                )
                await self._send_group(group)
                place += len(group)
                self.sent = place
                await pause
        if self._producer is not None:
            await self._producer.stop()

    async def _send_group(self, group: list[Parcel]) -> None:
        of_source: dict[tuple[str, bool], list[Parcel]] = {}
        for parcel in group:
            if parcel.event is None:
                await self._persist(self._raw, [parcel])
            else:
                of_source.setdefault((parcel.source, parcel.may_post), []).append(parcel)
        for (source, may_post), parcels in of_source.items():
            fraction = HTTP_FRACTION if source == DEFAULT_SOURCE else HTTP_FRACTION_OF_SOURCES
            posts = may_post and self._chance.random() < fraction
            await self._persist(self._post if posts else self._publish, parcels)

    async def _persist(self, way: object, parcels: list[Parcel]) -> None:
        while not await way(parcels):  # type: ignore[operator] # one of the methods below
            self.repeated += len(parcels)
            await asyncio.sleep(PAUSE_S)

    async def _post(self, parcels: list[Parcel]) -> bool:
        """Posts events of one source under its key; returns whether they were acknowledged."""
        lines = b"\n".join(_as_sent(parcel.event) for parcel in parcels if parcel.event)
        headers = {
            "content-type": "application/x-ndjson",
            "idempotency-key": content_id(lines),
            "authorization": f"Bearer {self._tokens[parcels[0].source]}",
        }
        try:
            answer = await self._client.post(
                f"{self._intake}/v1/declarations", content=lines, headers=headers
            )
        except httpx.HTTPError:
            return False
        if answer.status_code != httpx.codes.ACCEPTED:
            assert answer.status_code in {503, 500}, answer.text
            return False
        for parcel, stands in zip(parcels, answer.json()["declarations"], strict=True):
            self._note(stands["partition"], stands["offset"], parcel.value)
        return True

    async def _publish(self, parcels: list[Parcel]) -> bool:
        """Sends events through the producer; replaces one that failed, as a restart would."""
        try:
            if self._producer is None:
                self._producer = DeclarationProducer(self._settings, client_id="chaos")
                await self._producer.start()
            messages = [
                prepare(each.event, self._settings.namespace) for each in parcels if each.event
            ]
            stands = await self._producer.send_all(messages)
        except KafkaUnavailableError:
            failed, self._producer = self._producer, None
            if failed is not None:
                with contextlib.suppress(KafkaError, TimeoutError):
                    await asyncio.wait_for(failed.stop(), PAUSE_S)
            return False
        for parcel, place in zip(parcels, stands, strict=True):
            self._note(place.partition, place.offset, parcel.value)
        return True

    async def _raw(self, parcels: list[Parcel]) -> bool:
        """Sends bytes as another program would."""
        (parcel,) = parcels
        producer = raw_producer(self._settings)
        try:
            async with asyncio.timeout(POST_TIMEOUT_S):
                await producer.start()
                stands = await producer.send_and_wait(
                    self._topic, parcel.value, key=parcel.key, headers=parcel.headers
                )
        except (KafkaError, TimeoutError):
            return False
        finally:
            with contextlib.suppress(KafkaError, TimeoutError):
                await asyncio.wait_for(producer.stop(), 2)
        self._note(stands.partition, stands.offset, parcel.value)
        return True

    def _note(self, partition: int, offset: int, value: bytes | None) -> None:
        self.acknowledged.append(Acknowledged(partition, offset, digest(value)))
        self.ends[partition] = max(self.ends[partition], offset + 1)
