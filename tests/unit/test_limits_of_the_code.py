"""The limits that CONTRIBUTING.md sets for modules and functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT

PACKAGES = ("schemas", "readers", "election", "checker", "drafts", "services")
MODULE_LINES_MAX = 300
FUNCTION_LINES_MAX = 50


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((CHECKOUT / package).rglob("*.py"))


def functions(file: Path) -> Iterator[tuple[str, int]]:
    """Yields each function of a module, by its place, with its number of lines."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            place = f"{file.relative_to(CHECKOUT)}:{node.lineno} {node.name}"
            yield place, (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_module_is_too_long() -> None:
    """A module that outgrows the limit has become two things."""
    lengths = {
        str(file.relative_to(CHECKOUT)): len(file.read_text(encoding="utf-8").splitlines())
        for file in modules()
    }

    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES_MAX} == {}


def test_no_function_is_too_long() -> None:
    """A function fits on a screen, with its docstring."""
    lengths = {place: lines for file in modules() for place, lines in functions(file)}

    assert lengths
    assert {place: lines for place, lines in lengths.items() if lines > FUNCTION_LINES_MAX} == {}


@pytest.mark.parametrize("limit", [MODULE_LINES_MAX, FUNCTION_LINES_MAX])
def test_the_limits_are_those_that_contributors_are_told(limit: int) -> None:
    """CONTRIBUTING.md names both figures."""
    (rule,) = [
        line
        for line in (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
        if "One module, one noun" in line
    ]

    assert str(limit) in rule
