"""Writes the JSON Schemas and the AsyncAPI document, or with --check names those that differ.

`python -m schemas.generate` writes; `python -m schemas.generate --check` ends with status 1
if a file on disk differs from the models.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from schemas.asyncapi import Document, asyncapi_document
from schemas.base import Model
from schemas.examples import EXAMPLES

DIRECTORY = Path(__file__).resolve().parent
_HIGH = re.compile("[\U00010000-\U0010ffff]")
"""Characters above U+FFFF. Only the patterns of names have any, and those cannot be seen."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(example: Model) -> Document:
    """Returns the JSON Schema of an example's model, with the example."""
    return {
        "$schema": DIALECT,
        **type(example).model_json_schema(),
        "examples": [_shown(example)],
    }


def _shown(example: Model) -> Document:
    """Returns an example with those nulls only that have to be there."""
    shown = example.model_dump(mode="json", exclude_none=True)
    fields = type(example).model_fields.items()
    missing = [name for name, field in fields if field.is_required() and name not in shown]
    return shown | dict.fromkeys(missing)


def generated_files(directory: Path) -> dict[Path, str]:
    """Returns the text of every generated file by its path."""
    documents = {directory / "asyncapi.json": asyncapi_document()} | {
        directory / "json" / f"{name}.json": json_schema(example)
        for name, example in EXAMPLES.items()
    }
    return {path: _as_json(document) for path, document in documents.items()}


def _as_json(document: Document) -> str:
    """Returns a document as JSON, with escapes for what cannot be seen in it."""
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return _HIGH.sub(lambda found: json.dumps(found[0])[1:-1], text)


def differing_files(directory: Path = DIRECTORY) -> list[Path]:
    """Returns the generated files that are missing, superfluous or different from the models."""
    files = generated_files(directory)
    found = set((directory / "json").glob("*.json"))
    differing = [
        path
        for path, text in files.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    return differing + sorted(found - files.keys())


def main() -> None:
    """Runs the command; see the module's docstring."""
    if "--check" in sys.argv[1:]:
        differing = differing_files()
        for path in differing:
            sys.stderr.write(f"{path}: differs from the models; run make schemas\n")
        sys.exit(1 if differing else 0)
    write_files()


def write_files(directory: Path = DIRECTORY) -> None:
    """Writes every generated file and removes superfluous ones."""
    (directory / "json").mkdir(parents=True, exist_ok=True)
    for path in differing_files(directory):
        path.unlink(missing_ok=True)
    for path, text in generated_files(directory).items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
