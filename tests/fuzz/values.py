"""Values for any pydantic type, read from the type itself: a new field is fuzzed by being there.

A type is compiled once to a function that draws a value as JSON has it. Most single values are
taken from the edges of their field (`tests.fuzz.edges`), so a drawn model is often refused for how
its fields go together: that is for whoever draws to see to.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import SchemaValidator, ValidationError

from tests.fuzz import edges

ORDINARY = 0.25
"""The fraction of single values that are somewhere between the bounds and not at an edge."""

ABSENT = 0.35
"""How often a field that has a default is left out, and one that may be null is null."""

FEW = 4
"""The most entries of an ordinary list."""

UTMOST = 5
"""Values of a field that count as its largest ones."""

LENGTH_UNBOUNDED = 1_000
"""Entries of the longest list drawn for a field that sets no limit."""

Schema = dict[str, Any]


@dataclass(slots=True)
class Size:
    """How many entries the lists of one value may have in all."""

    left: int
    full: bool = False
    """Whether a list is filled to its limit, as long as entries are left."""

    utmost: bool = False
    """Whether every text is one of the longest, and every number one of the largest."""


Draw = Callable[[Random, Size], Any]


class UnknownTypeError(TypeError):
    """The fuzzer does not know how to draw a value of a type."""


def drawer(kind: Any) -> Draw:
    """Returns a function that draws values of a type, as JSON has them.

    Raises UnknownTypeError, naming the field, for a type that has to be taught here first.
    """
    return _Compiler().draw(TypeAdapter(kind).core_schema, _Place("value"))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a type we are: the field, its config, and what validates the whole of the field."""

    field: str
    config: Schema | None = None
    checks: Schema | None = None
    examples: tuple[Any, ...] = ()


class _Compiler:
    """Compiles one type. Models that occur twice in it are compiled when they are first drawn."""

    def __init__(self) -> None:
        self._models: dict[str, Schema] = {}
        self._drawn: dict[str, Draw] = {}
        self._kinds: dict[str, Callable[[Schema, _Place], Draw]] = {
            "definitions": self._definitions,
            "definition-ref": self._definition_ref,
            "model": self._model,
            "dataclass": self._model,
            "model-fields": self._model_fields,
            "dataclass-args": self._dataclass_args,
            "tagged-union": self._tagged_union,
            "union": self._union,
            "default": self._default,
            "nullable": self._nullable,
            "function-after": self._function,
            "function-before": self._function,
            "function-wrap": self._function,
            "tuple": self._tuple,
            "list": self._list,
            "literal": self._literal,
            "bool": self._bool,
            "str": self._str,
            "int": self._int,
            "float": self._float,
            "datetime": self._datetime,
            "date": self._date,
        }

    def draw(self, schema: Schema, place: _Place) -> Draw:
        """Returns the function that draws values of a core schema."""
        kind = schema["type"]
        if kind not in self._kinds:
            raise UnknownTypeError(f"{place.field}: {kind}; teach tests/fuzz/values.py to draw it")
        place = replace(place, examples=_examples(schema) or place.examples)
        return self._kinds[kind](schema, place)

    # What holds other types.

    def _definitions(self, schema: Schema, place: _Place) -> Draw:
        self._models |= {each["ref"]: each for each in schema["definitions"]}
        return self.draw(schema["schema"], place)

    def _definition_ref(self, schema: Schema, place: _Place) -> Draw:
        reference = schema["schema_ref"]

        def draw(chance: Random, size: Size) -> Any:
            if reference not in self._drawn:
                self._drawn[reference] = self.draw(self._models[reference], place)
            return self._drawn[reference](chance, size)

        return draw

    def _model(self, schema: Schema, place: _Place) -> Draw:
        return self.draw(schema["schema"], _Place(place.field, schema.get("config")))

    def _model_fields(self, schema: Schema, place: _Place) -> Draw:
        return self._fields(schema["fields"].items(), place)

    def _dataclass_args(self, schema: Schema, place: _Place) -> Draw:
        return self._fields([(each["name"], each) for each in schema["fields"]], place)

    def _fields(self, fields: Any, place: _Place) -> Draw:
        drawn = [
            (
                name,
                each["schema"]["type"] == "default",
                self.draw(each["schema"], _Place(f"{place.field}.{name}", place.config)),
            )
            for name, each in fields
        ]

        def draw(chance: Random, size: Size) -> dict[str, Any]:
            return {
                name: value(chance, size)
                for name, optional, value in drawn
                if not (optional and chance.random() < ABSENT)
            }

        return draw

    def _tagged_union(self, schema: Schema, place: _Place) -> Draw:
        choices = {tag: self.draw(each, place) for tag, each in schema["choices"].items()}
        tags = list(choices)

        def draw(chance: Random, size: Size) -> dict[str, Any]:
            tag = chance.choice(tags)
            return {**choices[tag](chance, size), schema["discriminator"]: tag}

        return draw

    def _union(self, schema: Schema, place: _Place) -> Draw:
        given = [each[0] if isinstance(each, tuple) else each for each in schema["choices"]]
        choices = [self.draw(each, place) for each in given]
        return lambda chance, size: chance.choice(choices)(chance, size)

    def _default(self, schema: Schema, place: _Place) -> Draw:
        return self.draw(schema["schema"], place)

    def _nullable(self, schema: Schema, place: _Place) -> Draw:
        value = self.draw(schema["schema"], place)
        return lambda chance, size: None if chance.random() < ABSENT else value(chance, size)

    def _function(self, schema: Schema, place: _Place) -> Draw:
        return self.draw(schema["schema"], replace(place, checks=place.checks or schema))

    def _tuple(self, schema: Schema, place: _Place) -> Draw:
        (entry,) = schema["items_schema"]
        return self._list({**schema, "items_schema": entry}, place)

    def _list(self, schema: Schema, place: _Place) -> Draw:
        entry = self.draw(schema["items_schema"], _Place(f"{place.field}[]", place.config))
        least = schema.get("min_length", 0)
        most = schema.get("max_length", LENGTH_UNBOUNDED)

        def draw(chance: Random, size: Size) -> list[Any]:
            number = chance.randint(least, max(least, min(most, FEW)))
            if size.full:
                number = chance.choice((most, most, max(least, most - 1), number))
            number = max(least, min(number, size.left))
            size.left -= number
            return [entry(chance, size) for _ in range(number)]

        return draw

    # Single values.

    def _literal(self, schema: Schema, _: _Place) -> Draw:
        return lambda chance, _: chance.choice(schema["expected"])

    def _bool(self, _: Schema, __: _Place) -> Draw:
        return lambda chance, _: chance.random() < 0.5

    def _str(self, schema: Schema, place: _Place) -> Draw:
        takes = _takes(schema, place)
        found = [*edges.texts(takes, schema.get("max_length")), *filter(takes, place.examples)]
        return _among(place, found, lambda chance: "".join(chance.choices("ab -'éW.", k=12)), takes)

    def _int(self, schema: Schema, place: _Place) -> Draw:
        low, high = _whole_bounds(schema)
        takes = _takes(schema, place)
        found = edges.integers(takes, low, high)
        least, most = min(found, default=0), max(found, default=0)
        return _among(place, found, lambda chance: chance.randint(least, most), takes)

    def _float(self, schema: Schema, place: _Place) -> Draw:
        takes = _takes(schema, place)
        found = edges.floats(takes, schema.get("ge", schema.get("gt")), schema.get("le"))
        least, most = min(found, default=0.0), max(found, default=0.0)
        return _among(place, found, lambda chance: chance.uniform(least, most), takes)

    def _datetime(self, schema: Schema, place: _Place) -> Draw:
        takes = _takes(schema, place)
        found = edges.times(takes)

        def night(chance: Random) -> str:
            return f"2026-05-0{chance.randint(7, 8)}T{chance.randint(0, 23):02}:10:00+01:00"

        return _among(place, found, night, takes)

    def _date(self, schema: Schema, place: _Place) -> Draw:
        takes = _takes(schema, place)
        ordinary = "20{:02}-05-0{}"
        return _among(
            place,
            edges.days(takes),
            lambda chance: ordinary.format(chance.randint(10, 25), chance.randint(1, 7)),
            takes,
        )


def _takes(schema: Schema, place: _Place) -> edges.Takes:
    """Returns whether a field takes a value, its own functions included."""
    validator = SchemaValidator(place.checks or schema, place.config)

    def takes(value: object) -> bool:
        try:
            validator.validate_json(json.dumps(value))
        except ValidationError:
            return False
        return True

    return takes


def _among(
    place: _Place, found: list[Any], ordinary: Callable[[Random], Any], takes: edges.Takes
) -> Draw:
    """Returns a function that draws one of the edges found, or sometimes an ordinary value."""
    if not found:
        raise UnknownTypeError(f"{place.field}: takes no value of tests/fuzz/edges.py; add some")

    utmost = sorted(found, key=_largeness)[-UTMOST:]

    def draw(chance: Random, size: Size) -> Any:
        if size.utmost:
            return chance.choice(utmost)
        if chance.random() < ORDINARY:
            value = ordinary(chance)
            if takes(value):
                return value
        return chance.choice(found)

    return draw


def _largeness(value: Any) -> float:
    """Returns what orders the values of a field: the bytes of a text, or the number itself."""
    return len(value.encode()) if isinstance(value, str) else value


def _whole_bounds(schema: Schema) -> tuple[int | None, int | None]:
    low = schema.get("ge", schema["gt"] + 1 if "gt" in schema else None)
    high = schema.get("le", schema["lt"] - 1 if "lt" in schema else None)
    return low, high


def _examples(schema: Schema) -> tuple[Any, ...]:
    """Returns the examples that a field gives of itself."""
    updates = schema.get("metadata", {}).get("pydantic_js_updates", {})
    return tuple(updates.get("examples", ()))
