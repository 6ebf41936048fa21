"""The OpenAPI document as what a page shows: operations by group, and schemas with their fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

Document = Mapping[str, Any]

_REF: Final = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class TypePart:
    """A part of how a type is written; `schema` is the schema that it links to, or empty."""

    text: str
    schema: str = ""


TypeText = tuple[TypePart, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of an operation, or a field of a schema."""

    name: str
    place: str
    type: TypeText
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of an operation, by its status; a body has a media type and a type."""

    status: str
    description: str
    media_type: str
    type: TypeText


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked for."""

    anchor: str
    method: str
    path: str
    description: str
    parameters: tuple[Field, ...]
    answers: tuple[Answer, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that belong together."""

    name: str
    description: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema with its fields; one that is a choice has `choices` in their place."""

    name: str
    description: str
    fields: tuple[Field, ...]
    choices: TypeText


def groups(document: Document) -> list[Group]:
    """Returns the operations of a document by tag, in the order of its tags and paths."""
    operations = [
        (operation.get("tags", [""])[0], _operation(method, path, operation))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return [
        Group(
            tag["name"],
            tag.get("description", ""),
            tuple(operation for name, operation in operations if name == tag["name"]),
        )
        for tag in document["tags"]
    ]


def schemas(document: Document) -> list[Schema]:
    """Returns the schemas of a document by name."""
    return [
        _schema(name, schema) for name, schema in sorted(document["components"]["schemas"].items())
    ]


def _operation(method: str, path: str, operation: Document) -> Operation:
    answers = []
    example = ""
    for status, answer in sorted(operation["responses"].items()):
        content: dict[str, Any] = answer.get("content", {})
        media_type, body = next(iter(content.items()), ("", dict[str, Any]()))
        example = example or body.get("example", "")
        shown = body.get("x-itemSchema") or body.get("schema", {})
        answers.append(Answer(status, answer.get("description", ""), media_type, _type(shown)))
    return Operation(
        operation["operationId"],
        method.upper(),
        path,
        operation.get("description", ""),
        tuple(_parameter(each) for each in operation.get("parameters", ())),
        tuple(answers),
        example,
    )


def _parameter(parameter: Document) -> Field:
    return Field(
        parameter["name"],
        parameter["in"],
        _type(parameter["schema"]),
        parameter.get("required", False),
        " ".join([parameter.get("description", ""), _bounds(parameter["schema"])]).strip(),
    )


def _bounds(schema: Document) -> str:
    """Returns the bounds, default and example of a parameter in words."""
    inner = next(iter(schema.get("anyOf", ())), schema)
    words = {
        "maxLength": "At most {} characters.",
        "minimum": "At least {}.",
        "maximum": "At most {}.",
    }
    said = [text.format(inner[name]) for name, text in words.items() if name in inner]
    if schema.get("default") is not None:
        said.append(f"Without it {schema['default']}.")
    said += [f"For example {example}." for example in inner.get("examples", ())]
    return " ".join(said)


def _schema(name: str, schema: Document) -> Schema:
    required = schema.get("required", ())
    fields = tuple(
        Field(field, "", _type(about), field in required, about.get("description", ""))
        for field, about in schema.get("properties", {}).items()
    )
    choices = _either(schema["oneOf"]) if "oneOf" in schema else ()
    return Schema(name, schema.get("description", ""), fields, choices)


def _type(schema: Document) -> TypeText:
    """Returns how a type is written, such as `list of CouncilTotals` with a link to that."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_REF)
        return (TypePart(name, name),)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return _either(schema[several])
    kind = schema.get("type", "")
    if kind == "array":
        return (TypePart("list of "), *_type(schema.get("items", {})))
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return (TypePart("by name: "), *_type(schema["additionalProperties"]))
    return (TypePart(_plain(schema)),)


def _plain(schema: Document) -> str:
    values = [schema["const"]] if "const" in schema else schema.get("enum", ())
    if values:
        return " or ".join(str(value) for value in values)
    return ", ".join(filter(None, (schema.get("type", ""), schema.get("format", ""))))


def _either(schemas: list[Document]) -> TypeText:
    parts: list[TypePart] = []
    for schema in schemas:
        parts += [*([TypePart(" or ")] if parts else []), *_type(schema)]
    return tuple(parts)
