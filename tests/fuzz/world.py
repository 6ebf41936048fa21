"""One world: an event that was taken goes through everything that livecount does with it."""

from __future__ import annotations

import contextlib
import io
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

from aiokafka.structs import ConsumerRecord

from election.snapshot import load
from schemas.alert import Alert
from schemas.delivery import Delivery
from schemas.envelope import Envelope
from schemas.events import source_of
from schemas.reject import Reject
from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals
from services.aggregator.changes import Changes, EncodedChange
from services.aggregator.council_cache import NEW_COUNCIL, CachedCouncil, CouncilCache
from services.aggregator.decode import decode
from services.aggregator.folding import fold
from services.aggregator.steps import STEPS
from services.audit.difference import council_differences
from services.audit.printing import print_provenance
from services.audit.provenance import Entry as AuditEntry
from services.audit.provenance import Provenance
from services.audit.recount import NOTHING, Recount
from services.following.decode import effective_time, logged_at
from services.following.step import Step
from services.intake.message import Message
from services.notifier.channels import Channel
from services.notifier.notice import Notice, of_alert, of_ward
from services.notifier.reject_notice import of_reject
from services.notifier.routing import decide, may_concern
from services.notifier.senders.message_text import compose, marked_line
from services.platform.kafka import MESSAGE_MAX_BYTES
from services.platform.names import Topics
from services.platform.partitioner import partition_of
from services.platform.settings import Settings
from tests.fuzz.failure import Failure, FuzzError, check, step
from tests.fuzz.memory_store import MemoryStore
from tests.fuzz.readers import Readers

NAMESPACE = "fuzz"
PARTITIONS = 8
HISTORY = 8
"""Events of a council that a failure names."""

FRAMING_BYTES = 1_024
"""Room for key, headers and framing of a message."""

RESTARTED = 0.03
"""How often a council is taken from its stored state, as after a restart."""

AUDITED = 0.1
"""How often a council is printed and compared with the log, which takes a while."""

LENGTHS = ((0, 160), (0, 2_000), (250, 32_768))
"""Characters of title and body that services take: text messages, chats, mail."""

NOW = datetime(2026, 5, 7, 22, tzinfo=UTC)

CHANNELS = (
    Channel(name="all", url="console://", rehearsal=True),
    Channel(name="ward", url="console://", rehearsal=True, wards=("ash",), within_seats=3),
    Channel(name="party", url="console://", parties=("PP53",), kinds=("declared", "rejected")),
)


class World:
    """Councils of one namespace, from the log to the reader. Use it inside an event loop."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.store = MemoryStore()
        settings = Settings(namespace=NAMESPACE)
        self.readers = Readers(self.store, settings, chance)
        self._councils = CouncilCache()
        self._recount = Recount(PARTITIONS)
        self._offsets: Counter[int] = Counter()
        self._history: defaultdict[str, list[bytes]] = defaultdict(list)
        self.outcomes: Counter[str] = Counter()
        self.largest: Counter[str] = Counter()

    async def take(self, messages: Sequence[Message]) -> None:
        """Takes a batch through everything. Raises FuzzError if anything fails."""
        try:
            await self._take(messages)
        except FuzzError as error:
            councils = {message.key.decode() for message in messages}
            events = [each for name in councils for each in self._history[name]]
            failure = error.failure._replace(events=tuple(each.decode() for each in events))
            raise FuzzError(failure) from error

    async def _take(self, messages: Sequence[Message]) -> None:
        records = [self._record(message) for message in messages]
        changes = await self._folded(records)
        for change in changes:
            with step("outputs"):
                self._check_outputs(change)
            entries = self.store.commit(change)
            unreadable = [entry for entry in entries if entry.kind == "unreadable"]
            check("feed", holds=not unreadable, what=f"cannot be read: {unreadable[:1]}")
            if entries:
                await self.readers.read(change.council, entries)
            with step("notifier"):
                self._notify(change)
        with step("audit"):
            for audited in [self._recount.add(record) for record in records]:
                self._audit(audited)

    def _record(self, message: Message) -> ConsumerRecord[bytes, bytes]:
        council = message.key.decode()
        partition = partition_of(council, PARTITIONS)
        self._history[council] = [*self._history[council][1 - HISTORY :], message.value]
        offset = self._offsets[partition]
        self._offsets[partition] += 1
        self.largest["event"] = max(self.largest["event"], len(message.value))
        return ConsumerRecord(
            topic=Topics(NAMESPACE).declarations,
            partition=partition,
            offset=offset,
            timestamp=1_778_185_800_000 + offset,
            timestamp_type=0,
            key=message.key,
            value=message.value,
            checksum=None,
            serialized_key_size=len(message.key),
            serialized_value_size=len(message.value),
            headers=tuple(message.headers),
        )

    async def _folded(self, records: Sequence[Any]) -> list[EncodedChange]:
        """Decodes and folds as the aggregator does; returns what it would publish and store."""
        logged = []
        for record in records:
            with step("decode"):
                found = decode(record, PARTITIONS)
            if isinstance(found, Reject):
                raise FuzzError(Failure("decode", f"{found.reason}: {found.detail}", ""))
            logged.append(found)
        for council in self._councils.missing(each.event.council for each in logged):
            self._councils.put(council, NEW_COUNCIL)
        councils = self._councils.snapshot(each.event.council for each in logged)
        with step("fold"):
            parts = [part async for part in fold(logged, councils, STEPS)]
        rejects = [reject for part in parts for reject in part.rejects]
        for reject in rejects:
            self._reject(reject)
        self.outcomes["rejected"] += len(rejects)
        self.outcomes["taken"] += len(logged) - len(rejects)
        changes = Changes.merged(part.changes for part in parts)
        with step("encode"):
            encoded = changes.encoded()
            for name, change in changes.items():
                if change.council.count is not None and not any(
                    each.council == name and each.totals for each in encoded
                ):
                    raise ValueError(f"nothing is published of {name}")
        for council, cached in changes.updated_councils():
            self._councils.put(council, cached)
        return encoded

    def _reject(self, reject: Reject) -> None:
        """Looks at a reject, which may only be of facts that contradict others."""
        sound = reject.reason in {"conflict", "contradiction", "held", "parked"}
        check("fold", holds=sound, what=f"{reject.reason}: {reject.detail}")
        with step("reject"):
            read = Reject.model_validate_json(reject.model_dump_json())
            _say(of_reject(read, "rehearsal"), None)

    def _check_outputs(self, change: EncodedChange) -> None:
        sizes = {
            "totals": [len(change.totals or b"")],
            "ward": [len(ward) for _, ward in change.wards],
            "alert": [len(alert.json) for alert in change.alerts],
            "state": [len(change.state)],
        }
        for name, found in sizes.items():
            self.largest[name] = max(self.largest[name], *found, 0)
            if name != "state" and max(found, default=0) > MESSAGE_MAX_BYTES - FRAMING_BYTES:
                raise FuzzError(Failure("size", f"{name}: too large for Kafka", ""))
        council = self._councils.snapshot([change.council])[change.council].council
        loaded = load(change.state)
        check("state", holds=loaded == council, what=f"{change.council} is another when loaded")
        if self._chance.random() < RESTARTED:
            self._councils.put(change.council, CachedCouncil(loaded, change.offset))

    def _notify(self, change: EncodedChange) -> None:
        totals = change.totals and CouncilTotals.model_validate_json(change.totals)
        for _, alert, _ in change.alerts:
            self.outcomes["alerts"] += 1
            _say(of_alert(Alert.model_validate_json(alert)), totals or None)
        for _, ward in change.wards:
            found = WardTotals.model_validate_json(ward) if ward else None
            if found and totals and found.status == "declared":
                _say(of_ward(found, totals), totals)

    def _audit(self, audited: Step) -> None:
        event = audited.event
        check("audit", holds=event is not None, what="does not decode what the aggregator does")
        if event is None or self._chance.random() > AUDITED:
            return
        self.compare(event.council)
        entry = AuditEntry(
            type=event.type,
            ballot="",
            revision=event.revision,
            status="counts",
            source=source_of(event),
            partition=audited.record.partition,
            offset=audited.record.offset,
            happened_at=effective_time(event, audited.record),
            logged_at=logged_at(audited.record),
            detail=audited.rejection.detail if audited.rejection else "",
            alerts=audited.effects.alerts if audited.effects else (),
        )
        council = self._recount.councils.get(event.council, NOTHING).council
        with contextlib.redirect_stdout(io.StringIO()):
            print_provenance(Provenance(event.council, council, (entry,)))

    def compare(self, council: str) -> None:
        """Raises FuzzError if what is stored of a council is not what the log leads to."""
        expected = self._recount.councils.get(council, NOTHING)
        found = list(council_differences(council, expected, self.store.councils.get(council)))
        check("audit", holds=not found, what=f"differs: {'; '.join(map(str, found[:3]))}")

    def compare_all(self) -> None:
        """Compares every council."""
        for council in self._recount.councils:
            with step("audit"):
                self.compare(council)


def _say(notice: Notice, totals: CouncilTotals | None) -> None:
    """Does with a notice what the notifier does before it is sent."""
    for channel in CHANNELS:
        may_concern(notice, channel, totals)
        for retracted in (None, "sent", "withheld"):
            decide(notice, channel, retracted)  # type: ignore[arg-type] # one of the statuses
    for title_max, body_max in LENGTHS:
        for notices in ([notice], [notice, notice]):
            text = compose(notices, title_max, body_max, "https://count.example")
            if len(text.title) > title_max or len(text.body) > body_max:
                raise ValueError(f"a message of {len(text.body)} characters; {body_max} are taken")
    Envelope(id=notice.id, source="/fuzz", type=notice.type, time=notice.time).headers()
    Delivery(
        alert_id=notice.id,
        channel=CHANNELS[0].name,
        status="sent",
        council=notice.council or None,
        text=marked_line(notice),
        attempts=1,
        at=NOW,
    )
