"""Deliveries that cannot be true: recorded before their alert was there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from schemas.delivery import Delivery
from services.audit.difference import Difference
from services.platform.topic_log import Log

CLOCKS_DIFFER_MAX_MS = 1_000
"""How far the clocks of two brokers are apart at most; brokers that keep time differ by
milliseconds. Each topic's time stamps are its broker's own."""


async def recorded_ms(log: Log) -> dict[tuple[str, str], int]:
    """Returns when Kafka took each record that keeps an alert from being sent again.

    By channel and alert, in milliseconds since 1970. What cannot be read is left out, as the
    notifier leaves it out. Raises KafkaUnavailableError.
    """
    topic = log.topics.deliveries
    found: dict[tuple[str, str], int] = {}
    async for record in log.read(topic, await log.ends(topic)):
        try:
            delivery = Delivery.model_validate_json(record.value or b"")
        except ValidationError:
            continue
        place = (delivery.channel, delivery.alert_id)
        if delivery.status == "withheld":
            found.pop(place, None)
        else:
            found[place] = record.timestamp
    return found


def early_deliveries(
    recorded: Mapping[tuple[str, str], int], alerts: Mapping[str, int]
) -> Iterator[Difference]:
    """Yields every record that was there before its alert was: nobody was told that alert.

    `alerts` are the alerts on the topic and when Kafka took each first, in milliseconds since
    1970. Records of ward results and rejects are not compared.
    """
    for (channel, alert_id), at_ms in sorted(recorded.items()):
        if at_ms + CLOCKS_DIFFER_MAX_MS < alerts.get(alert_id, 0):
            why = f"channel {channel} has it as done with before it was published; it was not told"
            yield Difference("delivery", alert_id, why)
