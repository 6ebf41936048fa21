"""The events of `/v1/stream`: the name of each, the model of its data, and an example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from schemas.alert import Alert
from schemas.examples import ALERT, TOTALS, WARD_TOTALS
from schemas.national import NationalTotals
from schemas.national_examples import NATIONAL
from schemas.totals import CouncilTotals
from schemas.ward_totals import WardGone, WardTotals

FEED_ID: Final = "1400817602000-0"
"""The feed id of the examples: 23 May 2014, 05.00 in the UK."""

_REF: Final = "#/components/schemas/{model}"


class Reset(BaseModel):
    """The feed does not go back to the client's id without a gap: load the snapshot again."""

    feed_id: str = Field(description="What follows on this stream comes after this id.")
    detail: str


class Stale(BaseModel):
    """The ticker cannot reach its store: nothing new comes until `fresh`."""

    reason: Literal["store_away"]


class Fresh(BaseModel):
    """The ticker reaches its store again."""


class Closed(BaseModel):
    """This client is disconnected; it may connect again with the last id it received."""

    reason: Literal["too_slow", "displaced", "broken"]
    detail: str


class Beat(BaseModel):
    """Nothing has happened; it comes every 15 seconds, so that a dead connection is noticed."""


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One kind of event: what it says, the model and an example of its data, whether it has an id.

    The id is a feed id, after which a stream can be resumed.
    """

    says: str
    model: type[BaseModel]
    example: BaseModel
    has_id: bool = True


EVENTS: Final[dict[str, StreamEvent]] = {
    "totals": StreamEvent("The whole new state of a council.", CouncilTotals, TOTALS),
    "ward": StreamEvent("The whole new state of a ward.", WardTotals, WARD_TOTALS),
    "ward_gone": StreamEvent(
        "A ward that a later opening no longer lists, and of which nothing was said.",
        WardGone,
        WardGone(ballot_paper_id=WARD_TOTALS.ballot_paper_id, council=WARD_TOTALS.council),
    ),
    "alert": StreamEvent(
        "An alert; one with `retracts` withdraws the alert of that id.", Alert, ALERT
    ),
    "national": StreamEvent(
        "The new state of the night, without its parts and its small parties.",
        NationalTotals,
        NATIONAL,
    ),
    "reset": StreamEvent(
        "Load the snapshot again.",
        Reset,
        Reset(feed_id=FEED_ID, detail="The feed does not go back to your id without a gap."),
    ),
    "stale": StreamEvent("The store is away.", Stale, Stale(reason="store_away"), has_id=False),
    "fresh": StreamEvent("The store is back.", Fresh, Fresh(), has_id=False),
    "closed": StreamEvent(
        "The client is disconnected.",
        Closed,
        Closed(reason="too_slow", detail="This reader fell more than 4 MiB behind."),
        has_id=False,
    ),
    "beat": StreamEvent("The connection lives.", Beat, Beat(), has_id=False),
}
"""Every event that the stream sends, by its name."""


def component_name(name: str) -> str:
    """Returns the name of an event's schema: `WardGoneEvent` for `ward_gone`."""
    return f"{name.title().replace('_', '')}Event"


def event_components() -> dict[str, Any]:
    """Returns the schema of each event, of all of them together, and of what they refer to.

    An event is described as an object with its id, its name and its data, the last as JSON.
    """
    models = [(event.model, "serialization") for event in EVENTS.values()]
    _, definitions = models_json_schema(models, ref_template=_REF)  # type: ignore[arg-type]
    components: dict[str, Any] = dict(definitions["$defs"])
    for name, event in EVENTS.items():
        components[component_name(name)] = _event_schema(name, event)
    components["StreamEvent"] = {
        "title": "StreamEvent",
        "description": "One event of `/v1/stream`.",
        "oneOf": [{"$ref": _REF.format(model=component_name(name))} for name in EVENTS],
        "discriminator": {
            "propertyName": "event",
            "mapping": {name: _REF.format(model=component_name(name)) for name in EVENTS},
        },
    }
    return components


def _event_schema(name: str, event: StreamEvent) -> dict[str, Any]:
    example: dict[str, Any] = {"id": FEED_ID} if event.has_id else {}
    example |= {"event": name, "data": event.example.model_dump(mode="json", by_alias=True)}
    properties: dict[str, Any] = {
        "event": {"const": name},
        "data": {"$ref": _REF.format(model=event.model.__name__)},
    }
    if event.has_id:
        properties = {"id": {"type": "string", "description": "The feed id."}, **properties}
    return {
        "title": component_name(name),
        "description": event.says,
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
        "examples": [example],
    }


def stream_example() -> str:
    """Returns two events as they are on the wire: an alert, and the sign that the stream lives."""
    alert = EVENTS["alert"].example.model_dump_json(by_alias=True)
    return f"id: {FEED_ID}\nevent: alert\ndata: {alert}\n\nevent: beat\ndata: {{}}\n\n"
