"""The job that every peer does: livecount's own decoding and fold, and the same outputs.

In: declarations from Kafka. Out: every alert and the new totals of every declaration that
changed something; in Redis each changed council with its wards, its state and its offset. In
that order: outputs acknowledged, Redis written, offsets committed. So a peer can be killed
anywhere and started again without loss. A council is loaded from Redis when it is first met.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from benchmarks.librdkafka import librdkafka
from election.council import Council
from election.fold import apply
from election.snapshot import dump, load
from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.envelope import Envelope, Headers, content_id, message_type
from schemas.events import decode_event
from services.platform.kafka import connection
from services.platform.names import Keys, Topics, group
from services.platform.settings import load_settings

BATCH_DECLARATIONS = 500
"""Declarations that a batched peer takes at once: the default of the Java client's poll."""

SETTINGS = load_settings()
TOPICS = Topics(SETTINGS.namespace)
KEYS = Keys(SETTINGS.namespace)
GROUP = group(SETTINGS.namespace, "aggregator")
BROKERS = SETTINGS.kafka_bootstrap_servers
LIBRDKAFKA = librdkafka(SETTINGS)
"""How a client on librdkafka reaches Kafka, with its account."""
AIOKAFKA = connection(SETTINGS)
"""How aiokafka reaches Kafka, with its account."""
REDIS_URL = SETTINGS.redis_url.get_secret_value()


@dataclass(frozen=True, slots=True)
class Output:
    """One message to publish."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers


@dataclass(slots=True)
class Changed:
    """What is to be written to Redis of one council, and its totals as they were last published.

    `state` is that of the council now, if the engine has made it for its own storage.
    """

    council: Council
    offset: int
    ballots: dict[str, None] = field(default_factory=dict)
    published: bytes = b""
    published_version: int = 0
    state: bytes = b""

    def totals(self) -> bytes:
        """Returns the council's totals, calculated once a version; empty before its opening."""
        if self.published_version != self.council.version:
            found = council_totals(self.council)
            self.published = b"" if found is None else found.model_dump_json().encode()
            self.published_version = self.council.version
        return self.published

    def output(self) -> list[Output]:
        """Returns the message with the council's totals; none before its opening."""
        payload = self.totals()
        key, headers = self.council.council.encode(), _headers("totals", content_id(payload))
        return [Output(TOPICS.totals, key, payload, headers)] if payload else []


class Count:
    """Councils in memory, and which of their changes are not in Redis yet.

    `coalesce` leaves out totals that a later declaration of the same batch replaces.
    """

    def __init__(self, *, coalesce: bool = False) -> None:
        self.councils: dict[str, Council | None] = {}
        self.changed: dict[str, Changed] = {}
        self._coalesce = coalesce

    def declaration(self, value: bytes, offset: int) -> list[Output]:
        """Counts one declaration and returns what is to be published: alerts, then totals."""
        event = decode_event(value)
        before = self.councils.get(event.council)
        council, happened = apply(event, before)
        self.councils[event.council] = council
        if not happened.changed:
            return []
        changed = self.changed.get(event.council)
        if changed is None:
            changed = self.changed[event.council] = Changed(council, offset)
        changed.council, changed.offset = council, offset
        changed.ballots.update(dict.fromkeys(happened.ballots))
        key = event.council.encode()
        outputs = [
            Output(
                TOPICS.alerts, key, alert.model_dump_json().encode(), _headers("alert", alert.id)
            )
            for alert in happened.alerts
        ]
        if not self._coalesce:
            outputs += changed.output()
        return outputs

    def latest(self) -> list[Output]:
        """Returns the totals of each changed council, for a batch that coalesces them."""
        return [output for each in self.changed.values() for output in each.output()]

    def missing(self, keys: list[bytes]) -> list[str]:
        """Returns the councils of message keys that have not been looked for in Redis."""
        return [key for key in dict.fromkeys(k.decode() for k in keys) if key not in self.councils]

    def loaded(self, councils: list[str], states: list[bytes | None]) -> None:
        """Adds councils as Redis has them: a state, or None for a new council."""
        for council, state in zip(councils, states, strict=True):
            self.councils[council] = None if state is None else load(state)

    def write(self, pipeline: Any) -> None:
        """Puts all that changed on a Redis pipeline, and forgets that it has."""
        for identifier, changed in self.changed.items():
            write_council(pipeline, identifier, changed)
        self.changed.clear()

    async def prepare(self, redis: AsyncRedis, keys: list[bytes]) -> None:
        """Loads the councils of message keys that are not in memory."""
        missing = self.missing(keys)
        if missing:
            async with redis.pipeline(transaction=False) as pipeline:
                for council in missing:
                    pipeline.hget(KEYS.council(council), "state")
                self.loaded(missing, await pipeline.execute())

    def prepare_now(self, redis: Redis, keys: list[bytes]) -> None:
        """Does the same, blocking."""
        missing = self.missing(keys)
        if missing:
            pipeline = redis.pipeline(transaction=False)
            for council in missing:
                pipeline.hget(KEYS.council(council), "state")
            self.loaded(missing, pipeline.execute())


def write_council(pipeline: Any, identifier: str, changed: Changed) -> None:
    """Puts a council and its changed wards on a Redis pipeline."""
    council, totals = changed.council, changed.totals()
    pipeline.hset(
        KEYS.council(identifier),
        mapping={
            "totals": totals,
            "state": changed.state or dump(council),
            "version": council.version,
            "offset": changed.offset,
        },
    )
    if totals and changed.ballots:
        pipeline.hset(
            KEYS.wards(identifier),
            mapping={
                ballot: ward_totals(council, ballot).model_dump_json().encode()
                for ballot in changed.ballots
            },
        )


def _headers(kind: str, identifier: str) -> Headers:
    return Envelope(id=identifier, source="/bench", type=message_type(kind)).headers()
