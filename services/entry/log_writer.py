"""Log writer: sends an event of this service to the log, and reads it there again."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, NamedTuple

from schemas.events import Event
from services.entry.entry_audit import SOURCE, Sent
from services.following.followed_councils import FollowedCouncils
from services.following.step import Step
from services.intake.message import prepare
from services.intake.producer import Acknowledgement, DeclarationProducer
from services.platform.failpoints import failpoint

READ_TIMEOUT_S: Final = 10.0
"""How long it may take to read an event again that Kafka has acknowledged: some milliseconds, and a
new leader takes seconds."""

STEPS_MAX: Final = 256
"""Events of this service kept until whoever sent them asks what came of them, which is at once."""


class Steps:
    """What the latest events of this service in the log led to, by their places."""

    def __init__(self) -> None:
        self._steps: OrderedDict[tuple[int, int], Step] = OrderedDict()

    def hear(self, step: Step) -> None:
        """Keeps what a record led to, if it is of this service."""
        if ("ce_source", SOURCE.encode()) in step.record.headers:
            self._steps[step.record.partition, step.record.offset] = step
            if len(self._steps) > STEPS_MAX:
                self._steps.popitem(last=False)

    def at(self, partition: int, offset: int) -> Step | None:
        """Returns what the event at a place led to, if it is known."""
        return self._steps.get((partition, offset))


class Written(NamedTuple):
    """An event in the log, and what it led to; None if it could not be read again in time."""

    sent: Sent
    step: Step | None


class LogWriter:
    """Writes events, and reads on to each. Equal events have one id, so that a repeat is one."""

    def __init__(
        self, councils: FollowedCouncils, steps: Steps, producer: DeclarationProducer
    ) -> None:
        self._councils = councils
        self._steps = steps
        self._producer = producer

    async def write(self, event: Event) -> Written:
        """Returns an event's place in the log and what it led to, once Kafka has acknowledged it.

        Waits for READ_TIMEOUT_S at most to read it again. Raises KafkaUnavailableError if Kafka
        does not acknowledge it; it may be in the log nevertheless.
        """
        message = prepare(event, self._producer.namespace, source=SOURCE)
        failpoint("before_entry_is_sent")
        (place,) = await self._producer.send_all([message])
        failpoint("after_entry_is_acknowledged")
        step = await self.read(place, READ_TIMEOUT_S)
        failpoint("after_entry_is_read")
        return Written(Sent(message.id, place), step)

    async def read(self, place: Acknowledgement, timeout_s: float) -> Step | None:
        """Returns what an event of this service at a place led to, if it is recent.

        None if this process could not read the log so far in time.
        """
        is_read = await self._councils.until_read(*place, timeout_s=timeout_s)
        return self._steps.at(*place) if is_read else None
