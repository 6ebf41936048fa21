"""Round trip: events sent to Kafka, and read in the log again with what became of each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from schemas.events import Event
from services.audit.councils import CouncilsInTheLog
from services.following.step import Step
from services.intake.message import prepare
from services.intake.producer import DeclarationProducer
from services.platform.errors import KafkaUnavailableError
from services.platform.settings import Settings


async def round_trip(
    settings: Settings, log: CouncilsInTheLog, events: Sequence[Event], *, client_id: str
) -> AsyncIterator[tuple[int, Step]]:
    """Sends events, and yields the place of each among them with what became of it in the log.

    `log` has been read. Others may have written since: what came first counts. Raises
    KafkaUnavailableError, which says whether anything was sent, and TooLargeError and ModeError
    before anything is sent.
    """
    for event in events:
        prepare(event, settings.namespace)
    async with DeclarationProducer(settings, client_id=client_id) as producer:
        acknowledged = await producer.publish_all(events)
    places = {tuple(at): place for place, at in enumerate(acknowledged)}
    ends: dict[int, int] = {}
    for partition, offset in acknowledged:
        ends[partition] = max(ends.get(partition, 0), offset + 1)
    try:
        async for step in log.read_on(ends):
            record = step.record
            place = places.get((record.partition, record.offset))
            if place is not None:
                yield place, step
    except KafkaUnavailableError as error:
        raise KafkaUnavailableError(
            f"{error}; everything was sent, but what became of it is not known: send the same"
            " again, a repeat changes nothing"
        ) from error
