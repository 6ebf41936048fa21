"""From a request's headers and body to the messages that Kafka is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import unquote

from pydantic import ValidationError

from schemas.envelope import message_type
from schemas.refusal import REFUSALS_MAX, Refusal, refusal_of, refusals, shorten
from schemas.visible import beyond_ascii_in
from services.intake.message import SOURCE, Message, TooLargeError, prepare
from services.intake.parsing import RefusedError, parse
from services.intake.poll import PollError, check_poll
from services.platform.mode import ModeError

ATTRIBUTE_CHARACTERS_MAX = 300
"""The longest id or source of a client, as in the envelope of a message."""


def messages(body: bytes, headers: Mapping[str, str], namespace: str, today: date) -> list[Message]:
    """Returns the messages of a request; raises RefusedError if anything in it is wrong.

    `headers` are looked up by their names in lower case.
    """
    events = parse(body, headers.get("content-type", ""))
    given = client_id(headers)
    time = _time(headers)
    source = _checked("ce-source", unquote(headers.get("ce-source", SOURCE)))
    stated_type = headers.get("ce-type")
    found: list[Refusal] = []
    prepared: list[Message] = []
    for number, event in enumerate(events, 1):
        prefix = f"[{number - 1}]." if len(events) > 1 else ""
        identifier = given if given is None or len(events) == 1 else f"{given}/{number}"
        if stated_type is not None and stated_type != message_type(event.type):
            found.append(
                Refusal("ce-type", shorten(stated_type), f"send {message_type(event.type)}")
            )
        try:
            check_poll(event.council, namespace, today)
            prepared.append(prepare(event, namespace, id=identifier, time=time, source=source))
        except ValidationError as error:
            found += [
                Refusal(f"ce-{each.field}", each.value, each.remedy) for each in refusals(error)
            ]
        except (ModeError, PollError, TooLargeError) as error:
            refusal = refusal_of(error)
            found.append(Refusal(prefix + refusal.field, refusal.value, refusal.remedy))
        if len(found) >= REFUSALS_MAX:
            break
    if found:
        raise RefusedError(found[:REFUSALS_MAX])
    return prepared


def client_id(headers: Mapping[str, str]) -> str | None:
    """Returns the id that the client chose, from `Idempotency-Key` or CloudEvents' `ce-id`."""
    key = headers.get("idempotency-key")
    event_id = headers.get("ce-id")
    chosen = None if key is None else _checked("Idempotency-Key", key)
    if event_id is None:
        return chosen
    # CloudEvents' HTTP binding, section 3.1.3.2, percent-encodes header values.
    identifier = _checked("ce-id", unquote(event_id))
    if chosen is not None and key != event_id:
        remedy = f"send the Idempotency-Key {shorten(key)}"
        raise RefusedError([Refusal("ce-id", shorten(event_id), remedy)])
    return identifier


def _checked(header: str, value: str) -> str:
    """Returns a header's value, which is shown wherever the message is.

    Raises RefusedError unless it is printable ASCII of 1 to ATTRIBUTE_CHARACTERS_MAX characters.
    """
    if not value.strip():
        remedy = "empty; give it a value, or leave the header out"
    elif len(value) > ATTRIBUTE_CHARACTERS_MAX:
        remedy = f"{len(value)} characters; send at most {ATTRIBUTE_CHARACTERS_MAX}"
    elif wrong := beyond_ascii_in(value):
        remedy = wrong
    else:
        return value
    raise RefusedError([Refusal(header, shorten(value), remedy)])


def _time(headers: Mapping[str, str]) -> datetime | None:
    given = headers.get("ce-time")
    try:
        time = datetime.fromisoformat(given) if given else None
    except ValueError:
        time = None
    if given and (time is None or time.tzinfo is None):
        remedy = "send a time such as 2014-05-23T05:10:00+01:00"
        raise RefusedError([Refusal("ce-time", shorten(given), remedy)])
    return time
