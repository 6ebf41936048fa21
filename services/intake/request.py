"""From a request's headers and body to the messages that Kafka is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from urllib.parse import unquote

from pydantic import ValidationError

from readers.parties_file import shipped_register
from readers.party_register import PartyRegister
from schemas.envelope import message_type
from schemas.events import Event
from schemas.refusal import REFUSALS_MAX, Refusal, refusal_of, refusals, shorten
from schemas.visible import beyond_ascii_in
from services.access.holder import DEFAULT, Holder
from services.access.permission import ForbiddenError, forbidden, stated_source
from services.intake.message import SOURCE, Message, TooLargeError, prepare
from services.intake.parsing import RefusedError, parse
from services.intake.parties import with_known_parties
from services.intake.poll import PollError, check_poll
from services.platform.mode import ModeError

ATTRIBUTE_CHARACTERS_MAX = 300
"""The longest id or source of a client, as in the envelope of a message."""


def messages(  # noqa: PLR0913 -- what intake knows beside the request
    body: bytes,
    headers: Mapping[str, str],
    namespace: str,
    today: date,
    register: PartyRegister | None = None,
    *,
    holder: Holder = DEFAULT,
) -> list[Message]:
    """Returns the messages of a request, with the source and the trust of its holder's key.

    Parties get the ids that `register` has for them, by default the register of the package.
    `headers` are looked up by their names in lower case. Raises RefusedError if anything in it is
    wrong, and ForbiddenError if nothing is, but the key does not allow some of it.
    """
    events = parse(body, headers.get("content-type", ""))
    given = client_id(headers)
    time = _time(headers)
    source = _checked("ce-source", unquote(headers.get("ce-source", SOURCE)))
    found: list[Refusal] = []
    not_allowed: list[Refusal] = []
    prepared: list[Message] = []
    register = register or shipped_register()
    for number, event in enumerate(events, 1):
        prefix = f"[{number - 1}]." if len(events) > 1 else ""
        identifier = given if given is None or len(events) == 1 else f"{given}/{number}"
        found += _other_type(headers, event)
        found += _at(prefix, stated_source(event))
        not_allowed += _at(prefix, forbidden(event, holder))
        try:
            check_poll(event.council, namespace, today)
            known = holder.stamped(with_known_parties(event, register))
            prepared.append(prepare(known, namespace, id=identifier, time=time, source=source))
        except (ValidationError, RefusedError, ModeError, PollError, TooLargeError) as error:
            found += _refusals_of(error, prefix)
        if len(found) >= REFUSALS_MAX:
            break
    if found:
        raise RefusedError(found[:REFUSALS_MAX])
    if not_allowed:
        raise ForbiddenError(not_allowed[:REFUSALS_MAX], events)
    return prepared


def _other_type(headers: Mapping[str, str], event: Event) -> list[Refusal]:
    """Returns a refusal if the request says in a header that an event has another type."""
    stated = headers.get("ce-type")
    if stated is None or stated == message_type(event.type):
        return []
    return [Refusal("ce-type", shorten(stated), f"send {message_type(event.type)}")]


def _refusals_of(error: ValueError, prefix: str) -> list[Refusal]:
    """Returns what an error says is wrong with an event, or with the headers of its request."""
    if isinstance(error, ValidationError):
        return _at("ce-", refusals(error))
    return _at(prefix, error.refusals if isinstance(error, RefusedError) else [refusal_of(error)])


def _at(prefix: str, found: Iterable[Refusal]) -> list[Refusal]:
    """Returns refusals with the place of their event in the request before the field."""
    return [Refusal(prefix + each.field, each.value, each.remedy) for each in found]


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
    if given is None:
        return None
    try:
        time = datetime.fromisoformat(given)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        remedy = "send a time such as 2014-05-23T05:10:00+01:00"
        raise RefusedError([Refusal("ce-time", shorten(given), remedy)])
    return time
