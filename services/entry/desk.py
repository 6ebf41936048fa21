"""The desk: ballots as the log has them, and decisions sent to it and read there again."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Final, NamedTuple

from election.council import Council
from election.ward import Ward
from schemas.desk import DeskDecided
from schemas.ids import belongs_to
from services.entry.entry_audit import Actor, EntryAudit, Sent
from services.following.followed_councils import FollowedCouncils
from services.following.step import Step
from services.intake.message import prepare
from services.intake.producer import Acknowledgement, DeclarationProducer
from services.platform.errors import KafkaUnavailableError
from services.platform.metrics import ENTRY_DECIDED_SECONDS, ENTRY_DECISIONS
from services.review.deciding import Outcome, came_of

READ_TIMEOUT_S: Final = 10.0
"""How long it may take to read a decision again that Kafka has acknowledged: some milliseconds,
and a new leader takes seconds."""

TOLD_TIMEOUT_S: Final = 3.0
"""How long a page waits for this process to read a decision that another has read: milliseconds."""

STEPS_MAX: Final = 256
"""Decisions kept until whoever sent them asks what came of them, which is at once."""


class Told(NamedTuple):
    """What came of a decision, for the page that follows it."""

    counts: bool
    lines: tuple[str, ...]


class UnknownBallotError(LookupError):
    """Nothing is known of a ballot."""


class StillReadingError(Exception):
    """The log has not been read to its end since the start."""


class Decisions:
    """What the latest decisions in the log led to, by their places."""

    def __init__(self) -> None:
        self._steps: OrderedDict[tuple[int, int], Step] = OrderedDict()

    def hear(self, step: Step) -> None:
        """Keeps what a record led to, if it is a decision."""
        if isinstance(step.event, DeskDecided):
            self._steps[step.record.partition, step.record.offset] = step
            if len(self._steps) > STEPS_MAX:
                self._steps.popitem(last=False)

    def at(self, partition: int, offset: int) -> Step | None:
        """Returns what the decision at a place led to, if it is known."""
        return self._steps.get((partition, offset))


class Desk:
    """Sends decisions, and says what came of each once the log was read that far."""

    def __init__(
        self,
        councils: FollowedCouncils,
        decisions: Decisions,
        producer: DeclarationProducer,
        audit: EntryAudit,
    ) -> None:
        self._councils = councils
        self._decisions = decisions
        self._producer = producer
        self._audit = audit

    def find(self, ballot: str) -> tuple[Council, Ward]:
        """Returns a ballot as the log has it. Raises UnknownBallotError and StillReadingError."""
        if not self._councils.is_caught_up:
            raise StillReadingError
        for council in self._councils.councils.values():
            ward = council.wards.get(ballot)
            if ward is not None and belongs_to(ballot, council.council):
                return council, ward
        raise UnknownBallotError(ballot)

    async def told(self, ballot: str, by: str, place: Acknowledgement) -> Told | None:
        """Returns what came of a decision at a place of the log, if it is this one's and recent.

        It may have been sent by another process; what is read of ballots then has it as well.
        """
        await self._councils.until_read(*place, timeout_s=TOLD_TIMEOUT_S)
        step = self._decisions.at(*place)
        event = step.event if step is not None else None
        if step is None or not isinstance(event, DeskDecided):
            return None
        if (event.ballot_paper_id, event.by) != (ballot, by):
            return None
        outcome = came_of(event, step)
        return Told(outcome.counts, tuple(outcome.words.splitlines()))

    async def send(self, event: DeskDecided, actor: Actor) -> Acknowledgement:
        """Sends a decision, reads on to it, and returns its place in the log.

        Raises KafkaUnavailableError if Kafka does not acknowledge it, or if it cannot be read
        again; it may be in the log nevertheless.
        """
        began_s = time.perf_counter()
        try:
            outcome, place = await self._round_trip(event, actor)
        except KafkaUnavailableError as error:
            ENTRY_DECISIONS.labels("failed").inc()
            self._audit.failed(actor, event, str(error))
            raise
        ENTRY_DECIDED_SECONDS.observe(time.perf_counter() - began_s)
        ENTRY_DECISIONS.labels("counts" if outcome.counts else "aside").inc()
        return place

    async def _round_trip(
        self, event: DeskDecided, actor: Actor
    ) -> tuple[Outcome, Acknowledgement]:
        message = prepare(event, self._producer.namespace)
        (place,) = await self._producer.send_all([message])
        is_read = await self._councils.until_read(*place, timeout_s=READ_TIMEOUT_S)
        step = self._decisions.at(*place) if is_read else None
        if step is None:
            raise KafkaUnavailableError(
                "the decision is in the log, but what came of it is not known yet: see the ballot"
                " again in a minute, and decide again only if it still waits"
            )
        outcome = came_of(event, step)
        self._audit.decided(actor, event, Sent(message.id, place), outcome.words)
        return outcome, place
