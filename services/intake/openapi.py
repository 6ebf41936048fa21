"""Intake's OpenAPI document: the models of its answers and the schemas of its events."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import Field, TypeAdapter

from schemas.base import Model
from schemas.envelope import message_type
from schemas.events import EVENT_TYPES, Event
from schemas.examples import EXAMPLES
from services.intake.body import BODY_MAX_BYTES
from services.intake.parsing import EVENTS_MAX
from services.intake.request import ATTRIBUTE_CHARACTERS_MAX
from services.platform.http_limits import HEADERS_MAX_BYTES

_REF = "#/components/schemas/{model}"


class Receipt(Model):
    """The position of an event in the log."""

    id: str = Field(description="The id that the client gave, or the hash of the content.")
    partition: int
    offset: int
    warnings: list[str] = Field(
        description="What speaks against the event, a line each with field, value and remedy:"
        " whether it is held, parked, in conflict or odd. Empty if nothing does."
    )
    checked: bool = Field(
        description="Whether it was checked beside all that the log has of its council. If not, a"
        " warning says why, and how to find out what became of it."
    )


class Accepted(Model):
    """The events of a request, in their order, each acknowledged by Kafka."""

    declarations: list[Receipt]


class Fault(Model):
    """One thing wrong with a request."""

    field: str
    value: str
    remedy: str


class Refused(Model):
    """Why a request was refused. Nothing of it was counted; only after a 503 it may be."""

    errors: list[Fault]


class Healthy(Model):
    """How intake is."""

    status: str = Field(description="`live` or `ready`, or what is missing.")
    remark: str = Field("", description="What is wrong beside it, such as faults in a file.")


_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds after which to send the same again.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    }
}

_CHALLENGE = {
    "WWW-Authenticate": {"required": True, "schema": {"type": "string", "const": "Bearer"}}
}

_TEXT = {"text/plain": {"schema": {"type": "string"}}}

RESPONSES: dict[int | str, dict[str, Any]] = {
    401: {
        "model": Refused,
        "description": "The key is missing, wrong, revoked or expired.",
        "headers": _CHALLENGE,
    },
    403: {
        "model": Refused,
        "description": "The key does not allow some of it, or no key is asked for and a web page"
        " sent it; nothing was sent.",
    },
    408: {"model": Refused, "description": "The body took too long to arrive."},
    413: {"model": Refused, "description": f"The body is larger than {BODY_MAX_BYTES} bytes."},
    422: {"model": Refused, "description": "Something in it cannot be counted; nothing was sent."},
    429: {
        "model": Refused,
        "description": "The key has declared as much as it may in a minute; nothing was sent.",
        "headers": _RETRY_AFTER,
    },
    431: {
        "description": f"Request line and headers have more than {HEADERS_MAX_BYTES} bytes.",
        "content": _TEXT,
    },
    503: {
        "model": Refused,
        "description": "Kafka did not acknowledge in time, or, as text, every place is taken by a"
        " request at work; send it again.",
        "headers": _RETRY_AFTER,
        "content": _TEXT,
    },
}

LIVE: dict[int | str, dict[str, Any]] = {200: {"model": Healthy, "description": "It runs."}}

READY: dict[int | str, dict[str, Any]] = {
    200: {"model": Healthy, "description": "Declarations are taken."},
    503: {"model": Healthy, "description": "Declarations cannot be taken now."},
}


def _printable(characters_max: int) -> dict[str, Any]:
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": characters_max,
        "pattern": "^[ -~]*[!-~][ -~]*$",
    }


# Each character may be percent-encoded, and is then three.
_ATTRIBUTE = _printable(3 * ATTRIBUTE_CHARACTERS_MAX)

_HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    "Idempotency-Key": (
        "An id of your own, so that a repeat is answered like the first request.",
        _printable(ATTRIBUTE_CHARACTERS_MAX),
    ),
    "ce-id": ("The same as a CloudEvents attribute (binary mode), percent-encoded.", _ATTRIBUTE),
    "ce-source": (
        "Where the event comes from, as a CloudEvents attribute, percent-encoded.",
        _ATTRIBUTE,
    ),
    "ce-time": (
        "When the event was stated, as a CloudEvents attribute.",
        {"type": "string", "format": "date-time"},
    ),
    "ce-type": (
        "The event's CloudEvents type; has to agree with the body.",
        {"type": "string", "enum": [message_type(name) for name in EVENT_TYPES]},
    ),
}


def describe(app: FastAPI) -> None:
    """Gives the application an OpenAPI document with the schemas of all events."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign] # FastAPI's documented way to extend it


def _document(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
    event = TypeAdapter(Event).json_schema(ref_template=_REF)
    schema["components"]["schemas"] |= event.pop("$defs")
    schema["components"]["schemas"]["Event"] = event
    one = {"$ref": _REF.format(model="Event")}
    several = {"type": "array", "items": one, "minItems": 1, "maxItems": EVENTS_MAX}
    operation = schema["paths"]["/v1/declarations"]["post"]
    operation["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {"schema": {"oneOf": [one, several]}, "examples": _examples()},
            "application/x-ndjson": {"schema": one},
        },
    }
    operation["parameters"] = [
        {"name": name, "in": "header", "description": description, "schema": header}
        for name, (description, header) in _HEADERS.items()
    ]
    return schema


def _examples() -> dict[str, Any]:
    """Returns an event of each type, as a source sends it."""
    return {
        name: {"value": EXAMPLES[name].model_dump(mode="json", exclude_none=True)}
        for name in EVENT_TYPES
    }
