"""The AsyncAPI 3 document of the topics: the messages on each, with their keys and headers."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from schemas.envelope import (
    CONTENT_TYPE,
    COUNCIL_VERSION,
    DECLARATION_MS,
    SPEC_VERSION,
    TRACEPARENT,
    message_type,
)
from schemas.events import EVENT_TYPES
from schemas.examples import EXAMPLES

Document = dict[str, Any]

_COUNCIL_KEY = "The council election's id, so that a council has one partition and one order."

_ELECTION_KEY = "The election's id, so that all councils of a night have one order."

# Topic, what travels on it, its key, and what it is for.
_CHANNELS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    (
        "declarations",
        EVENT_TYPES,
        _COUNCIL_KEY,
        "Every declaration: the truth, kept for ever. Send here to be counted.",
    ),
    ("totals", ("totals",), _COUNCIL_KEY, "The latest totals of each council; compacted."),
    (
        "wards",
        ("ward",),
        _COUNCIL_KEY,
        "Each ward as it changes, from its first status or result on; kept for thirty days.",
    ),
    (
        "alerts",
        ("alert",),
        f"{_COUNCIL_KEY} The election's id for a milestone or digest of the night.",
        "Every alert, kept for ever.",
    ),
    (
        "night",
        ("totals", "digest.due", "projection.stated"),
        _ELECTION_KEY,
        "What national totals are counted from, in one order for each election; kept for ever.",
    ),
    (
        "national",
        ("national",),
        "The election's id, and with it a part's: local.2014-05-22 region:London.",
        "The latest totals of each night and of each part of it; compacted.",
    ),
    (
        "rejects",
        ("reject",),
        "The key of the message that was rejected.",
        "What could not be counted, with its bytes; kept for thirty days.",
    ),
    (
        "deliveries",
        ("delivery",),
        "Channel and alert id, such as newsdesk/5f0c1a9e7d3b42868c5d0e4f6a7b8c9d.",
        "Which channel has which alert; compacted.",
    ),
    (
        "holds",
        ("alerts.held_back", "alerts.released"),
        "The council election's id; empty for a hold of all councils.",
        "Which alerts the desk holds back, and which it sends sooner or drops; kept for ever.",
    ),
    (
        "audit",
        ("audit",),
        "The id of the key under which it was done; empty if no key was recognised.",
        "Who used or changed keys, was refused, or held back alerts; kept for 400 days.",
    ),
    (
        "sessions",
        ("invitation.claimed", "session.ended"),
        "The id of the person's key.",
        "Which device uses which invitation, and who signed out of entry; kept for 400 days.",
    ),
    (
        "subscriptions",
        ("push.subscription",),
        "The hash of the browser's endpoint.",
        "Which browser of a reader is told what by web push; compacted, removed when it ends.",
    ),
)


def asyncapi_document() -> Document:
    """Returns the document. Equal models give an equal document, in one order."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "livecount",
            "version": "1.0.0",
            "description": "UK council election counts, live. CloudEvents 1.0 in binary mode:"
            " the attributes are Kafka headers, the payload is JSON.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {name: _channel(name, kinds, about) for name, kinds, _, about in _CHANNELS},
        "operations": {name: _operation(name) for name, _, _, _ in _CHANNELS},
        "components": {
            "messages": {
                _name(channel, kind): _message(kind, key)
                for channel, kinds, key, _ in _CHANNELS
                for kind in kinds
            },
            "schemas": {"headers": _headers()} | _schemas(),
        },
    }


def _channel(name: str, kinds: tuple[str, ...], about: str) -> Document:
    return {
        "address": f"{{namespace}}.{name}",
        "description": about,
        "parameters": {
            "namespace": {
                "description": "`live`, or a rehearsal's own: the setting LIVECOUNT_NAMESPACE.",
                "default": "live",
            }
        },
        "messages": {
            kind: {"$ref": f"#/components/messages/{_name(name, kind)}"} for kind in kinds
        },
    }


def _name(channel: str, kind: str) -> str:
    """Returns what a message is called: its kind, with its channel if another has it, too."""
    first = next(name for name, kinds, _, _ in _CHANNELS if kind in kinds)
    return kind if channel == first else f"{channel}.{kind}"


def _operation(name: str) -> Document:
    # From the newsroom's side: it sends declarations and receives what follows from them.
    return {
        "action": "send" if name == "declarations" else "receive",
        "channel": {"$ref": f"#/channels/{name}"},
    }


def _message(kind: str, key: str) -> Document:
    example = EXAMPLES[kind]
    return {
        "name": message_type(kind),
        "contentType": CONTENT_TYPE,
        "headers": {"$ref": "#/components/schemas/headers"},
        "payload": {"$ref": f"#/components/schemas/{type(example).__name__}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": key}}},
        "examples": [{"payload": example.model_dump(mode="json", exclude_none=True)}],
    }


def _headers() -> Document:
    text = {"type": "string", "minLength": 1}
    return {
        "type": "object",
        "description": "CloudEvents attributes. Id and source together identify a message.",
        "required": ["ce_specversion", "ce_id", "ce_source", "ce_type"],
        "properties": {
            "ce_specversion": {"const": SPEC_VERSION},
            "ce_id": text,
            "ce_source": text,
            "ce_type": text,
            "ce_time": {"type": "string", "format": "date-time"},
            "content-type": {"const": CONTENT_TYPE},
            COUNCIL_VERSION: {
                "type": "string",
                "pattern": "^[0-9]+$",
                "description": "Of wards only: the version of the council's totals that were"
                " published with the ward. Either may arrive first.",
            },
            DECLARATION_MS: {
                "type": "string",
                "pattern": "^[0-9]+$",
                "description": "Of alerts, totals and wards: when Kafka had the declaration that"
                " they follow from, in milliseconds since 1970.",
            },
            TRACEPARENT: {
                "type": "string",
                "description": "Of what is traced only: the span that the message follows from"
                " (W3C Trace Context).",
            },
        },
    }


def _schemas() -> Document:
    models = {type(EXAMPLES[kind]) for _, kinds, _, _ in _CHANNELS for kind in kinds}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, schema = models_json_schema(
        [(model, "validation") for model in ordered],
        ref_template="#/components/schemas/{model}",
    )
    schemas: Document = _as_draft_7(schema["$defs"])
    return schemas


def _as_draft_7(schema: Any) -> Any:
    """Returns a schema with pairs written as in JSON Schema draft 7, AsyncAPI's dialect."""
    if isinstance(schema, list):
        return [_as_draft_7(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        "items" if name == "prefixItems" else name: _as_draft_7(inner)
        for name, inner in schema.items()
    }
