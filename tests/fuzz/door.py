"""Intake's door: an event as it is drawn, to the message that Kafka is sent."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from schemas.events import Event, decode_event
from services.access.holder import DEFAULT, Holder
from services.intake.message import Message
from services.intake.parsing import RefusedError
from services.intake.request import messages
from tests.fuzz.failure import step

TODAY = date(2026, 5, 8)
"""The day on which intake takes the events."""

HEADERS = {"content-type": "application/json"}


class RefusedEventError(Exception):
    """Intake refuses an event. `reason` is the field and what intake says of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def accepted(given: dict[str, Any], namespace: str) -> tuple[Event, Message]:
    """Returns an event as it is and as a message, if intake takes it.

    What is drawn of its source becomes the key that it is sent with.

    Raises RefusedEventError, and FuzzError if intake neither takes nor refuses it.
    """
    drawn = dict(given)
    source, trust = drawn.pop("source_id", None), drawn.pop("trust", None)
    # Openings and notices of a key without the last word are refused, which is no use here.
    is_result = str(drawn.get("type")).endswith("declared")
    if drawn.get("figure"):
        drawn["figure"] = {**drawn["figure"], "source_id": None, "trust": None}
    trust = trust if is_result and trust else "final"
    holder = Holder(source, trust, "desk") if source else DEFAULT
    body = json.dumps(drawn).encode()
    with step("door"):
        try:
            (message,) = messages(body, HEADERS, namespace, TODAY, holder=holder)
            return decode_event(message.value), message
        except RefusedError as error:
            refused = error.refusals[0]
    field = re.sub(r"\[\d+\]", "", refused.field)
    raise RefusedEventError(f"{field}: {re.sub('[0-9]+', '…', refused.remedy)[:60]}")
