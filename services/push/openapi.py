"""What push's OpenAPI document says of bodies and answers."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from schemas.base import Model
from services.push.requests import Followed, Mine, Refused, Renew, Subscribe, Unsubscribe

_REF: Final = "#/components/schemas/{model}"

_LATER: Final = {
    "Retry-After": {
        "description": "Seconds after which to ask again.",
        "schema": {"type": "integer", "minimum": 0},
    }
}

ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": Followed},
    403: {
        "model": Refused,
        "description": "The secret is another one, or the page is no page of this newsroom.",
    },
    404: {"model": Refused, "description": "There is no such subscription."},
    413: {"model": Refused, "description": "The body is too large."},
    422: {"model": Refused, "description": "The body cannot be used; the answer says why."},
    429: {
        "model": Refused,
        "description": "Too many subscriptions from one address.",
        "headers": _LATER,
    },
    503: {
        "model": Refused,
        "description": "There is no room for more subscriptions, or they cannot be kept now.",
        "headers": _LATER,
    },
}
"""What any route that takes a body may answer."""


def body_of(model: type[Model]) -> dict[str, Any]:
    """Returns what the document says of a route's body."""
    content = {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}
    return {"requestBody": {"required": True, "content": content}}


def describe(app: FastAPI) -> None:
    """Has an application's document describe the bodies that its routes read themselves."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title, summary=app.summary, version=app.version, routes=app.routes
            )
            bodies = [(each, "validation") for each in (Subscribe, Mine, Unsubscribe, Renew)]
            _, described = models_json_schema(bodies, ref_template=_REF)  # type: ignore[arg-type]
            made["components"]["schemas"] |= described["$defs"]
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]
