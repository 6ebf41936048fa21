"""Which private names of libraries the services use. Each is a risk with every new version."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import faust
import pytest
from aiokafka import AIOKafkaConsumer

from tests.support.checkout import CHECKOUT

LIBRARIES = ("faust", "mode", "aiokafka")

USED = {
    # A Faust app makes folders for its tables, and this one has none.
    (faust.App, "_create_directories"),
    # A consumer whose stop was cut short by aiokafka's own cancellation is disconnected.
    (AIOKafkaConsumer, "_client"),
}


def private_names(path: Path) -> Iterator[tuple[type, str]]:
    """Yields the private names that a module's classes override or read of a library's class."""
    source = path.read_text()
    if not any(library in source for library in LIBRARIES):
        return
    parts = path.relative_to(CHECKOUT).with_suffix("").parts
    module = importlib.import_module(".".join(parts).removesuffix(".__init__"))
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef):
            continue
        made = getattr(module, node.name)
        bases = [
            base for base in made.__mro__[1:] if base.__module__.partition(".")[0] in LIBRARIES
        ]
        for name in _private(node):
            for base in bases:
                if name in vars(base) or f"self.{name} =" in _source_of(base):
                    yield base, name
                    break


def _private(node: ast.ClassDef) -> set[str]:
    """Returns the private names that a class defines or reads of itself."""
    defined = {
        each.name for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    read = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    return {name for name in defined | read if name.startswith("_") and not name.startswith("__")}


def _source_of(base: type) -> str:
    try:
        return inspect.getsource(base)
    except (OSError, TypeError):
        return ""


def test_at_most_two_private_names_are_used() -> None:
    """Every private name of a library that a service overrides or reads is listed here."""
    found = {used for path in (CHECKOUT / "services").rglob("*.py") for used in private_names(path)}

    assert found == USED
    assert len(USED) <= 2


@pytest.mark.parametrize(("owner", "name"), sorted(USED, key=str))
def test_each_private_name_is_there(owner: type, name: str) -> None:
    """With the pinned versions, that is: a new version that drops one fails here first."""
    assert name in vars(owner) or f"self.{name} =" in inspect.getsource(owner)


def test_faust_is_imported_in_one_room_only() -> None:
    """Everything else would go on without it."""
    importing = {
        str(path.relative_to(CHECKOUT).parent)
        for path in (CHECKOUT / "services").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
        )
        if name.partition(".")[0] in {"faust", "mode"}
    }

    assert importing == {"services/engine"}
