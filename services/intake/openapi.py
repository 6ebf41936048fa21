"""Intake's OpenAPI document: the models of its answers and the schemas of its events."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import Field, TypeAdapter

from schemas.base import Model
from schemas.events import Event
from services.intake.body import BODY_MAX_BYTES
from services.intake.parsing import EVENTS_MAX

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


RESPONSES: dict[int | str, dict[str, Any]] = {
    401: {"model": Refused, "description": "The key is missing, wrong, revoked or expired."},
    403: {"model": Refused, "description": "The key does not allow some of it; nothing was sent."},
    408: {"model": Refused, "description": "The body took too long to arrive."},
    413: {"model": Refused, "description": f"The body is larger than {BODY_MAX_BYTES} bytes."},
    422: {"model": Refused, "description": "Something in it cannot be counted; nothing was sent."},
    429: {
        "model": Refused,
        "description": "The key has declared as much as it may in a minute; nothing was sent.",
    },
    503: {"model": Refused, "description": "Kafka did not acknowledge in time; send it again."},
}

_HEADERS = {
    "Idempotency-Key": "An id of your own, so that a repeat is answered like the first request;"
    " printable ASCII, at most 300 characters.",
    "ce-id": "The same as a CloudEvents attribute (binary mode).",
    "ce-source": "Where the event comes from, as a CloudEvents attribute; as long as an id.",
    "ce-time": "When the event was stated, as a CloudEvents attribute.",
    "ce-type": "The event's CloudEvents type; has to agree with the body.",
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
            "application/json": {"schema": {"oneOf": [one, several]}},
            "application/x-ndjson": {"schema": one},
        },
    }
    operation["parameters"] = [
        {"name": name, "in": "header", "description": description, "schema": {"type": "string"}}
        for name, description in _HEADERS.items()
    ]
    return schema
