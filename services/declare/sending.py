"""Sending: what is declared goes to Kafka, and the log says what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from election.text.doubts import not_counted
from schemas.events import Event
from services.audit.councils import CouncilsInTheLog
from services.declare.numbering import other_revision
from services.declare.plan import plan
from services.declare.planned import Planned, set_aside, told
from services.declare.round_trip import round_trip
from services.following.step import Step
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
    found = list(planned)
    events = [planned[place].event for place in places]
    async for number, step in round_trip(settings, log, events, client_id="livecount-declare"):
        place = places[number]
        found[place] = _became(planned[place], step)
    return tuple(found)


def _became(planned: Planned, step: Step) -> Planned:
    """Returns what became of an event that was sent."""
    after, reason = step.after, step.why_aside
    if after is None:
        return Planned(planned.event, "set aside", f"{planned.event.council}: {reason}")
    if step.effects is None:
        hint = "" if planned.outcome == "set aside" else f"\n{_MEANWHILE}"
        return set_aside(planned.event, after, f"{reason}{hint}")
    event = planned.event
    if not step.changed:
        later, aside = other_revision(event, after), not_counted(event, after)
        if later:
            what = f"revision: {event.revision}, but revision {later} came first; {_MEANWHILE}"
            return set_aside(event, after, what)
        if aside is not None:
            return set_aside(event, after, ": ".join(aside))
    return told(event, step.before, after, step.effects)
