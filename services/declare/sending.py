"""Sending: what is declared goes to Kafka, and the log says what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.events import Event
from services.audit.councils import CouncilsInTheLog, Happened, why_aside
from services.declare.numbering import other_revision
from services.declare.plan import plan
from services.declare.planned import Planned, not_counted, set_aside, told
from services.intake.message import prepare
from services.intake.producer import DeclarationProducer
from services.platform.errors import KafkaUnavailableError
from services.platform.settings import Settings

_MEANWHILE = "somebody else declared at the same time; declare the same again"
"""The remedy if something became of an event that was not planned."""


async def declare_events(
    settings: Settings, events: Sequence[Event], *, number: bool
) -> Sequence[Planned]:
    """Returns what became of events: compared with the log, sent, and found there again.

    `number` is that of `plan`. Raises KafkaUnavailableError, and TooLargeError before anything is
    sent.
    """
    async with CouncilsInTheLog(settings, {event.council for event in events}) as log:
        await log.read_to_end()
        planned = plan(events, log.councils, number=number, rejected=log.rejected)
        return await send(settings, log, planned)


async def send(
    settings: Settings, log: CouncilsInTheLog, planned: Sequence[Planned]
) -> Sequence[Planned]:
    """Sends what is to be sent, and returns all that was planned as the log then has it.

    `log` has been read. Others may have declared since: what came first counts. Raises
    KafkaUnavailableError, and TooLargeError before anything is sent.
    """
    places = [place for place, each in enumerate(planned) if each.is_sent]
    if not places:
        return planned
    for number in places:
        prepare(planned[number].event, settings.namespace)
    async with DeclarationProducer(settings, client_id="livecount-declare") as producer:
        acknowledged = await producer.publish_all(planned[place].event for place in places)
    found = list(planned)
    of_record: dict[tuple[int, int], int] = dict(zip(acknowledged, places, strict=True))
    ends: dict[int, int] = {}
    for partition, offset in acknowledged:
        ends[partition] = max(ends.get(partition, 0), offset + 1)
    try:
        async for happened in log.read_on(ends):
            record = happened.step.record
            place = of_record.get((record.partition, record.offset))
            if place is not None:
                found[place] = _became(planned[place], happened)
    except KafkaUnavailableError as error:
        raise KafkaUnavailableError(
            f"{error}; everything was sent, but what became of it is not known: declare the same"
            " again, a repeat changes nothing"
        ) from error
    return tuple(found)


def _became(planned: Planned, happened: Happened) -> Planned:
    """Returns what became of an event that was sent."""
    step, after = happened
    reason = why_aside(step)
    if after is None:
        return Planned(planned.event, "set aside", f"{planned.event.council}: {reason}")
    if step.effects is None:
        hint = "" if planned.outcome == "set aside" else f"\n{_MEANWHILE}"
        return set_aside(planned.event, after, f"{reason}{hint}")
    event = planned.event
    if not step.changed:
        later, reason = other_revision(event, after), not_counted(event, after)
        if later:
            what = f"revision: {event.revision}, but revision {later} came first; {_MEANWHILE}"
            return set_aside(event, after, what)
        if reason:
            return set_aside(event, after, f"parked: {reason}")
    return told(event, step.before.council, after, step.effects)
