"""The models: what they refuse and why, and the schemas generated from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from pydantic import ValidationError

from schemas import examples, generate
from schemas.asyncapi import asyncapi_document
from schemas.base import Model, sharing_fields_set
from schemas.envelope import Envelope, content_id, message_type, read_headers
from schemas.events import decode_event, encode_event
from schemas.examples import EXAMPLES

EVENTS = ("council.opened", "ward.declared", "ward.status", "council.declared")
BARNET = "local.barnet.2014-05-22"
CAMDEN_WARD = "local.camden.bloomsbury.2014-05-22"


def changed(kind: str, **changes: Any) -> str:
    """Returns an example as JSON with some fields changed."""
    return json.dumps(EXAMPLES[kind].model_dump(mode="json", exclude_none=True) | changes)


def refused(payload: str | bytes) -> str:
    """Returns why an event is refused."""
    with pytest.raises(ValidationError) as caught:
        decode_event(payload)
    return str(caught.value)


WARD = EXAMPLES["council.opened"].model_dump(mode="json")["wards"][0]
STANDING = EXAMPLES["council.opened"].model_dump(mode="json")["standing"][0]
SEATS = EXAMPLES["council.declared"].model_dump(mode="json")["seats"][0]
CANDIDATES = EXAMPLES["ward.declared"].model_dump(mode="json")["candidates"]


@pytest.mark.parametrize(
    ("kind", "changes", "field", "value", "remedy"),
    [
        (
            "council.opened",
            {"wards": [WARD, WARD]},
            "wards",
            "childs-hill",
            "list each ballot once",
        ),
        (
            "council.opened",
            {"wards": [WARD | {"ballot_paper_id": CAMDEN_WARD}]},
            "wards",
            CAMDEN_WARD,
            "correct one of the two",
        ),
        (
            "council.opened",
            {"seats_total": 2},
            "seats_total",
            "2 seats",
            "correct one of the three",
        ),
        (
            "council.opened",
            {"standing": [STANDING, STANDING]},
            "standing",
            "PP52",
            "list each party once",
        ),
        (
            "ward.declared",
            {"ballot_paper_id": CAMDEN_WARD},
            "ballot_paper_id",
            CAMDEN_WARD,
            "correct one of the two",
        ),
        (
            "ward.declared",
            {"correction": "court"},
            "correction",
            "'court' with revision 1",
            "give a correction a higher revision, or leave correction out",
        ),
        (
            "ward.declared",
            {"seats_contested": 2},
            "candidates",
            "3 elected for 2 seats",
            "correct elected or seats_contested",
        ),
        (
            "ward.status",
            {"ballot_paper_id": CAMDEN_WARD},
            "ballot_paper_id",
            CAMDEN_WARD,
            "correct one of the two",
        ),
        ("ward.status", {"status": "counting"}, "recount", "1", "leave it out"),
        (
            "council.declared",
            {"council": "local.barnet.2014-5-22"},
            "council",
            "local.barnet.2014-5-22",
            "expected local.<council>",
        ),
        ("council.declared", {"seats": [SEATS, SEATS]}, "seats", "PP52", "list each party once"),
        (
            "council.declared",
            {"correction": "court"},
            "correction",
            "'court' with revision 1",
            "give a correction a higher revision, or leave correction out",
        ),
        (
            "council.declared",
            {"council": "barnet"},
            "council",
            "barnet",
            "expected local.<council>",
        ),
        ("ward.status", {"ballot_paper_id": BARNET}, "ballot_paper_id", BARNET, "expected local."),
    ],
)
def test_a_refusal_names_field_value_and_remedy(
    kind: str, changes: dict[str, Any], field: str, value: str, remedy: str
) -> None:
    """An impossible value is refused with its field, the value and the remedy."""
    message = refused(changed(kind, **changes))

    assert field in message
    assert value in message
    assert remedy in message


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"seats_contested": "3"}, "valid integer"),
        ({"seats_contested": 0}, "greater than or equal to 1"),
        ({"turnout_percentage": -1}, "greater than or equal to 0"),
        ({"declared_at": "2014-05-23T05:10:00"}, "timezone"),
        ({"mode": "test"}, "'live' or 'rehearsal'"),
        ({"electorate": 3}, "Extra inputs"),
        ({"candidates": []}, "at least 1 item"),
        ({"revision": 0}, "greater than or equal to 1"),
        ({"type": "ward.guessed"}, "does not match any of the expected tags"),
    ],
)
def test_types_and_limits_are_strict(changes: dict[str, Any], complaint: str) -> None:
    """A number in quotes, a time without an offset, an unknown field and rubbish are refused."""
    assert complaint in refused(changed("ward.declared", **changes))


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_survives_encoding_and_decoding(kind: str) -> None:
    """A decoded event is equal to the original and is encoded as the same bytes."""
    event = decode_event(EXAMPLES[kind].model_dump_json(exclude_none=True))

    assert event == EXAMPLES[kind]
    assert encode_event(decode_event(encode_event(event))) == encode_event(event)


@pytest.mark.parametrize("payload", [b"", b"not JSON", b"[]", b"\xff\xfe", b"null"])
def test_rubbish_is_refused_as_such(payload: bytes) -> None:
    """Bytes that are no event raise the one documented error."""
    with pytest.raises(ValidationError):
        decode_event(payload)


def test_headers_carry_the_envelope() -> None:
    """An envelope written as Kafka headers is read back unchanged."""
    envelope = Envelope(id=content_id(b"x"), source="/test", type=message_type("ward.declared"))

    assert read_headers(envelope.headers()) == envelope
    assert envelope.type == "livecount.ward.declared.v1"


@pytest.mark.parametrize(
    ("missing", "remedy"),
    [
        ("ce_specversion", "expected '1.0'"),
        ("ce_id", "send CloudEvents attributes as headers"),
        ("ce_source", "send CloudEvents attributes as headers"),
        ("ce_type", "send CloudEvents attributes as headers"),
    ],
)
def test_a_missing_header_is_named(missing: str, remedy: str) -> None:
    """A message without one of the attributes is refused, naming it."""
    envelope = Envelope(id="1", source="/test", type="livecount.ward.declared.v1")
    headers = [header for header in envelope.headers() if header[0] != missing]

    with pytest.raises(ValueError, match=missing) as caught:
        read_headers(headers)
    assert remedy in str(caught.value)


def test_a_time_header_that_is_no_time_is_refused() -> None:
    """A `ce_time` that is no time raises ValueError, like every unusable header."""
    headers = Envelope(id="1", source="/test", type="t").headers()

    with pytest.raises(ValueError, match="soon"):
        read_headers([*headers, ("ce_time", b"soon")])


def test_the_checked_in_schemas_are_those_of_the_models() -> None:
    """The checked-in files match the models; `make schemas` writes them."""
    assert generate.differing_files() == []


def test_drift_is_detected(tmp_path: Path) -> None:
    """A missing, changed or superfluous file is a difference."""
    generate.write_files(tmp_path)
    assert generate.differing_files(tmp_path) == []
    (tmp_path / "asyncapi.json").write_text("{}")
    (tmp_path / "json" / "alert.json").unlink()
    (tmp_path / "json" / "old.json").write_text("{}")

    names = {path.name for path in generate.differing_files(tmp_path)}

    assert names == {"asyncapi.json", "alert.json", "old.json"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_meets_its_schema(name: str) -> None:
    """Each JSON Schema is valid and accepts its own example."""
    schema = json.loads((Path(generate.DIRECTORY) / "json" / f"{name}.json").read_text())

    Draft202012Validator.check_schema(schema)
    (example,) = schema["examples"]
    Draft202012Validator(schema).validate(example)
    assert type(EXAMPLES[name]).model_validate_json(json.dumps(example)) == EXAMPLES[name]


def test_the_asyncapi_document_is_consistent() -> None:
    """Every reference resolves, and every payload matches its schema."""
    document = asyncapi_document()

    for reference in references(document):
        assert resolved(document, reference)
    for message in document["components"]["messages"].values():
        schema = {**message["payload"], "components": document["components"]}
        Draft7Validator(schema).validate(message["examples"][0]["payload"])


def test_every_public_field_is_described() -> None:
    """Each field of each model has a description, its own or that of its type."""
    undescribed = [
        f"{name}.{field}"
        for name, model in models().items()
        for field, schema in model["properties"].items()
        if field != "type" and not described(schema)
    ]

    assert undescribed == []


def models() -> dict[str, Any]:
    """Returns the schema of each model by its name."""
    schemas = asyncapi_document()["components"]["schemas"]
    ward = EXAMPLES["ward"].model_json_schema()
    return {name: schema for name, schema in schemas.items() if name != "headers"} | {"ward": ward}


def described(schema: dict[str, Any]) -> bool:
    """Returns whether a field has a description."""
    return "description" in schema or any("description" in way for way in schema.get("anyOf", ()))


def references(part: Any) -> Iterator[str]:
    """Returns every reference inside a document."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def resolved(document: dict[str, Any], reference: str) -> Any:
    """Returns what a reference points to; raises KeyError if it does not resolve."""
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


def test_models_cannot_be_changed() -> None:
    """A model is a value: assigning to a field is refused."""
    with pytest.raises(ValidationError):
        examples.ALERT.text = "other"  # type: ignore[misc]


def test_there_is_an_example_of_every_message() -> None:
    """Each example is a strict model and has the type of its message, if messages have one."""
    for name, example in EXAMPLES.items():
        assert isinstance(example, Model)
        assert getattr(example, "type", name) == name


def test_models_that_share_their_set_of_fields_say_the_same() -> None:
    """What is kept for a night is made smaller, and is equal to what it was in all that it says."""
    event = decode_event(encode_event(EXAMPLES["ward.declared"]))
    before = event.model_dump_json()
    same = event.model_copy()

    assert sharing_fields_set(event) == same
    assert event.model_dump_json() == before
    assert event.model_fields_set is sharing_fields_set(same).model_fields_set
