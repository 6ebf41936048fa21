"""What the OpenAPI document says of answers that many routes share."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, Field

from services.platform.http_limits import HEADERS_MAX_BYTES

Answers = dict[int | str, dict[str, Any]]
"""Answers by status, as FastAPI takes them."""


class Problem(BaseModel):
    """Why there is no answer."""

    detail: str = Field(description="What is wrong, with its name, its value and a remedy.")


def _text(media_type: str) -> dict[str, Any]:
    return {"content": {media_type: {"schema": {"type": "string"}}}}


UNCHANGED: Final[dict[str, Any]] = {"description": "The client has the current version."}
"""The answer 304."""

_LATER: Final = {
    "Retry-After": {
        "description": "Seconds after which to ask again.",
        "schema": {"type": "integer", "minimum": 0},
    }
}

REFUSALS: Final[Answers] = {
    404: {"model": Problem, "description": "There is no such election, council or ward."},
    422: {
        "model": Problem,
        "description": "A parameter is missing or out of bounds; it is named, with a remedy.",
    },
    431: {
        "description": f"Request line and headers have more than {HEADERS_MAX_BYTES} bytes.",
        **_text("text/plain"),
    },
    500: {"model": Problem, "description": "What is stored cannot be read."},
    503: {
        "model": Problem,
        "description": "The store cannot be reached, or too much is asked for at once.",
        "headers": _LATER,
        **_text("text/plain"),
    },
}
"""What any route may answer instead."""


def json_of(model: type[BaseModel]) -> Answers:
    """Returns the answers of a route that sends a model as JSON."""
    return {200: {"model": model, "description": _first_line(model)}, 304: UNCHANGED}


def text_as(media_type: str) -> Answers:
    """Returns the answers of a route that sends text of another media type."""
    return {200: {"description": "The document.", **_text(media_type)}, 304: UNCHANGED}


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").partition("\n")[0]
